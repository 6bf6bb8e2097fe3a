"""Nobody changes a closed month: not the ORM, not SQL of either role; and closes and postings exclude each other."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.actions import create_key
from accounts.models import Role, Scope, User
from audits.actions.catch_up import catch_up
from audits.actions.closing import draft, sign
from audits.freezing import KEPT
from audits.models import Close, ClosedEntries, Entry
from audits.queries.verify import faults
from spend.domain.periods import Month
from tests.audits.test_meanwhile import AT, CALL, FIX, REFERENCE, TODAY, open_transaction, waiting
from tests.build import have_reference, record
from tests.cast import make_user
from tests.database import Roles

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = Month(2026, 10)
LATE = {**FIX, "id": "k2", "task": "T1", "minutes": 5}


@pytest.fixture(autouse=True)
def october(transactional_db: None) -> None:
    have_reference(REFERENCE, at=AT)
    record("call", CALL, at=AT)
    record("correction", {**FIX, "task": "T1", "verdict": "accepted"}, at=AT)
    said = {"id": "i1", "team": "Claims", "title": "It", "severity": "low", "occurred_on": "2026-10-04", "loss_usd": 3}
    record("incident", {**said, "tasks": [{"task": "T1"}]}, at=AT)


@pytest.fixture
def fiona(transactional_db: None) -> User:
    return make_user("fiona", Role.FINANCE)


@pytest.fixture
def closed(fiona: User) -> Close:
    return close(fiona)


def close(by: User) -> Close:
    return sign(draft(OCTOBER, by=by, at=AT), by=by, at=AT, reason="It is so.")


TABLES = [f"audits_closed{name}" for name in KEPT if name != "bills"]
CHANGES = [
    *(f"UPDATE {table} SET period = period + 31" for table in TABLES),
    *(f"DELETE FROM {table}" for table in TABLES),
    *(f"TRUNCATE {table}" for table in [*TABLES, "audits_closedbills"]),
    "UPDATE audits_close SET digest = 'x'",
    "UPDATE audits_close SET state = 'draft'",
    "UPDATE audits_close SET state = 'reopened', reopened_at = now(), reopened_by = 'me', reopen_reason = 'so',"
    " reason = ''",
    "DELETE FROM audits_close",
    "TRUNCATE audits_close CASCADE",
    "INSERT INTO audits_close (first_month, month, state, basis, drafted_at, drafted_by, closed_at, closed_by, reason,"
    " reopened_by, reopen_reason, policy_version, digest) VALUES ('2026-11-01', '2026-11-01', 'closed', 'computed',"
    " now(), 'me', now(), 'me', '', '', '', '1', 'x')",
    "INSERT INTO audits_closedbills (close_id, period, month, route, amount)"
    " SELECT id, month, month, '', 1 FROM audits_close",
    "INSERT INTO audits_entry (source_kind, source, category, nature, amount_nanos, rule, policy_version, traced,"
    " service_date, posting_month, posted_at) VALUES ('incident', gen_random_uuid(), 'appraisal', 'cash', 1, 'scope',"
    " '1', true, '2026-10-05', '2026-10-01', now())",
]  # fmt: skip


def test_SQL_of_neither_role_changes_a_closed_month(closed: Close, database_roles: Roles) -> None:
    name = connection.settings_dict["NAME"]
    for role in ("app", "owner"):
        with database_roles.connect(role, name) as other:
            for sql in CHANGES:
                other.execute("SET LOCAL pgtrigger.ignore = '{all}'")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    other.execute(sql)
                other.rollback()
    assert list(faults(TODAY)) == []


def test_the_application_cannot_take_the_triggers_away(closed: Close, database_roles: Roles) -> None:
    with database_roles.connect("app", connection.settings_dict["NAME"]) as app:
        for sql in (
            *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in [*TABLES, "audits_close", "audits_entry"]),
            "DROP TRIGGER closes_go_one_way ON audits_close",
            "DROP TABLE audits_closedcalls",
            "DROP FUNCTION closed_months_stay() CASCADE",
            "CREATE OR REPLACE FUNCTION audits_open_from() RETURNS date LANGUAGE sql AS 'SELECT NULL::date'",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(sql)
            app.rollback()


def test_the_ORM_does_not_either_and_there_is_no_admin(closed: Close) -> None:
    for model in KEPT.values():
        for change in (lambda rows: rows.update(close=closed.pk + 1), lambda rows: rows.delete()):
            rows = model._default_manager.all()
            if rows.exists():
                with pytest.raises(DatabaseError), transaction.atomic():
                    change(rows)
    closed.digest = "x"
    with pytest.raises(DatabaseError), transaction.atomic():
        closed.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Close.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ClosedEntries.objects.all()[0].save()
    assert not apps.is_installed("django.contrib.admin")


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE audits_closedcalls SET cost = cost + 1", "its calls are not what was signed"),
        ("UPDATE audits_closedcharges SET amount = amount + 1", "its charges are not what was signed"),
        ("DELETE FROM audits_closedentries", "were reported of team"),
        ("UPDATE audits_close SET closed_by = 'somebody'", "its head are not what was signed"),
        ("UPDATE audits_close SET snapshot = '{}'", "its snapshot are not what was signed"),
        ("UPDATE audits_close SET digest = 'x'", "its inputs do not make its digest"),
    ],
)
def test_verify_finds_what_a_superuser_changed(closed: Close, database_roles: Roles, sql: str, fault: str) -> None:
    with database_roles.connect("admin", connection.settings_dict["NAME"]) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(sql)
    assert any(fault in found for found in faults(TODAY))


def test_who_posts_first_is_in_the_close_that_waits_for_it(fiona: User) -> None:
    with open_transaction(lambda: record("correction", LATE, at=AT)) as commit, waiting(lambda: close(fiona)):
        commit()
    late = Entry.objects.latest("pk")
    assert late.posting_month == date(2026, 10, 1)
    assert sum(row.amount for row in ClosedEntries.objects.all()) == (30 + 5 + 3) * 10**9
    catch_up(at=AT, today=TODAY)
    assert list(faults(TODAY)) == []


def test_who_posts_while_a_month_is_closed_waits_and_posts_in_the_next(fiona: User) -> None:
    with open_transaction(lambda: close(fiona)) as commit, waiting(lambda: record("correction", LATE, at=AT)):
        commit()
    late = Entry.objects.latest("pk")
    assert (late.service_date.month, late.posting_month) == (10, date(2026, 11, 1))
    assert sum(row.amount for row in ClosedEntries.objects.all()) == (30 + 3) * 10**9
    catch_up(at=AT, today=TODAY)
    assert list(faults(TODAY)) == []


def test_of_two_who_close_at_once_one_does(fiona: User) -> None:
    first = draft(OCTOBER, by=fiona, at=AT)

    def second() -> None:
        with pytest.raises(Exception, match="no such draft"):
            sign(first, by=fiona, at=AT, reason="It is so.")

    with open_transaction(lambda: sign(first, by=fiona, at=AT, reason="It is so.")) as commit, waiting(second):
        commit()
    assert Close.objects.get().state == Close.CLOSED


# -- the doors ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(datetime(2026, 11, 3, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def post(client: Client, address: str, body: dict[str, str], **headers: str) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


def test_the_API_closes_for_finance_and_opens_again_for_administrators(clock: Any, fiona: User) -> None:
    finance, ada, lena = Client(), Client(), Client()
    for client, user in (
        (finance, fiona), (ada, make_user("ada", Role.ADMINISTRATOR)), (lena, make_user("lena", Role.TEAM_LEAD)),
    ):  # fmt: skip
        client.force_login(user)
    october = {"month": "2026-10", "reason": "A small month."}
    key = create_key(name="tool", scopes=list(Scope.values), team=None, at=AT)[1]
    assert post(Client(), "/api/v1/closes", october, Authorization=f"Bearer {key}").status_code == 403
    assert post(lena, "/api/v1/closes", october).status_code == 403
    assert "over" in post(finance, "/api/v1/closes", {"month": "2026-11"}).json()["month"][0]
    made = post(finance, "/api/v1/closes", october)
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["closed_by"], made.json()["first_month"]) == (
        "closed",
        "fiona",
        "2026-10",
    )
    assert post(finance, "/api/v1/closes", october).status_code == 400
    listed = Client().get("/api/v1/closes", headers={"Authorization": f"Bearer {key}"}).json()
    assert (listed["open_from"], [each["digest"] for each in listed["closes"]]) == ("2026-11", [made.json()["digest"]])
    words = "from=2026-10&to=2026-10"
    assert lena.get(f"/api/v1/reports/true-cost?{words}").json()["closed"] == "closed"
    assert finance.get("/api/v1/reports/true-cost?from=2026-10&to=2026-11").json()["closed"] == "partly closed"
    again = "/api/v1/closes/2026-10/reopen"
    assert post(finance, again, {"reason": "Because"}).status_code == 403
    assert post(ada, again, {"reason": " "}).status_code == 400
    assert post(ada, again, {"reason": "A bill came."}).json()["reopen_reason"] == "A bill came."
    assert post(ada, again, {"reason": "A bill came."}).status_code == 404
    assert finance.get(f"/api/v1/reports/true-cost?{words}").json()["closed"] == "open"


def test_the_commands_do_the_same(clock: Any, fiona: User, capsys: pytest.CaptureFixture[str]) -> None:
    make_user("lena", Role.TEAM_LEAD)
    make_user("ada", Role.ADMINISTRATOR)
    for name in ("lena", "nobody"):
        with pytest.raises(CommandError, match="may not close"):
            call_command("close", "2026-10", by=name)
    with pytest.raises(CommandError, match="not a month"):
        call_command("close", "October", by="fiona")
    call_command("close", "2026-10", by="fiona", reason="A small month.")
    assert Close.objects.get().digest in capsys.readouterr().out
    with pytest.raises(CommandError, match="may not open"):
        call_command("reopen", "2026-10", by="fiona", reason="Because")
    call_command("reopen", "2026-10", by="ada", reason="A bill came.")
    with pytest.raises(CommandError, match="not closed"):
        call_command("reopen", "2026-10", by="ada", reason="A bill came.")
    assert Close.objects.get().state == Close.REOPENED
