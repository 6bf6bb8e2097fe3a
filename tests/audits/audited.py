"""A small world of successes that nobody looked at, for tests of quality audits."""

from __future__ import annotations

from typing import Any

from accounts.models import Team
from audits.actions.reports import bring_up_to_date
from audits.actions.sampling import answer_draw, answered_as, make_plan
from audits.models import AuditDraw, AuditPlan, Correction
from audits.queries.choosing import task_to_choose
from spend.ingest.reading import read_item
from tests.audits.logging import WORLD, call
from tests.build import have_reference, record
from tests.cast import NOON


def have_successes() -> None:
    """Claims has 12 tasks by commodity and 3 by frontier, Support has 4. All were reported successes."""
    have_reference(WORLD, at=NOON)
    tasks = [("Claims", f"C-{n}", "small") for n in range(12)] + [("Claims", f"F-{n}", "large") for n in range(3)]
    tasks += [("Support", f"S-{n}", "small") for n in range(4)]
    record("call", *(call(*task) for task in tasks), at=NOON)
    record("outcome", *({"task": name, "outcome": "success", "team": team} for team, name, _ in tasks), at=NOON)
    bring_up_to_date(at=NOON)


def have_plan(team: str | None = "Claims", **more: Any) -> AuditPlan:
    made = AuditPlan(team=Team.objects.get(name=team) if team else None, **({"number": 5} | more))
    return make_plan(made, at=NOON, by=None)


def review(draw: AuditDraw, verdict: str) -> Correction:
    task = task_to_choose(draw.task_key, teams=None)
    assert task
    item = read_item(answered_as(draw, task, verdict, 3, "adjuster", NOON.date()), kind="correction", index=0, at=NOON)
    receipt = answer_draw(draw, item, at=NOON, by=None)
    assert not receipt.rejected, receipt.rejected
    return Correction.objects.get(identity=draw.review, latest=True)
