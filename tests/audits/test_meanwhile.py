"""Two transactions at once: whichever commits first, the ledger and the report end as the facts say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from audits import store
from audits.actions.catch_up import catch_up
from audits.actions.rebuild import rebuild
from audits.actions.refresh import settle_scopes
from audits.queries.verify import faults
from spend.domain.periods import Month
from tests.build import have_reference, record, report

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
TODAY = AT.date()
REFERENCE = """
teams: [{name: Claims}]
labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]
tiers: [{name: commodity, from_blended: 0}]
models: [{provider: acme, name: small, tier: commodity, prices: [{from: 2026-01-01, input: 1.00, output: 1.00}]}]
"""
CALL = {
    "id": "c1", "occurred_at": "2026-10-02T10:00:00Z", "provider": "acme", "model": "small", "team": "Claims",
    "task": "T1", "input_tokens": 1_000_000, "output_tokens": 0,
}  # fmt: skip
FIX = {"id": "k1", "team": "Claims", "worked_on": "2026-10-20", "minutes": 30, "role": "adjuster", "activity": "fix"}
WAIT = 20


@contextmanager
def open_transaction(work: Callable[[], Any]) -> Iterator[Callable[[], None]]:
    """Do `work` in a transaction of another connection; it stays open until what is yielded is called."""
    done, commit, failed = Event(), Event(), []

    def run() -> None:
        try:
            with transaction.atomic():
                work()
                done.set()
                assert commit.wait(WAIT)
        except BaseException as problem:
            failed.append(problem)
            done.set()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()

    def finish() -> None:
        commit.set()
        thread.join(WAIT)
        assert failed == []

    assert done.wait(WAIT)
    try:
        yield finish
    finally:
        finish()


@contextmanager
def waiting(work: Callable[[], Any]) -> Iterator[None]:
    """Start `work` in another connection, and go on when it waits for a lock; at the end it must have come through."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as problem:
            failed.append(problem)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    with connection.cursor() as cursor:
        for _ in range(2000):
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0] or not thread.is_alive():
                break
            cursor.execute("SELECT pg_sleep(0.01)")
    yield
    thread.join(WAIT)
    assert failed == []


def settled() -> dict[str, Any]:
    """The report, after which nothing is left to find."""
    said = report(AT, from_="2026-10", by="tier")
    assert list(faults(TODAY)) == []
    assert rebuild(at=AT, today=TODAY) == []
    return said["total"]


@pytest.fixture(autouse=True)
def reference(transactional_db: None) -> None:
    have_reference(REFERENCE, at=AT)
    record("call", {**CALL, "id": "c9", "task": "T9", "environment": "staging"}, at=AT)  # writes the zone down


def test_a_correction_commits_after_the_call_it_names_was_worked_in() -> None:
    with open_transaction(lambda: record("correction", {**FIX, "task": "T1", "verdict": "rejected"}, at=AT)) as commit:
        record("call", CALL, at=AT)
        catch_up(at=AT, today=TODAY)
        commit()
    assert settled()["failures"] == 1


def test_an_outcome_commits_after_the_call_it_names_was_worked_in() -> None:
    outcome = {"task": "T1", "team": "Claims", "outcome": "failure"}
    with open_transaction(lambda: record("outcome", outcome, at=AT)) as commit:
        record("call", CALL, at=AT)
        catch_up(at=AT, today=TODAY)
        commit()
    assert settled()["failures"] == 1


def test_an_incident_commits_after_its_task_moved_to_an_earlier_day() -> None:
    record("call", CALL, at=AT)
    catch_up(at=AT, today=TODAY)
    incident = {"id": "i1", "team": "Claims", "title": "It", "severity": "high", "occurred_on": "2026-10-20",
                "loss_usd": 5, "tasks": [{"task": "T1"}]}  # fmt: skip
    with open_transaction(lambda: record("incident", incident, at=AT)) as commit:
        record("call", {**CALL, "id": "c0", "occurred_at": "2026-09-30T10:00:00Z"}, at=AT)
        catch_up(at=AT, today=TODAY)
        commit()
    assert settled()["external_failure"] == "0.00"
    assert report(AT, from_="2026-09", by="tier")["total"]["failures"] == 1


def test_a_period_entry_is_revised_while_scopes_are_settled() -> None:
    record("call", CALL, at=AT)
    record("correction", FIX, at=AT)
    catch_up(at=AT, today=TODAY)
    store.mark_scope_stale([(1, Month.parse("2026-10").first_day)])
    revise = lambda: record("correction", {**FIX, "version": 2, "minutes": 60}, at=AT)  # noqa: E731
    with open_transaction(revise) as commit, waiting(lambda: settle_scopes(at=AT, today=TODAY)):
        commit()
    assert settled()["internal_failure"] == "60.00"


def test_a_fixed_cost_changes_while_scopes_are_settled() -> None:
    cost = "fixed_costs: [{{name: GPU, from: 2026-10-01, to: 2026-11-01, amount: {}, team: Claims, kind: compute}}]"
    record("call", CALL, at=AT)
    have_reference(cost.format(310), at=AT)
    catch_up(at=AT, today=TODAY)
    record("call", {**CALL, "id": "c2", "task": "T2", "model": "unknown"}, at=AT)
    apply = lambda: have_reference(cost.format(620), at=AT)  # noqa: E731
    with open_transaction(apply) as commit, waiting(lambda: catch_up(at=AT, today=TODAY)):
        commit()
    assert settled()["fixed_compute"] == "620.00"


def test_a_task_type_changes_while_its_tasks_are_refreshed() -> None:
    have_reference("task_types: [{name: claim, acceptance_days: 99}]", at=AT)
    record("call", {**CALL, "task_type": "claim"}, at=AT)
    apply = lambda: have_reference("task_types: [{name: claim, acceptance_days: 2}]", at=AT)  # noqa: E731
    with open_transaction(apply) as commit, waiting(lambda: catch_up(at=AT, today=TODAY)):
        commit()
    assert settled()["presumed"] == 1
