"""Audits of the sample: a plan of all teams, whose first draws were answered, so that silent failures are seen."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from audits.actions.sampling import answer_draw, answered_as, draw_due, make_plan
from audits.models import AuditDraw, AuditPlan
from audits.queries.choosing import task_to_choose
from audits.queries.habits import role_of_task_type
from spend.ingest.reading import read_item
from spend.ingest.records import Item
from spend.queries.zone import reporting_day

A_WEEK = 100
LEFT_OPEN = 10  # so that there is a queue
# Made up: of a thousand successes that nobody looked at, so many failed in silence, by the tier that delivered.
SILENT = {"commodity": 70, "mid": 40, "frontier": 20}
USUALLY = 30


def have_audits(*, at: datetime) -> None:
    """Draw a week and answer it but for its end; where a plan is there already, nothing."""
    if AuditPlan.objects.exists():
        return
    make_plan(AuditPlan(number=A_WEEK, seed="sample"), at=at, by=None)
    draw_due(at=at)
    draws = list(AuditDraw.objects.select_related("team", "tier").order_by("task_key"))
    for draw in draws[: max(len(draws) - LEFT_OPEN, 0)]:
        _answer(draw, at)


def _answer(draw: AuditDraw, at: datetime) -> None:
    task, day = task_to_choose(draw.task_key, teams=None), reporting_day(at)
    role = role_of_task_type(draw.task_type_id, team=draw.team_id, day=day)
    if task is None or not role:
        return
    chance = int.from_bytes(blake2b(draw.task_key.bytes, digest_size=4).digest(), "big") % 1000
    silent = SILENT.get(draw.tier.name if draw.tier else "", USUALLY)
    verdict = "rejected" if chance < silent else "amended" if chance < 2 * silent else "accepted"
    item = read_item(answered_as(draw, task, verdict, 3, role, day), kind="correction", index=0, at=at)
    if isinstance(item, Item):
        answer_draw(draw, item, at=at, by=None)
