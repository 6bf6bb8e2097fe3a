"""Facts that overtake each other: each case in every order, all worked in after every record, always one answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from audits.actions.reports import bring_up_to_date
from tests.agreement import disagreements
from tests.oracle import Facts, entries, report
from tests.product import KINDS, Product, Record, installed, net_entries, read, untrue_reversals
from tests.scenes.cast import call, correction, facts, incident, model, outcome

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

T1 = call("c1", "10-05", task="t1")
FIXED = {"name": "GPU lease", "from": "2026-09-01", "to": "2026-12-01", "amount": 91, "team": "Claims"}
CASES: dict[str, Facts] = {
    "a task moves to an earlier month, with its rework and its tries": facts(
        call("early", "09-30", "dear", "t1"), T1,
        corrections=(correction("k1", "10-20", 7, "redo", task="t1"),), outcomes=(outcome("t1"),),
    ),
    "a task moves to an earlier month and with it a team's period entries of both": facts(
        call("early", "09-30", task="t1"), call("c2", "10-05", "dear", "t1"),
        corrections=(correction("k1", "09-30", 7), correction("k2", "10-31", 5)), fixed_costs=[FIXED],
    ),
    "a correction names a call that does not count": facts(
        call("stage", "10-05", task="t1", environment="staging"), T1,
        corrections=(correction("k1", "10-06", 5, call="stage", verdict="rejected"),), outcomes=(outcome("t1"),),
    ),
    "records without a team wait for the one that has the task, and the call": facts(
        T1, outcomes=(outcome("t1", "failure", team=None),),
        corrections=(correction("k1", "10-06", 5, team=None, call="c1"),),
        incidents=(incident("i1", "10-06", 9, team=None, tasks=[{"task": "t1"}, {"task": "gone"}]),),
    ),
    "an incident without a team is shared by tasks of two teams": facts(
        T1, call("s1", "10-31", "dear", "s1", team="Support"),
        incidents=(incident("i1", "11-06", "0.000000001", team=None, tasks=[{"task": "t1"}, {"task": "s1"}]),
                   incident("i1", "11-06", "7", team=None, version=2, tasks=[{"task": "s1", "weight": 2}])),
    ),
    "an incident is opened, confirmed on another task, and withdrawn": facts(
        T1, incidents=(incident("i1", "10-06", 9, status="open", tasks=[{"task": "t1"}]),
                       incident("i1", "10-06", 9, version=2, calls=[{"call": "c1"}]),
                       incident("i1", "10-06", 9, version=3, withdrawn=True)),
    ),
    "a late outcome changes the task's type, and with it the window": facts(
        call("c1", "11-10", task="t1", task_type="claim"), call("c2", "11-11", task="t1", task_type="claim"),
        outcomes=(outcome("t1", task_type="ticket"), outcome("t1", version=2, withdrawn=True)),
    ),
    "a late call decides the task, and a verdict on the other call no longer counts": facts(
        T1, call("c2", "10-06", "dear", "t1"),
        corrections=(correction("k1", "10-07", 5, call="c1", verdict="rejected"),
                     correction("k2", "10-07", 3, task="t1", activity="review")),
    ),
    "a model changes its tier from month to month, and a task is in both": facts(
        call("c1", "09-30", "shift", "t1"), call("c2", "10-01", "shift", "t1"),
        corrections=(correction("k1", "10-06", 5, task="t1"), correction("k2", "10-06", 5, model="shift")),
        models=[model("shift", [{"tier": "commodity", "from": "2026-01-01"}, {"tier": "mid", "from": "2026-10-01"}],
                      1, 2)],
    ),
    "shares of a task by cost follow its calls": facts(
        T1, call("c2", "10-06", "dear", "t1"), call("free", "10-07", "nobody", "t1"),
        corrections=(correction("k1", "10-07", "0.1", task="t1"),), policy="pro_rata",
    ),
    "a call of no task has the name of a task": facts(
        call("t1", "10-05"), call("c2", "10-06", "dear", task="t2"),
        corrections=(correction("k1", "10-07", 5, task="t1"), correction("k2", "10-07", 5, call="t1")),
    ),
}  # fmt: skip
QUESTIONS: list[Record] = [
    {"first": "2026-09", "last": "2026-11", "by": by} for by in (("tier", "month"), ("task_type", "team"), ("model",))
]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_order_ends_the_same(case: Facts) -> None:
    records = [(kind, record) for kind in KINDS for record in getattr(case, kind)]
    expected = [report(case, **query) for query in QUESTIONS]
    ledger = entries(case)
    answers = []
    with installed(case) as product:
        for answer in every_order(product, records):
            answers.append(answer)
            assert net_entries() == ledger
            assert untrue_reversals() == []
    assert len(answers) > 1
    assert all(answer == answers[0] for answer in answers)
    for query, ours, theirs in zip(QUESTIONS, answers[0], expected, strict=True):
        assert disagreements(read(json.loads(ours)), theirs, query["by"]) == []


def every_order(product: Product, records: list[tuple[str, Record]]) -> Iterator[list[bytes]]:
    """Send the records in every order, each order's end in the database while its answers are yielded."""
    if not records:
        yield [product.ask(query).content for query in QUESTIONS]
        return
    bring_up_to_date(at=timezone.now())  # as a report does before it answers
    for place, (kind, record) in enumerate(records):
        point = transaction.savepoint()
        product.send([(kind, [record])])
        yield from every_order(product, records[:place] + records[place + 1 :])
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/New_York"])
def test_R4_the_window_ends_at_midnight_of_the_zone(zone: str) -> None:
    """A claim has 14 days: of the first of October, in the zone, until the end of the fifteenth."""
    midnight = datetime(2026, 10, 1, tzinfo=ZoneInfo(zone))
    late = call("c1", "10-01", task="t1", task_type="claim", occurred_at=(midnight + timedelta(hours=23)).isoformat())
    with installed(facts(zone=zone, as_of="2026-10-02")) as product:
        product.send([("calls", [late])])
        for moment, pending in ((timedelta(days=15, minutes=-1), 1), (timedelta(days=15, minutes=1), 0)):
            with time_machine.travel(midnight + moment, tick=False):
                total = product.report({})["total"]
            assert (total["tasks"], total["pending"], total["presumed"]) == (1, pending, 1 - pending)


def test_R12_a_name_that_finds_several_teams_at_once_waits_and_stays_shown() -> None:
    nameless = correction("k1", "10-07", 3, team=None, task="t1")
    theirs = call("c1", "10-06", task="t1", team="Support")
    with installed(facts()) as product:
        product.send([("corrections", [nameless]), ("calls", [T1, theirs])])
        found = product.report({"by": ("team",)})
    costs = {row["team"]: row["internal_failure"] for row in found["rows"]}
    assert costs == {"Claims": 0, "Support": 0, None: 3 * 10**9}
    assert found["coverage"]["corrections_linked"] == 0


def test_R12_what_was_linked_stays_when_another_team_takes_up_the_name() -> None:
    nameless = correction("k1", "10-07", 3, team=None, task="t1")
    theirs = call("c1", "10-06", task="t1", team="Support")
    with installed(facts()) as product:
        product.send([("calls", [T1]), ("corrections", [nameless]), ("calls", [theirs])])
        found = product.report({"by": ("team",)})
    costs = {row["team"]: row["internal_failure"] for row in found["rows"]}
    assert costs == {"Claims": 3 * 10**9, "Support": 0}
