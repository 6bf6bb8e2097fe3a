"""Logins and exports are on the trail too, and what is too old goes from it a sealed day at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import zstandard
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import create_key
from accounts.models import Team, User
from spend.models import Bill
from tests.cast import NOON, PASSWORD
from tests.trail.conftest import age, faults, latest, tamper
from trail import actions, jobs
from trail.models import Day, Event

pytestmark = pytest.mark.django_db


def log_in(client: Client, name: str, password: str) -> None:
    client.post(reverse("login"), {"username": name, "password": password}, REMOTE_ADDR="192.0.2.7")


def test_a_login_and_a_logout(client: Client, ada: User) -> None:
    log_in(client, "ada", PASSWORD)
    event = latest("session")
    assert (event.action, event.key, event.actor, event.address) == ("login", "ada", "ada", "192.0.2.7")
    client.post(reverse("logout"))
    assert (latest("session").action, latest("session").actor) == ("logout", "ada")


@pytest.mark.parametrize("name", ["ada", "ADA", "ada@example.com"])
def test_a_failed_login_names_whom_it_was_tried_for(client: Client, ada: User, name: str) -> None:
    log_in(client, name, "wrong")
    event = latest("session")
    assert (event.action, event.key, event.after, event.actor) == ("login failed", "ada", {"why": "password"}, "")


def test_a_password_typed_as_a_name_does_not_enter_the_trail(client: Client, ada: User) -> None:
    log_in(client, PASSWORD, "wrong")
    assert latest("session").key == "somebody unknown"
    assert PASSWORD not in str(list(Event.objects.values()))


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "pdf"])
def test_an_export_says_which_report_and_how_much(client: Client, fiona: User, suffix: str) -> None:
    client.force_login(fiona)
    asked = f"{reverse(f'report-{suffix}')}?from=2026-10&to=2026-10&by=tier"
    answer = client.get(asked)
    event = latest(f"report-{suffix}")
    assert (event.action, event.actor, event.after["address"]) == ("export", "fiona", asked)
    assert event.after["file"] == f"truecost-2026-10-by-tier.{suffix}"
    assert event.after["bytes"] == len(answer.content)
    if suffix == "csv":
        assert event.after["rows"] == answer.content.count(b"\n") - 1


def test_an_export_by_a_key_names_the_key(client: Client, claims: Team) -> None:
    key, text = create_key(name="bi", scopes=["read"], team=claims, at=NOON)
    client.get(reverse("api-true-cost-csv"), headers={"Authorization": f"Bearer {text}"})
    event = latest("api-true-cost-csv")
    assert (event.action, event.actor_kind, event.actor) == ("export", "key", key.prefix)


def test_a_bill_taken_out_as_it_came_is_an_export_and_its_content_is_not_on_the_trail(
    client: Client, fiona: User
) -> None:
    bill = Bill.objects.create(
        provider="openai", kind="csv", first_day="2026-10-01", end_day="2026-11-01", raw=zstandard.compress(b"day\n"),
        digest=bytes(32), imported_at=NOON,
    )  # fmt: skip
    assert latest("spend_bill").after["raw"].startswith("hidden:")
    Bill.objects.update(superseded_at=NOON, withdrawn_because="of another company")
    assert latest("spend_bill").reason == "of another company"
    client.force_login(fiona)
    client.get(reverse("bill-raw", args=[bill.pk]))
    event = latest("bill-raw")
    assert (event.action, event.actor, event.after["address"]) == ("export", "fiona", f"/bills/{bill.pk}/raw")


def test_what_is_refused_is_no_export(client: Client, fiona: User) -> None:
    client.force_login(fiona)
    client.get(reverse("report-csv"), {"from": "never"})
    client.get(reverse("report"))
    assert not Event.objects.filter(action="export").exists()


class TestDropping:
    pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

    @pytest.fixture
    def two_days(self, as_owner: None) -> Team:
        """A team made ten days ago, another that came and went then, and a change five days ago."""
        team = Team.objects.create(name="Claims")
        Team.objects.create(name="Short").delete()
        age(days=5)
        Team.objects.filter(pk=team.pk).update(cost_centre="1")
        age(days=5)
        Team.objects.create(name="Support")
        actions.seal(at=timezone.now())
        return team

    def test_for_ever_drops_nothing(self, two_days: Team, settings: Any) -> None:
        settings.TRAIL_KEPT_DAYS = 0
        before = Event.objects.count()
        jobs.seal()
        assert Event.objects.count() == before

    def test_old_days_go_whole_and_the_chain_holds(self, two_days: Team, share_owner: None) -> None:
        first = Day.objects.all()[0]
        gone = first.events
        assert actions.drop(kept_days=7, at=timezone.now()) == gone
        first.refresh_from_db()
        assert (first.dropped_at is not None, bytes(first.marks)) == (True, b"")
        assert latest("trail").after == {"from": str(first.day), "to": str(first.day)}
        assert not Event.objects.filter(at__lt=timezone.now() - timedelta(days=7)).exists()
        assert faults() == []

    def test_what_a_row_was_left_as_is_noted_anew(self, two_days: Team, share_owner: None) -> None:
        actions.drop(kept_days=3, at=timezone.now())
        kept = Event.objects.filter(action="kept", object="accounts_team", key=str(two_days.pk)).last()
        assert kept is not None
        assert kept.after["cost_centre"] == "1"
        Team.objects.filter(pk=two_days.pk).update(cost_centre="2")
        assert faults() == []
        tamper("accounts_team", "UPDATE accounts_team SET name = 'forged' WHERE id = %s", two_days.pk)
        assert faults() == [f"accounts_team {two_days.pk} is not as its last event left it: name"]

    def test_a_day_that_was_dropped_without_a_word_is_named(self, two_days: Team) -> None:
        first = Day.objects.all()[0]
        tamper("trail_day", "UPDATE trail_day SET dropped_at = now(), marks = '' WHERE day = %s", first.day)
        tamper("trail_event", "DELETE FROM trail_event WHERE at < now() - interval '7 days'")
        assert f"the events of {first.day} were dropped, and no event says so" in faults()

    def test_dropping_again_drops_nothing(self, two_days: Team, share_owner: None) -> None:
        actions.drop(kept_days=7, at=timezone.now())
        assert actions.drop(kept_days=7, at=timezone.now()) == 0
