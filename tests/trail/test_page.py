"""The page of the trail, its CSV and its JSON: who sees what, and that all three say the same."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import create_key
from accounts.models import Team, User
from audits.models import Correction, Incident, LabourRate
from spend.models import Tier
from tests.cast import NOON, PASSWORD
from trail import actions
from trail.context import Context, Doer, acting, because
from trail.models import Day, Event
from trail.store import note

pytestmark = pytest.mark.django_db


@pytest.fixture
def changes(ada: User, claims: Team) -> None:
    """A rate that Ada made and raised, a key she made, a login and an export."""
    with acting(Context(who=lambda: Doer("person", "ada", ada.pk), address="192.0.2.7", request="r-1")):
        rate = LabourRate.objects.create(role="adjuster", starts_on=date(2026, 1, 1), hourly=Decimal("60.000000001"))
        with because("the new wage agreement"):
            LabourRate.objects.filter(pk=rate.pk).update(hourly=Decimal("65.5"))
        create_key(name="gateway", scopes=["read"], team=claims, at=NOON, by=ada)
        note("login", "session", "ada", {})
    with acting(Context(who=lambda: Doer("key", "abc123"))):
        note("export", "report-csv", "", {"address": "/report.csv", "rows": 7})


def shown(client: Client, **words: str) -> str:
    answer = client.get(reverse("trail"), words)
    assert answer.status_code == 200
    return answer.content.decode()


def file(client: Client, **words: str) -> str:
    answer: Any = client.get(reverse("trail-csv"), words)
    return b"".join(answer.streaming_content).decode()


def asked(client: Client, **words: str) -> list[dict[str, Any]]:
    answer = client.get(reverse("api-trail"), words)
    assert answer.status_code == 200, answer.content
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def test_a_change_shows_what_differs_and_why(client: Client, ada: User, changes: None) -> None:
    client.force_login(ada)
    page = shown(client, object="labour rate", action="update")
    for words in ("ada", "from 192.0.2.7", "changed: ", "labour rate", "adjuster", "Reason: the new wage agreement"):
        assert words in page
    assert "<dt>hourly</dt><dd><del>60.000000001</del>" in page
    assert "<ins>65.5</ins>" in page
    assert "<dt>role</dt>" not in page, "it did not change"


def test_finance_reads_nothing_of_people_keys_and_logins(client: Client, fiona: User, ada: User, changes: None) -> None:
    client.force_login(fiona)
    for words in ({}, {"object": "API key"}, {"object": "session"}, {"who": "ada"}, {"request": "r-1"}):
        found = {event["object"] for event in asked(client, **words)}
        assert not found & {"API key", "person", "session", "member of a team"}, words
        assert "gateway" not in shown(client, **words)
        assert "gateway" not in file(client, **words)
    assert {event["object"] for event in asked(client)} >= {"labour rate", "report-csv", "team"}
    client.force_login(ada)
    assert {event["object"] for event in asked(client)} >= {"API key", "person", "session", "labour rate"}


def test_where_people_are_not_to_be_named_only_administrators_read_it(
    client: Client, fiona: User, ada: User, claims: Team, settings: Any
) -> None:
    settings.SHOW_NAMES = False
    client.force_login(fiona)
    assert [client.get(reverse(name)).status_code for name in ("trail", "trail-csv", "api-trail")] == [403] * 3
    client.force_login(ada)
    assert client.get(reverse("trail")).status_code == 200


@pytest.mark.parametrize(("scopes", "of_all", "expected"), [
    (["read"], True, 200), (["read"], False, 403), (["ingest", "audit"], True, 403),
])  # fmt: skip
def test_a_key_of_all_teams_that_may_read_reads_it_as_finance_does(
    client: Client, claims: Team, changes: None, scopes: list[str], of_all: bool, expected: int
) -> None:
    _, text = create_key(name="siem", scopes=scopes, team=None if of_all else claims, at=NOON)
    answer = client.get(reverse("api-trail"), headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == expected
    if expected == 200:
        assert not {event["object"] for event in answer.json()["events"]} & {"API key", "session", "person"}


@pytest.mark.parametrize(("words", "expected"), [
    ({"who": "AD"}, {"labour rate", "API key", "session"}),
    ({"who": "abc"}, {"report-csv"}),
    ({"action": "login"}, {"session"}),
    ({"request": "r-1", "action": "insert"}, {"labour rate", "API key"}),
    ({"object": "report-csv"}, {"report-csv"}),
    ({"from": "2999-01-01"}, set()),
    ({"to": "2000-01-01"}, set()),
])  # fmt: skip
def test_the_filters(client: Client, ada: User, changes: None, words: dict[str, str], expected: set[str]) -> None:
    Event.objects.count()
    client.force_login(ada)
    assert {event["object"] for event in asked(client, **words) if event["address"] != "127.0.0.1"} == expected


def test_days_are_those_of_the_reporting_zone(client: Client, ada: User, changes: None, settings: Any) -> None:
    settings.REPORTING_TIME_ZONE = "Pacific/Kiritimati"  # 14 hours ahead
    client.force_login(ada)
    there = (timezone.now() + timedelta(hours=14)).date()
    assert asked(client, **{"from": str(there), "to": str(there), "object": "labour rate"})
    assert not asked(client, **{"from": str(there + timedelta(days=1))})


@pytest.mark.parametrize("words", [
    {"from": "soon"}, {"from": "2026-02-01", "to": "2026-01-01"}, {"action": "explode"}, {"nonsense": "1"},
    {"who": "x" * 201}, {"cursor": "x"}, {"limit": "0"}, {"limit": "1001"},
])  # fmt: skip
def test_what_makes_no_sense_is_refused(client: Client, ada: User, words: dict[str, str]) -> None:
    client.force_login(ada)
    assert client.get(reverse("api-trail"), words).status_code == 400
    if "limit" not in words:
        assert client.get(reverse("trail"), words).status_code == 400


def test_pages_follow_one_another_and_miss_nothing(client: Client, ada: User) -> None:
    Team.objects.bulk_create(Team(name=f"Team {number}") for number in range(120))
    client.force_login(ada)
    seen: list[int] = []
    words = {"object": "team"}
    while True:
        answer = client.get(reverse("api-trail"), words).json()
        seen += [event["id"] for event in answer["events"]]
        if answer["next"] is None:
            break
        words["cursor"] = answer["next"]
    assert len(seen) == 120
    assert seen == sorted(seen, reverse=True)
    assert "cursor=" in shown(client, object="team")


def test_the_csv_holds_what_the_page_shows_to_the_last_digit(client: Client, ada: User, changes: None) -> None:
    client.force_login(ada)
    text = file(client, object="labour rate")
    rows = list(csv.DictReader(io.StringIO(text)))
    events = asked(client, object="labour rate")
    assert [int(row["id"]) for row in rows] == [event["id"] for event in events]
    assert '"hourly": "60.000000001"' in rows[0]["before"]
    assert events[0]["before"]["hourly"] == "60.000000001"
    assert [row["mark"] for row in rows] == [event["mark"] for event in events]


def test_a_name_is_no_formula_in_a_spreadsheet(client: Client, ada: User) -> None:
    with acting(Context(who=lambda: Doer("person", "=1+1"))):
        Tier.objects.create(name="t", from_blended=1)
    client.force_login(ada)
    text = file(client, object="tier")
    assert ",'=1+1," in text


def test_reading_it_as_a_file_is_itself_on_the_trail(client: Client, fiona: User) -> None:
    client.force_login(fiona)
    client.get(reverse("trail-csv"))
    event = Event.objects.order_by("id").last()
    assert event is not None
    assert (event.action, event.object, event.actor) == ("export", "trail-csv", "fiona")


def test_the_page_shows_the_last_digest(client: Client, ada: User, changes: None) -> None:
    client.force_login(ada)
    assert "The first day is sealed tonight" in shown(client)
    actions.seal(at=timezone.now() + timedelta(days=1))
    assert bytes(Day.objects.get().digest).hex() in shown(client)


def test_a_row_of_reference_data_leads_to_its_trail(client: Client, ada: User, changes: None) -> None:
    client.force_login(ada)
    rate = LabourRate.objects.get()
    address = f"{reverse('trail')}?object=labour%20rate&amp;key={rate.pk}"
    assert address in client.get(reverse("settings-rate", args=[rate.pk])).content.decode()
    assert len(asked(client, object="labour rate", key=str(rate.pk))) == 2


def test_an_incident_leads_to_the_trail_of_all_its_versions(client: Client, ada: User, claims: Team) -> None:
    client.force_login(ada)
    for version, title in ((1, "Wrong payout"), (2, "Wrong payout, twice")):
        incident = {"id": "i-1", "version": version, "title": title, "severity": "high", "occurred_on": "2026-10-07",
                    "loss_usd": "10", "team": "Claims", "tier": "t"}  # fmt: skip
        Tier.objects.get_or_create(name="t", from_blended=1)
        sent = client.post(reverse("api-incidents"), {"incidents": [incident]}, content_type="application/json")
        assert sent.json()["accepted"] == 1, sent.json()
    record = str(Incident.objects.get(latest=True).identity)
    page = client.get(reverse("incident", args=[record])).content.decode()
    assert f"{reverse('trail')}?object=incident&amp;record={record}" in page
    found = [(event["action"], event["after"]["title"]) for event in asked(client, object="incident", record=record)]
    assert sorted(found) == [
        ("insert", "Wrong payout"), ("insert", "Wrong payout, twice"), ("update", "Wrong payout"),
    ]  # fmt: skip


def test_who_is_in_which_team_is_told_by_name(client: Client, ada: User, lena: User) -> None:
    client.login(username="ada", password=PASSWORD)
    page = shown(client, object="member of a team")
    assert "Claims (" in page
    assert "lena (" in page


def test_logged_rework_leads_to_the_trail_of_all_its_versions(client: Client, ada: User, claims: Team) -> None:
    LabourRate.objects.create(role="adjuster", starts_on=date(2026, 1, 1), hourly=60)
    client.force_login(ada)
    record = {"id": "k-1", "worked_on": "2026-10-05", "minutes": 30, "role": "adjuster", "activity": "fix", "task": "t",
              "team": "Claims"}  # fmt: skip
    client.post(reverse("api-corrections"), {"corrections": [record]}, content_type="application/json")
    identity = str(Correction.objects.get().identity)
    page = client.get(reverse("logged", args=[identity])).content.decode()
    assert f"{reverse('trail')}?object=correction&amp;record={identity}" in page
