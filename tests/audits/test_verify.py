"""`verify` finds what was tampered with, and `rebuild` mends what can be derived."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audits.queries.verify import faults
from tests.audits.test_restate import CALL, FIX, REFERENCE
from tests.build import have_reference, record, report

AT = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def october(db: None) -> None:
    have_reference(REFERENCE, at=AT)
    record("call", CALL, {**CALL, "id": "c2", "task": "T2", "model": "nobody knows"}, at=AT)
    record("correction", FIX, at=AT)
    record(
        "incident",
        {"id": "i1", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-10-09", "loss_usd": 100,
         "response_minutes": 7, "role": "adjuster", "team": "Claims",
         "tasks": [{"task": "T1"}, {"task": "T2"}, {"task": "not yet"}]},
        at=AT,
    )  # fmt: skip
    report(AT)


def test_it_finds_nothing_where_nothing_is_wrong(october: None) -> None:
    assert list(faults(AT.date())) == []


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE audits_dailycalls SET cost = cost + 1 WHERE cost > 0", "daily rows hold"),
        ("UPDATE audits_dailytasks SET tasks = tasks + 1", "daily rows hold"),
        ("UPDATE audits_monthlycalls SET cost = cost + 1", "monthly rows hold"),
        ("DELETE FROM audits_monthlytasks", "monthly rows hold"),
        ("UPDATE audits_monthlyunits SET sum_x = sum_x + 1", "monthly rows hold"),
        ("DELETE FROM audits_monthlyentries", "monthly rows hold"),
        ("DELETE FROM audits_dailyentries", "daily rows of the ledger hold"),
        ("UPDATE spend_call SET cost_nanos = 1 WHERE external_id = 'c1'", "its price makes 1000000000"),
        ("UPDATE spend_call SET cost_nanos = 0 WHERE external_id = 'c2'", "its price makes None"),
        ("UPDATE spend_call SET llm_id = 999999", "that is not there"),
        ("UPDATE spend_call SET repeated = true WHERE external_id = 'c1'", "repeats the usage"),
        ("UPDATE spend_task SET day = day - 1", "its first call is of"),
        ("UPDATE audits_correction SET minutes = minutes + 1", "its entries sum to 30.00"),
        ("UPDATE audits_correction SET latest = false", "the one that counts"),
        ("UPDATE audits_incident SET loss_nanos = loss_nanos + 1", "its entries sum to"),
    ],
)
def test_it_names_what_was_changed_behind_its_back(october: None, sql: str, fault: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert any(fault in found for found in faults(AT.date()))


def test_the_command_fails_when_there_is_a_fault(october: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE spend_call SET cost_nanos = 1 WHERE external_id = 'c1'")
    with pytest.raises(CommandError, match="fault"):
        call_command("verify")


def test_rebuild_says_what_was_wrong_and_mends_it(october: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audits_dailycalls SET cost = cost + 1 WHERE cost > 0")
    with pytest.raises(CommandError, match="2 derived rows"):
        call_command("rebuild")
    call_command("rebuild")
    assert list(faults(AT.date())) == []


@pytest.mark.parametrize(
    "sql", ["UPDATE audits_entry SET amount_nanos = 0", "DELETE FROM audits_entry", "TRUNCATE audits_entry CASCADE"]
)
def test_the_application_may_not_change_the_ledger(october: None, sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
