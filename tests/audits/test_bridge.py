"""The bridge of a closed month: whatever happens after the close, its lines say what moved, to the nano-dollar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Team, User
from audits.actions.catch_up import catch_up
from audits.actions.closing import draft, sign
from audits.domain.bridge import NOTHING, Bridge
from audits.models import Close, MonthlyEntries
from audits.queries.bridge import bridge_of, unexplained
from spend.domain.periods import Month
from spend.models import Call
from tests.build import have_reference, record

OCTOBER = Month(2026, 10)
CLOSED_AT = datetime(2026, 11, 5, 12, tzinfo=UTC)
LATER = CLOSED_AT + timedelta(days=4)
DOLLAR = 10**9
REFERENCE = """
labour_rates: [{role: adjuster, hourly: 60.00, from: 2026-01-01}]
tiers: [{name: commodity, from_blended: 0.00}, {name: frontier, from_blended: 4.00}]
task_types: [{name: claim, manual_minutes: 30, role: adjuster, acceptance_days: 90}]
models:
  - {provider: acme, name: small, tier: commodity,
     prices: [{from: 2026-01-01, input: 1000, output: 1000, source: contract}]}
"""
DEARER = """
models: [{provider: acme, name: small, prices: [{from: 2026-10-01, input: 3000, output: 1000, source: contract}]}]
"""
CALL = {"team": "Claims", "provider": "acme", "model": "small", "input_tokens": 1000, "output_tokens": 0}


def call(name: str, day: str, at: datetime, **more: Any) -> None:
    said = {"id": name, "occurred_at": f"2026-{day}T09:00:00Z", "task": name, "task_type": "claim"}
    record("call", said | CALL | more, at=at)


def correction(name: str, task: str, minutes: int, at: datetime, **more: Any) -> None:
    said = {"id": name, "team": "Claims", "task": task, "worked_on": "2026-11-02", "minutes": minutes,
            "role": "adjuster", "activity": "fix"}  # fmt: skip
    record("correction", said | more, at=at)


def incident(name: str, task: str, loss: int, at: datetime, **more: Any) -> None:
    said = {"id": name, "team": "Claims", "title": name, "severity": "high", "occurred_on": "2026-11-01",
            "loss_usd": loss, "tasks": [{"task": task}]}  # fmt: skip
    record("incident", said | more, at=at)


@pytest.fixture
def closed(claims: Team, fiona: User) -> Close:
    """October of three claims at a dollar each: one corrected, one in an incident; closed on the fifth of November."""
    before = CLOSED_AT - timedelta(hours=1)
    have_reference(REFERENCE, at=before)
    for number in (1, 2, 3):
        call(f"c{number}", f"10-0{number}", before)
    correction("k1", "c1", 10, before)
    incident("i1", "c2", 100, before)
    return sign(draft(OCTOBER, by=fiona, at=before), by=fiona, at=CLOSED_AT, reason="It is so.")


def found(close: Close, at: datetime = LATER) -> Bridge:
    catch_up(at=at, today=at.date())
    return bridge_of(close, OCTOBER)


def kinds(bridge: Bridge) -> dict[str, tuple[int, int]]:
    """Count and true cost of each line."""
    return {line.kind: (line.count, line.moved.true_cost) for line in bridge.lines}


def test_a_month_to_which_nothing_happened_has_no_lines(closed: Close) -> None:
    bridge = found(closed)
    assert (bridge.lines, bridge.difference) == ((), NOTHING)
    assert bridge.reported.true_cost == 113 * DOLLAR


def test_late_calls_are_told_by_source_with_their_tasks(closed: Close) -> None:
    call("c4", "10-09", LATER)
    call("c5", "10-09", LATER, task="c1")  # one more of a task that was there
    call("c6", "11-09", LATER)
    bridge = found(closed)
    assert kinds(bridge) == {"late_calls": (2, 2 * DOLLAR), "late_tasks": (1, 0)}
    calls, tasks = bridge.lines
    assert (calls.moved.calls, calls.moved.tasks, tasks.moved.tasks, tasks.moved.pending) == (2, 0, 1, 1)
    assert calls.last_at == LATER


def test_a_call_that_was_on_its_way_while_the_month_was_closed_is_told_as_such(closed: Close) -> None:
    call("c4", "10-09", CLOSED_AT, task="c1")  # it came before the close by its own time, and was written after it
    assert kinds(found(closed)) == {"crossing_calls": (1, DOLLAR)}
    assert list(unexplained(LATER.date())) == []


def test_verify_complains_of_what_facts_do_not_account_for(closed: Close) -> None:
    catch_up(at=LATER, today=LATER.date())
    MonthlyEntries.objects.update(amount=F("amount") + 1)
    [fault] = unexplained(LATER.date())
    assert fault.startswith("of what moved in 2026-10 since it was closed, 0.000000002")


def test_another_price_is_told_by_model_and_late_calls_have_theirs_already(closed: Close) -> None:
    call("c4", "10-09", LATER)
    have_reference(DEARER, at=LATER)
    bridge = found(closed)
    assert kinds(bridge) == {"late_calls": (1, 3 * DOLLAR), "late_tasks": (1, 0), "repriced_calls": (3, 6 * DOLLAR)}
    [repriced] = [line for line in bridge.lines if line.kind == "repriced_calls"]
    assert [part.name for part in repriced.parts] == ["acme/small"]
    assert repriced.moved.calls == 0


def test_calls_that_no_longer_count_take_their_cost_along(closed: Close) -> None:
    with transaction.atomic():
        Call.objects.filter(external_id="c3").update(counted=False, repeated=True)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO spend_demotedcall (call, task) SELECT id, task_id FROM spend_call"
                           " WHERE external_id = 'c3'")  # fmt: skip
    bridge = found(closed)
    assert kinds(bridge) == {"repeated_calls": (1, -DOLLAR), "status_changes": (1, 0)}
    assert [line.moved.calls for line in bridge.lines] == [-1, 0]
    assert [line.moved.tasks for line in bridge.lines] == [0, -1]


def test_corrections_are_told_apart_by_what_was_done_with_them(closed: Close) -> None:
    correction("k1", "c1", 10, LATER, version=2, withdrawn=True)
    correction("k2", "c3", 5, LATER, verdict="rejected")
    bridge = found(closed)
    assert kinds(bridge) == {
        "late_corrections": (1, 5 * DOLLAR), "withdrawn_corrections": (1, -10 * DOLLAR), "status_changes": (1, 0),
    }  # fmt: skip
    [status] = [line.moved for line in bridge.lines if line.kind == "status_changes"]
    assert (status.tasks, status.failures, status.pending) == (0, 1, -1)


def test_a_revised_correction_moves_by_the_difference(closed: Close) -> None:
    correction("k1", "c1", 25, LATER, version=2)
    assert kinds(found(closed)) == {"revised_corrections": (1, 15 * DOLLAR)}


def test_another_rate_moves_what_nobody_touched(closed: Close) -> None:
    have_reference("labour_rates: [{role: adjuster, hourly: 90.00, from: 2026-01-01}]", at=LATER)
    assert kinds(found(closed)) == {"placed_corrections": (1, 5 * DOLLAR)}


def test_incidents_are_told_apart_too(closed: Close) -> None:
    incident("i1", "c2", 100, LATER, version=2, status="dismissed")
    incident("i2", "c3", 40, LATER)
    bridge = found(closed)
    assert kinds(bridge) == {"confirmed_incidents": (1, 40 * DOLLAR), "withdrawn_incidents": (1, -100 * DOLLAR)}
    assert bridge.difference.failures == 0  # one more and one less


def test_a_fixed_cost_of_the_month_is_a_line(closed: Close) -> None:
    lease = "{name: GPU lease, from: 2026-10-01, to: 2026-11-01, amount: 310.00, tier: commodity, kind: compute}"
    have_reference(f"fixed_costs: [{lease}]", at=LATER)
    bridge = found(closed)
    assert kinds(bridge) == {"fixed_costs": (1, 310 * DOLLAR)}
    assert bridge.lines[0].moved.fixed_compute == 310 * DOLLAR


def test_time_alone_moves_the_tasks_that_were_pending(closed: Close) -> None:
    bridge = found(closed, CLOSED_AT + timedelta(days=120))
    assert kinds(bridge) == {"status_changes": (2, 0)}
    assert (bridge.lines[0].moved.presumed, bridge.lines[0].moved.pending) == (2, -2)


def test_the_next_month_has_what_was_booked_in_it_for_this_one(closed: Close, fiona: User) -> None:
    correction("k2", "c3", 5, LATER)
    december = datetime(2026, 12, 3, tzinfo=UTC)
    november = sign(draft(OCTOBER.next, by=fiona, at=december), by=fiona, at=december, reason="It is so.")
    catch_up(at=december, today=december.date())
    bridge = bridge_of(november, OCTOBER.next)
    assert kinds(bridge) == {"earlier_months": (1, -5 * DOLLAR)}
    assert kinds(bridge_of(closed, OCTOBER)) == {"late_corrections": (1, 5 * DOLLAR)}


EVENTS = st.sampled_from(
    ["late call", "call of an old task", "price", "withdraw", "revise", "late correction", "reject", "incident",
     "dismiss", "rate", "outcome", "lease"]
)  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, unique=True, max_size=7))
def test_whatever_happens_the_lines_sum_to_the_difference_and_explain_it(closed: Close, events: list[str]) -> None:
    point = transaction.savepoint()
    before = found(closed).reported
    for number, event in enumerate(events):
        HAPPENS[event](LATER + timedelta(minutes=number))
    bridge = found(closed)
    assert bridge.reported == before
    assert sum((line.moved for line in bridge.lines), NOTHING) == bridge.restated - before
    assert not {line.kind for line in bridge.lines} & {"unexplained", "crossing_calls"}
    transaction.savepoint_rollback(point)


HAPPENS = {
    "late call": lambda at: call("late", "10-20", at),
    "call of an old task": lambda at: call("more", "10-21", at, task="c1"),
    "price": lambda at: have_reference(DEARER, at=at),
    "withdraw": lambda at: correction("k1", "c1", 10, at, version=3, withdrawn=True),
    "revise": lambda at: correction("k1", "c1", 21, at, version=2),
    "late correction": lambda at: correction("k2", "c3", 7, at, activity="review", verdict="accepted"),
    "reject": lambda at: correction("k3", "c2", 3, at, verdict="rejected"),
    "incident": lambda at: incident("i2", "c3", 33, at),
    "dismiss": lambda at: incident("i1", "c2", 100, at, version=2, status="dismissed"),
    "rate": lambda at: have_reference("labour_rates: [{role: adjuster, hourly: 71.00, from: 2026-01-01}]", at=at),
    "outcome": lambda at: record("outcome", {"task": "c1", "team": "Claims", "outcome": "success"}, at=at),
    "lease": lambda at: have_reference(
        "fixed_costs: [{name: Lease, from: 2026-10-01, to: 2026-12-01, amount: 61.00, kind: prevention}]", at=at
    ),
}
