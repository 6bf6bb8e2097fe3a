"""However a row is changed, one event says who, and what it was before and after."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from celery.signals import task_prerun
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from psycopg import sql

import manage
from accounts import second_factor
from accounts.actions import create_key, revoke_key
from accounts.models import ApiKey, Team, User
from audits.actions.webhooks import create_webhook
from audits.models import Correction, FixedCost
from spend.models import Tier
from tests.audits.test_github_webhook import Sender, delivery
from tests.build import have_reference
from tests.cast import NOON, PASSWORD
from tests.trail.conftest import faults, latest
from trail import context
from trail.context import Context, Doer, acting, because
from trail.followed import followed
from trail.jobs import seal
from trail.models import Event

pytestmark = pytest.mark.django_db
pytest_plugins = ["tests.audits.test_github_webhook"]
RATE = "labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]"
ADA = Context(who=lambda: Doer("person", "ada", 1), address="192.0.2.7", request="r-1")


def told(event: Event) -> tuple[str, object, object]:
    return event.action, event.before, event.after


def test_the_orm_leaves_an_event_for_each_change() -> None:
    with acting(ADA):
        team = Team.objects.create(name="Claims")
        team.cost_centre = "4100"
        team.save(update_fields=["cost_centre"])
        team.delete()
    first, second, third = Event.objects.filter(object="accounts_team").order_by("id")
    row = {"id": int(first.key), "name": "Claims", "cost_centre": ""}
    changed = row | {"cost_centre": "4100"}
    assert told(first) == ("insert", None, row)
    assert told(second) == ("update", row, changed)
    assert told(third) == ("delete", changed, None)
    for event in (first, second, third):
        who = (event.actor_kind, event.actor, event.person_id, event.address, event.request)
        assert who == ("person", "ada", 1, "192.0.2.7", "r-1")


def test_bulk_writes_leave_an_event_for_each_row() -> None:
    Team.objects.bulk_create(Team(name=name) for name in ("A", "B", "C"))
    Team.objects.exclude(name="A").update(cost_centre="7")
    Team.objects.all().delete()
    found = Event.objects.filter(object="accounts_team").order_by("id").values_list("action", flat=True)
    assert list(found) == ["insert"] * 3 + ["update"] * 2 + ["delete"] * 3


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO accounts_team (name, cost_centre) VALUES ('A', '')",
        "WITH a AS (INSERT INTO accounts_team (name, cost_centre) VALUES ('A', '') RETURNING 1) SELECT * FROM a",
        "INSERT INTO accounts_team (name, cost_centre) VALUES ('A', '') ON CONFLICT (name)"
        " DO UPDATE SET cost_centre = ''",
        "MERGE INTO accounts_team t USING (SELECT 'A' AS name) s ON t.name = s.name"
        " WHEN NOT MATCHED THEN INSERT (name, cost_centre) VALUES (s.name, '')",
    ],
)  # fmt: skip
def test_sql_of_every_form_leaves_an_event(statement: str) -> None:
    with acting(ADA), connection.cursor() as cursor:
        cursor.execute(statement)
    event = latest("accounts_team")
    assert (event.action, event.after["name"], event.actor) == ("insert", "A", "ada")


def test_copy_leaves_an_event_for_each_row() -> None:
    with connection.cursor() as cursor, cursor.copy("COPY accounts_team (name, cost_centre) FROM STDIN") as copy:
        copy.write_row(("A", "1"))
        copy.write_row(("B", "2"))
    assert Event.objects.filter(object="accounts_team", action="insert").count() == 2


def test_sql_that_says_nothing_of_who_is_put_down_to_its_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_team (name, cost_centre) VALUES ('A', '')")
    event = latest("accounts_team")
    assert (event.actor_kind, event.actor, event.role) == ("", "", connection.settings_dict["USER"])


def test_a_row_that_gets_another_key_went_and_came(claims: Team) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_team SET id = 99 WHERE id = %s", [claims.pk])
    found = Event.objects.filter(object="accounts_team", action__in=("insert", "delete")).order_by("-id")[:2]
    assert {(event.action, event.key) for event in found} == {("delete", str(claims.pk)), ("insert", "99")}


def test_what_changes_nothing_leaves_no_event(claims: Team) -> None:
    before = Event.objects.count()
    claims.save()
    Team.objects.filter(name="nobody").update(cost_centre="1")
    assert Event.objects.count() == before


def test_what_is_rolled_back_leaves_no_event(transactional_db: None) -> None:
    with acting(ADA):
        with transaction.atomic():
            Team.objects.create(name="A")
            transaction.set_rollback(True)
        Team.objects.create(name="B")
    assert [event.after["name"] for event in Event.objects.filter(object="accounts_team")] == ["B"]
    assert latest("accounts_team").actor == "ada"


def test_a_savepoint_that_is_rolled_back_takes_nobodys_name_away(transactional_db: None) -> None:
    with acting(ADA), transaction.atomic():
        with transaction.atomic():
            Team.objects.create(name="A")
            transaction.set_rollback(True)
        Team.objects.create(name="B")
    assert latest("accounts_team").actor == "ada"


def test_nobody_is_taken_for_who_came_before_on_the_same_connection(transactional_db: None) -> None:
    with acting(ADA):
        Team.objects.create(name="A")
    Team.objects.create(name="B")
    assert latest("accounts_team").actor == ""


def test_a_page_leaves_who_and_where_from(client: Client, ada: User, claims: Team) -> None:
    client.login(username="ada", password=PASSWORD)
    at = reverse("settings-team", args=[claims.pk])
    answer = client.post(at, {"name": "Claims", "cost_centre": "4100"}, REMOTE_ADDR="192.0.2.9")
    event = latest("accounts_team")
    assert event.actor_kind == "person"
    assert (event.actor, event.person_id, event.address) == ("ada", ada.pk, "192.0.2.9")
    assert event.request == answer.headers["X-Request-ID"]
    assert event.before["cost_centre"] == ""
    assert event.after["cost_centre"] == "4100"


@pytest.mark.parametrize(("behind", "expected"), [(True, "203.0.113.5"), (False, "192.0.2.9")])
def test_the_address_is_the_proxys_word_only_behind_one(
    client: Client, ada: User, claims: Team, settings: Any, behind: bool, expected: str
) -> None:
    settings.BEHIND_PROXY = behind
    client.force_login(ada)
    client.post(
        reverse("settings-team", args=[claims.pk]), {"name": "Claims", "cost_centre": "1"},
        REMOTE_ADDR="192.0.2.9", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.5"},
    )  # fmt: skip
    assert latest("accounts_team").address == expected


def test_the_api_leaves_the_key(client: Client, claims: Team) -> None:
    have_reference(RATE, at=NOON)
    key, text = create_key(name="reviews", scopes=["audit"], team=claims, at=NOON)
    record = {"id": "k-1", "worked_on": "2026-10-05", "minutes": 30, "role": "adjuster", "activity": "fix", "task": "t"}
    sent = client.post(
        reverse("api-corrections"), {"corrections": [record]}, content_type="application/json",
        headers={"Authorization": f"Bearer {text}"},
    )  # fmt: skip
    assert sent.json()["accepted"] == 1, sent.json()
    event = latest("audits_correction")
    assert (event.action, event.actor_kind, event.actor) == ("insert", "key", key.prefix)
    assert event.after["minutes"] == 30


def test_a_further_version_leaves_what_became_of_the_one_before(client: Client, ada: User, claims: Team) -> None:
    have_reference(RATE, at=NOON)
    client.force_login(ada)
    record = {"id": "k-1", "worked_on": "2026-10-05", "minutes": 30, "role": "adjuster", "activity": "fix",
              "task": "t", "team": "Claims"}  # fmt: skip
    for version, minutes in ((1, 30), (2, 45)):
        record |= {"version": version, "minutes": minutes}
        client.post(reverse("api-corrections"), {"corrections": [record]}, content_type="application/json")
    update, insert = Event.objects.filter(object="audits_correction").order_by("-id")[:2]
    if update.action == "insert":
        update, insert = insert, update
    assert (update.before["latest"], update.after["latest"], update.actor) == (True, False, "ada")
    assert (insert.after["minutes"], insert.actor) == (45, "ada")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_command_leaves_its_name_and_who_ran_it(claims: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_process", context.current())
    monkeypatch.setattr(sys, "argv", ["manage.py", "create_key", "--team", "Claims", "--scopes", "read"])
    manage.main()
    event = latest("accounts_apikey")
    assert (event.actor_kind, event.actor) == ("command", f"create_key by {context.os_user()}")


def test_a_reason_is_kept_where_one_is_given(claims: Team) -> None:
    with acting(ADA), because("moved to another cost centre"):
        Team.objects.filter(pk=claims.pk).update(cost_centre="1")
    assert (latest("accounts_team").reason, latest("accounts_team").actor) == ("moved to another cost centre", "ada")


def test_a_row_that_says_why_gives_the_reason_only_when_it_is_new(client: Client, ada: User, claims: Team) -> None:
    have_reference(RATE, at=NOON)
    client.force_login(ada)
    record = {"id": "k-1", "worked_on": "2026-10-05", "minutes": 30, "role": "adjuster", "activity": "fix",
              "task": "t", "team": "Claims", "version": 1, "reason": "counted twice"}  # fmt: skip
    sent = client.post(reverse("api-corrections"), {"corrections": [record]}, content_type="application/json")
    assert sent.json()["accepted"] == 1, sent.json()
    assert latest("audits_correction").reason == "counted twice"
    Correction.objects.update(note="more")
    assert latest("audits_correction").reason == ""


def test_a_webhook_is_named_by_its_prefix(send: Sender) -> None:
    assert send("pull_request_review", delivery("submitted"))["accepted"] == 1
    event = latest("audits_correction")
    assert (event.actor_kind, event.actor) == ("webhook", send.webhook.prefix)


def test_a_job_of_the_worker_is_named(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_process", context.current())
    task_prerun.send(sender=seal, task=seal, task_id="1")
    Team.objects.create(name="A")
    assert (latest("accounts_team").actor_kind, latest("accounts_team").actor) == ("job", "trail.seal")


def test_secrets_never_enter_the_trail(ada: User, claims: Team) -> None:
    key, text = create_key(name="k", scopes=["read"], team=claims, at=NOON)
    webhook, secret = create_webhook(name="w", team=claims, at=NOON, by=ada)
    totp = second_factor.new_secret()
    codes = second_factor.set_up(
        person=ada, secret=totp, code=format_hotp_value(hotp_value(totp, int(NOON.timestamp()) // 30)), at=NOON
    )
    everything = " ".join(str(row) for row in Event.objects.values_list("before", "after"))
    ada.refresh_from_db()
    for hidden in (ada.password, key.secret_digest, text, secret, webhook.sealed_secret, totp, *codes):
        assert hidden not in everything
    assert latest("accounts_apikey").after["secret_digest"].startswith("hidden:")


def test_that_a_secret_changed_is_told(ada: User) -> None:
    ada.set_password("another horse battery staple")
    ada.save()
    event = latest("accounts_user")
    assert event.before["password"] != event.after["password"]
    assert {name for name in event.after if event.after[name] != event.before[name]} == {"password"}


def test_using_a_key_is_no_change(claims: Team) -> None:
    key, _ = create_key(name="k", scopes=["read"], team=claims, at=NOON)
    before = Event.objects.count()
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=NOON)
    assert Event.objects.count() == before
    revoke_key(key=key, at=NOON)
    assert latest("accounts_apikey").after["revoked_at"] is not None


def test_money_is_on_the_trail_to_the_last_digit() -> None:
    Tier.objects.create(name="t", from_blended=Decimal("123456789.123456789"))
    cost = FixedCost(name="GPU", kind="compute", amount=Decimal("0.000000001"), starts_on=date(2026, 1, 1),
                     ends_on=date(2026, 2, 1))  # fmt: skip
    cost.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT after ->> 'from_blended' FROM trail_event WHERE object = 'spend_tier' ORDER BY id DESC")
        assert cursor.fetchone() == ("123456789.123456789",)
    assert faults() == []


def test_every_table_of_the_list_is_followed() -> None:
    with connection.cursor() as cursor:
        for table in followed():
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'A'", [table])
            assert {name for (name,) in cursor.fetchall()} >= {
                "trail_insert", "trail_update", "trail_delete", "trail_truncate"
            }, table  # fmt: skip
            cursor.execute(sql.SQL("SELECT has_table_privilege(%s, 'TRUNCATE')"), [table])
            assert cursor.fetchone() == (False,), table


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_migrating_again_notes_nothing_twice(claims: Team) -> None:
    before = Event.objects.count()
    call_command("migrate", verbosity=0)
    assert Event.objects.count() == before
