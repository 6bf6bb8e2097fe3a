"""My team: what was logged and by whom, what it cost, what waits, and what real minutes say of one-tap verdicts."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, Team
from audits.actions.links import make_link, open_link, record_tap, tell_minutes
from audits.domain.taps import Typical, is_drawn
from audits.models import Correction, Incident
from spend.models import Task
from tests.audits.logging import call, filled_in, have_world, seen_by
from tests.build import record, report
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db
NOVEMBER = {"team": "Claims", "month": "2026-11"}


@pytest.fixture(autouse=True)
def _at_noon(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def claims(db) -> Team:
    have_world()
    report(NOON)
    return Team.objects.get(name="Claims")


@pytest.fixture
def lea(claims) -> Client:
    return seen_by(make_user("lea", Role.TEAM_LEAD, claims))


def worked(id_: str, minutes: int, **more: Any) -> None:
    stated = {"id": id_, "worked_on": "2026-11-12", "minutes": minutes, "role": "adjuster", "activity": "fix",
              "task": "C-1", "team": "Claims", **more}  # fmt: skip
    record("correction", stated, at=NOON)


def test_hours_and_money_by_cause_activity_and_tier_add_up(lea):
    worked("k-1", 60, cause="hallucination")
    worked("k-2", 30, activity="review", task="C-2")
    worked("k-3", 20, task=None)  # shared over the team's three tasks: two commodity, one frontier
    worked("old", 60, worked_on="2026-10-12")
    worked("theirs", 60, team="Support", task="S-1")
    work = lea.get("/team", NOVEMBER).context["work"]
    dollar = 10**9
    assert (work.total.records, work.total.minutes, work.total.amount) == (3, 110, 122_100_000_000)
    for parts in (work.by_cause, work.by_activity, work.by_tier, work.by_person):
        assert sum(part.amount for part in parts) == work.total.amount
        assert sum(part.records for part in parts) == work.total.records
        assert round(sum(part.minutes for part in parts), 9) == work.total.minutes
    assert [(part.name, part.amount) for part in work.by_cause] == [
        ("hallucination", 66_600_000_000), ("", 55_500_000_000),
    ]  # fmt: skip
    tiers = {part.name: part.amount for part in work.by_tier}
    assert tiers == {"commodity": 66_600_000_000 + 14_800_000_000, "frontier": 33_300_000_000 + 7_400 * dollar // 1000}


def test_withdrawn_records_are_gone_and_changed_ones_count_once(lea):
    worked("k-1", 60)
    worked("k-1", 30, version=2)
    worked("k-2", 60)
    record("correction", {"id": "k-2", "version": 2, "withdrawn": True, "team": "Claims"}, at=NOON)
    work = lea.get("/team", NOVEMBER).context["work"]
    assert (work.total.records, work.total.minutes, work.total.amount) == (1, 30, 33_300_000_000)


@pytest.mark.parametrize("word", ["cause", "activity", "tier"])
def test_a_figure_leads_to_the_records_it_is_made_of(lea, word):
    worked("k-1", 60, cause="hallucination")
    worked("k-2", 30, activity="review", task="C-2")
    worked("k-3", 20, task="not-yet")
    page = lea.get("/team", NOVEMBER)
    parts = getattr(page.context["work"], f"by_{word}")
    addresses = re.findall(rf'href="([^"]*[?&;]{word}=[^"]*)#logged"', page.content.decode())
    assert len(addresses) == len(parts) > 1
    for address, part in zip(addresses, parts, strict=True):
        listed = lea.get(f"/team{address[address.index('?') :].replace('&amp;', '&')}").context["page"].rows
        assert sum(row["entries_nanos"] for row in listed) == part.amount
        assert sum(row["minutes"] for row in listed) == part.minutes


def test_what_was_logged_leads_to_its_page_for_those_who_may_change_it(lea, claims):
    worked("k-1", 60)
    address = f"/log/{Correction.objects.get().identity}"
    assert address in lea.get("/team", NOVEMBER).content.decode()
    viewer = seen_by(make_user("vic", Role.VIEWER, claims))
    assert address not in viewer.get("/team", NOVEMBER).content.decode()
    assert "k-1" not in viewer.get("/team", {**NOVEMBER, "month": "2026-10"}).content.decode()


def test_whose_work_it_was_is_hidden_where_names_are(lea, claims, settings):
    person = make_user("zora", Role.TEAM_LEAD, claims)
    seen_by(person).post("/log", filled_in(seen_by(person)))
    assert [part.name for part in lea.get("/team", NOVEMBER).context["work"].by_person] == ["zora"]
    settings.SHOW_NAMES = False
    page = lea.get("/team", NOVEMBER)
    assert [part.name for part in page.context["work"].by_person] == ["a person"]
    assert "zora" not in page.content.decode()
    assert [part.name for part in seen_by(person).get("/team", NOVEMBER).context["work"].by_person] == ["you"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({}, 200),
        ({"team": "Support"}, 404),
        ({"team": "No"}, 404),
        ({"month": "soon"}, 404),
        ({"cursor": "x"}, 404),
        ({"cause": "\x00"}, 200),
        ({"tier": "a\x00b"}, 200),
        ({"team": "\x00"}, 404),
    ],
)
def test_a_neighbours_team_and_nonsense_are_not_there(lea, words, status):
    assert lea.get("/team", words).status_code == status


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.FINANCE])
def test_those_who_see_all_teams_choose_among_them(claims, role):
    page = seen_by(make_user("somebody", role)).get("/team", {"team": "Support"})
    assert page.context["teams"] == ["Claims", "Support"]
    assert page.context["team"] == "Support"


def test_who_is_in_no_team_is_told(claims):
    assert "You are in no team yet" in seen_by(make_user("new", Role.VIEWER)).get("/team").content.decode()


def test_what_waits_for_a_verdict_is_listed_with_a_way_to_give_it(lea):
    record("incident", {"id": "i-1", "title": "Wrong letter", "severity": "low", "occurred_on": "2026-11-12",
                        "loss_usd": "5", "status": "open", "team": "Claims"}, at=NOON)  # fmt: skip
    worked("k-1", 5, verdict="accepted")
    page = lea.get("/team")
    assert [task["id"] for task in page.context["waiting"].tasks] == ["B-1", "C-2"]
    assert page.context["waiting"].task_count == 2
    assert f"/log?task={Task.objects.get(external_id='C-2').pk}" in page.content.decode()
    assert f'<a href="/incidents/{Incident.objects.get().identity}">Wrong letter</a>' in page.content.decode()


def tapped(claims: Team, answers: list[int | None]) -> None:
    """Have taps of 10 minutes each; those drawn answer what `answers` say, None not at all."""
    link = open_link(make_link(team=claims.pk, task="C-1", at=NOON)[0], at=NOON)
    ids = (f"link-{number}" for number in range(10_000))
    drawn = [one for one in ids if is_drawn(one)]
    for record_id, answer in zip(drawn, answers, strict=False):
        record("call", call("Claims", record_id, "small"), at=NOON)
        one = type(link)(link.team, record_id, link.expires_at)
        typical = Typical("review", Decimal(10), 5)
        how = {"verdict": "accepted", "typical": typical, "role": "adjuster", "signer": ""}
        record_tap(link=one, record_id=record_id, at=NOON, **how)
        if answer is not None:
            row = Correction.objects.get(external_id=record_id, latest=True)
            tell_minutes(link=one, tapped=row, minutes=str(answer), at=NOON)


def test_real_minutes_say_how_far_the_estimates_are_off_and_change_nothing(lea, claims):
    tapped(claims, [20] * 10 + [None] * 3)
    page = lea.get("/team", NOVEMBER)
    adjusted = page.context["adjusted"]
    assert (adjusted.asked, adjusted.answered, adjusted.found.ratio) == (13, 10, 2)
    assert adjusted.hours == pytest.approx((1, 1, 1))  # three unanswered taps of ten minutes, twice as long
    assert "10 of 13 answered" in page.content.decode()
    assert page.context["work"].total.minutes == 10 * 20 + 3 * 10


def test_few_answers_are_not_enough(lea, claims):
    tapped(claims, [20] * 9 + [None])
    page = lea.get("/team", NOVEMBER)
    assert page.context["adjusted"].found is None
    assert "not enough data" in page.content.decode()


def test_without_taps_nothing_is_said_of_them(lea):
    worked("k-1", 60)
    assert lea.get("/team", NOVEMBER).context["adjusted"] is None


def test_the_page_asks_as_much_of_many_records_as_of_few(lea):
    """No query per row."""
    counts = []
    for number in (1, 12):
        worked(f"k-{number}", 5, cause="tool")
        for extra in range(number):
            worked(f"k-{number}-{extra}", 5)
        lea.get("/team", NOVEMBER)  # works them in
        with CaptureQueriesContext(connection) as queries:
            lea.get("/team", NOVEMBER)
        counts.append(len(queries))
    assert counts[0] == counts[1]
