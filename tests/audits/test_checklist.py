"""What the checklist of a month reads, and the rework that is still to come of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Team
from audits.actions.catch_up import catch_up
from audits.domain.chain_ladder import Expected, TooLittle
from audits.domain.checklist import Facts, Silent
from audits.queries.checklist import facts_of
from audits.queries.rework import rework_to_come, triangle
from spend.domain.periods import Month
from tests.build import have_reference, record

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOON.date()
OCTOBER = Month(2026, 10)
REFERENCE = """
labour_rates: [{role: adjuster, hourly: 60.00, from: 2025-01-01}]
tiers: [{name: commodity, from_blended: 0.00}]
task_types: [{name: claim, manual_minutes: 30, role: adjuster, acceptance_days: 60}]
models:
  - {provider: acme, name: small, tier: commodity, prices: [{from: 2025-01-01, input: 1, output: 1, source: contract}]}
"""
CALL = {"team": "Claims", "provider": "acme", "model": "small", "input_tokens": 1000, "output_tokens": 0}


@pytest.fixture(autouse=True)
def _reference(claims: Team) -> None:
    have_reference(REFERENCE, at=NOON)


def call(name: str, day: str, **more: Any) -> None:
    record("call", {"id": name, "occurred_at": f"{day}T09:00:00Z", "task": name, **CALL, **more}, at=NOON)


def correction(name: str, task: str, worked_on: str, minutes: int = 10, at: datetime = NOON, **more: Any) -> None:
    said = {"id": name, "team": "Claims", "task": task, "worked_on": worked_on, "minutes": minutes,
            "role": "adjuster", "activity": "fix"}  # fmt: skip
    record("correction", said | more, at=at)


def october() -> Facts:
    catch_up(at=NOON, today=TODAY)
    return facts_of(OCTOBER, today=TODAY)


def test_a_month_without_anything_has_no_facts() -> None:
    assert october() == Facts(ends_on=date(2026, 11, 1), today=TODAY)


def test_calls_without_a_price_are_counted_by_model() -> None:
    call("c1", "2026-10-05")
    call("c2", "2026-10-05", model="nobody-knows")
    call("c3", "2026-09-30", model="nobody-knows")
    found = october()
    assert (found.calls, found.unpriced_models) == (2, (("acme/nobody-knows", 1),))


def test_tasks_are_pending_until_their_window_is_over() -> None:
    call("c1", "2026-10-05", task_type="claim")
    call("c2", "2026-10-09", task_type="claim")
    call("c3", "2026-10-09")
    found = october()
    assert (found.tasks, found.successes, found.presumed, found.pending) == (3, 1, 1, 2)
    assert found.pending_until == date(2026, 10, 9) + timedelta(days=61)


def test_a_stratum_is_audited_once_a_task_of_it_was_reviewed() -> None:
    call("c1", "2026-10-05")
    call("c2", "2026-10-05", task_type="claim")
    record("outcome", {"task": "c2", "team": "Claims", "outcome": "success"}, at=NOON)
    assert october().unaudited == (("claim", "commodity"), ("no task type", "commodity"))
    correction("k1", "c2", "2026-11-02", activity="review", verdict="accepted")
    found = october()
    assert (found.strata, found.unaudited) == (2, (("no task type", "commodity"),))


def test_what_names_nothing_known_is_unlinked_and_unattributed() -> None:
    correction("k1", "nowhere", "2026-10-05")
    found = october()
    assert found.unlinked_corrections == 1
    assert found.unattributed == found.true_cost == 10 * 10**9


def test_an_open_incident_of_the_month_is_counted() -> None:
    said = {"team": "Claims", "title": "Paid twice", "severity": "high", "loss_usd": 9, "status": "open"}
    for name, day in (("i1", "2026-10-05"), ("i2", "2026-11-05")):
        record("incident", {"id": name, "occurred_on": day, **said}, at=NOON)
    assert october().open_incidents == 1


def test_a_role_without_a_rate_is_named() -> None:
    rate = "labour_rates: [{role: agent, hourly: 30.00, from: 2026-11-01}]"
    have_reference(f"{rate}\ntask_types: [{{name: reply, manual_minutes: 3, role: agent}}]", at=NOON)
    assert october().roles_without_rate == ("agent",)


def test_a_source_that_stopped_within_the_month_is_named_with_its_usual_pause() -> None:
    for day in (1, 2, 5, 6, 7, 20):
        call(f"c{day}", f"2026-10-{day:02}")
    call("c-after", "2026-11-15")  # what came afterwards does not fill October
    assert october().silent == ()  # once it paused for 13 days: 11 more are nothing new
    record("call", *[{"id": f"s{day}", "occurred_at": f"2026-10-{day:02}T09:00:00Z", **CALL} for day in range(8, 20)],
           at=NOON)  # fmt: skip
    [silent] = october().silent
    assert isinstance(silent, Silent)
    assert (silent.days, silent.usual) == (11, 3)
    assert silent.name.endswith(", Claims")


# -- rework still to come -------------------------------------------------------------------------------------------


IN_JULY = datetime(2026, 7, 1, tzinfo=UTC)


def at_noon(day: date) -> datetime:
    return datetime.combine(day, NOON.timetz())


def past_months(count: int) -> list[Month]:
    months = [OCTOBER.previous]
    while len(months) < count:
        months.append(months[-1].previous)
    return months


def work_on(month: Month, minutes: int, worked_on: date, name: str, at: datetime = NOON) -> None:
    task = f"task-{month}"
    call(task, f"{month}-15")
    correction(f"k-{month}-{name}", task, worked_on.isoformat(), minutes, at=at)


def test_past_months_say_how_much_is_still_to_come() -> None:
    """By the 20th of the next month 40 of 60 minutes were known, the rest a month later: 20 minutes of 40 to come."""
    for month in past_months(7):
        work_on(month, 40, month.next.first_day, "soon")
        work_on(month, 20, month.next.next.first_day.replace(day=2), "late")
    work_on(OCTOBER, 10, date(2026, 11, 2), "soon")
    found = rework_to_come(OCTOBER, today=TODAY)
    assert isinstance(found, Expected)
    assert (found.known, found.amount, found.low, found.high) == (10 * 10**9, 5 * 10**9, 5 * 10**9, 5 * 10**9)
    assert found.months == 7


def test_what_is_recorded_late_is_known_late() -> None:
    """The first correction came in July; since then the day it came in counts, before it the day of the work."""
    months = past_months(5)
    for month in months:
        work_on(month, 40, month.first_day.replace(day=16), "soon", at=max(IN_JULY, at_noon(month.next.first_day)))
    work_on(months[0], 20, date(2026, 10, 1), "recorded late", at=at_noon(date(2026, 11, 3)))
    rows = triangle(OCTOBER, today=TODAY)
    assert rows[-1] == [0]
    assert rows[-2] == [40 * 10**9, 60 * 10**9]  # worked on before the 20th of October, known on the 3rd of November
    assert rows[-6] == [40 * 10**9] * 6  # May's, brought along in July


def test_too_little_history_says_so() -> None:
    for month in past_months(5):
        work_on(month, 40, month.next.first_day, "soon")
    assert rework_to_come(OCTOBER, today=TODAY) == TooLittle(5)
