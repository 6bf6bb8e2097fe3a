"""Signed links: whom they let in, to what, how long; what one tap stands for; and who is asked for real minutes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Role, Team
from audits.actions.links import MOST_AN_HOUR, link_address, make_link
from audits.domain.taps import is_drawn
from audits.models import Correction, Entry
from spend.models import Task
from tests.audits.logging import call, have_world, hidden_id, seen_by
from tests.build import record, report, row
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db

DRAWN = next(
    f"00000000-0000-4000-8000-{n:012}" for n in range(1000) if is_drawn(f"link-00000000-0000-4000-8000-{n:012}")
)
NOT_DRAWN = "00000000-0000-4000-8000-000000000000"
assert not is_drawn(f"link-{NOT_DRAWN}")


@pytest.fixture(autouse=True)
def _at_noon(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def claims(db) -> Team:
    have_world()
    report(NOON)
    return Team.objects.get(name="Claims")


def link_of(team: Team, task: str = "C-1", days: int = 30) -> str:
    return link_address(make_link(team=team.pk, task=task, at=NOON, days=days)[0])


def usual_work(verdict: str, minutes: list[int], activity: str = "review", **more: Any) -> None:
    """Have such work logged of other tasks of the type."""
    for number, amount in enumerate(minutes):
        task = f"{verdict}-{activity}-{number}"
        record("call", call("Claims", task, "small"), at=NOON)
        record(
            "correction",
            {"id": task, "worked_on": "2026-11-12", "minutes": amount, "role": "adjuster", "activity": activity,
             "verdict": verdict, "task": task, "team": "Claims", **more},
            at=NOON,
        )  # fmt: skip
    report(NOON)


def tap(link: str, verdict: str, client_id: str = NOT_DRAWN, **more: str) -> Any:
    return Client().post(link, {"client_id": client_id, "tap": verdict, **more})


def by_link() -> Correction:
    return Correction.objects.get(by_link=True, latest=True)


def test_one_tap_takes_the_usual_minutes_of_the_task_type_as_an_estimate(claims):
    usual_work("accepted", [2, 4, 6, 8, 100])
    assert tap(link_of(claims), "accepted").status_code == 302
    correction = by_link()
    assert (correction.task_name, correction.verdict, correction.activity) == ("C-1", "accepted", "review")
    assert (correction.minutes, correction.tap_minutes, correction.provenance) == (6, 6, "estimated")
    assert (correction.role, correction.recorded_by, correction.drawn) == ("adjuster", None, False)
    assert Entry.objects.get(source=correction.identity).amount_nanos == 6_660_000_000


def test_the_report_has_it_at_once(claims):
    usual_work("rejected", [10] * 5, "redo")
    tap(link_of(claims), "rejected")
    answered = report(NOON, from_="2026-11", to="2026-11", by="team")
    assert row(answered, team="Claims")["failures"] == 6


@pytest.mark.parametrize("more", [{"provenance": "estimated"}, {"worked_on": "2025-10-01"}])
def test_estimates_and_old_work_are_no_guide(claims, more):
    usual_work("accepted", [5] * 9, **more)
    assert tap(link_of(claims), "accepted").context["asks_minutes"]


def test_where_nothing_is_usual_the_minutes_are_asked_for_and_nothing_is_saved(claims):
    usual_work("accepted", [5] * 4)
    response = tap(link_of(claims), "accepted")
    assert response.status_code == 200
    form = response.context["form"]
    assert (form["verdict"].value(), form["activity"].value()) == ("accepted", "review")
    assert not Correction.objects.filter(by_link=True).exists()
    link = link_of(claims)
    sent = {"client_id": form["client_id"].value(), "verdict": "accepted", "activity": "review", "minutes": "3"}
    assert Client().post(link, sent).status_code == 302
    assert (by_link().minutes, by_link().provenance, by_link().tap_minutes) == (3, "self_reported", None)


def test_a_task_nobody_knows_yet_asks_for_minutes_and_waits(claims):
    link = link_of(claims, "C-99")
    assert tap(link, "rejected").context["asks_minutes"]
    sent = {"client_id": NOT_DRAWN, "verdict": "rejected", "activity": "redo", "minutes": "3", "role": "agent"}
    assert Client().post(link, sent).status_code == 302
    assert Entry.objects.get().rule == "unattributed"


def test_whose_time_is_asked_only_where_nothing_says_it(claims):
    record("call", call("Support", "S-2", "small") | {"task_type": None}, at=NOON)
    link = link_of(Team.objects.get(name="Support"), "S-2")
    assert b'name="role"' in Client().get(link).content
    assert b'name="role"' not in Client().get(link_of(claims)).content


def test_reading_never_writes(claims):
    usual_work("accepted", [5] * 5)
    before = Correction.objects.count()
    for words in ("", "&tap=accepted", "&undo=1"):
        assert Client().get(link_of(claims) + words).status_code == 200
        assert Client().head(link_of(claims) + words).status_code == 200
    assert Correction.objects.count() == before


@pytest.mark.parametrize("nonsense", ["", "\x00", "juggled", "accepted\x00"])
def test_a_tap_that_is_no_verdict_is_none(claims, nonsense):
    usual_work("accepted", [5] * 5)
    assert tap(link_of(claims), nonsense).status_code == 200
    assert not Correction.objects.filter(by_link=True).exists()


@pytest.mark.parametrize("signer", ["\x00", "x" * 101])
def test_a_name_that_cannot_be_kept_is_left_out(claims, signer):
    usual_work("accepted", [5] * 5)
    assert tap(link_of(claims), "accepted", signer=signer).status_code == 302
    assert by_link().signer == ""


def test_sent_twice_it_counts_once(claims):
    usual_work("accepted", [5] * 5)
    link = link_of(claims)
    client_id = hidden_id(Client().get(link).content)
    assert {tap(link, "accepted", client_id).status_code for _ in range(2)} == {302}
    assert Correction.objects.filter(by_link=True).count() == 1


def test_it_shows_the_task_and_the_form_and_nothing_else(claims):
    usual_work("accepted", [5] * 5)
    response = Client().get(link_of(claims))
    shown = response.content.decode()
    assert "C-1" in shown
    for foreign in ("C-2", "S-1", "Claims", "acme", "commodity", "adjuster", "66.6", "$"):
        assert foreign not in shown, foreign
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_opens_until_its_day_and_then_says_so(claims, time_machine, method):
    link = link_of(claims, days=7)
    time_machine.move_to(NOON + timedelta(days=7) - timedelta(seconds=1), tick=False)
    assert Client().get(link).status_code == 200
    time_machine.move_to(NOON + timedelta(days=7), tick=False)
    response = getattr(Client(), method)(link)
    assert response.status_code == 410
    assert "This link has expired" in response.content.decode()


def token_of(link: str) -> str:
    return re.sub(r".*task=", "", link).replace("%3A", ":")


def forged(claims: Team) -> list[str]:
    token = token_of(link_of(claims))
    payload, at, signature = token.split(":")
    foreign = signing.dumps([claims.pk, "C-1", 4_000_000_000], salt="another purpose")
    other_task = signing.dumps([claims.pk, "C-2", 4_000_000_000], key="guessed", salt="audits.log-link")
    no_team = make_link(team=10_000, task="C-1", at=NOON)[0]
    other_payload = token_of(link_of(claims, "C-2")).split(":")[0]
    return [
        foreign,
        other_task,
        no_team,
        f"{other_payload}:{at}:{signature}",
        token[:-1],
        f"{payload}:{at}:",
        ":",
        "a:b:c",
    ]


def test_a_link_that_was_not_made_here_opens_nothing(claims):
    for token in forged(claims):
        for method in ("get", "post"):
            response = getattr(Client(), method)(f"/log?task={token}", {"tap": "accepted"} if method == "post" else {})
            assert response.status_code in (302, 404), token  # 302: no colon, so it asks to log in
            assert b"C-1" not in response.content
    assert not Correction.objects.exists()


def test_a_link_writes_for_its_own_task_only(claims):
    sent = {"client_id": NOT_DRAWN, "activity": "fix", "minutes": "5", "task": "C-2", "task_text": "C-2",
            "task_key": str(Task.objects.get(external_id="C-2").pk), "team": "Support"}  # fmt: skip
    Client().post(link_of(claims), sent)
    assert (by_link().task_name, by_link().team) == ("C-1", claims)


def test_a_receipt_of_one_link_opens_nothing_by_another(claims):
    usual_work("accepted", [5] * 5)
    receipt = tap(link_of(claims), "accepted").headers["Location"].partition("logged=")[2]
    response = Client().post(f"{link_of(claims, 'C-2')}&logged={receipt}", {"undo": "1"})
    assert response.status_code == 200
    assert not by_link().withdrawn


def test_a_name_may_be_typed_and_is_hidden_where_names_are(claims, settings):
    usual_work("accepted", [5] * 5)
    tap(link_of(claims), "accepted", signer="Ann")
    lea = seen_by(make_user("lea", Role.TEAM_LEAD, claims))
    address = f"/log/{by_link().identity}"
    assert lea.get(address).context["history"].versions[0].by == "Ann, by link"
    settings.SHOW_NAMES = False
    assert lea.get(address).context["history"].versions[0].by == "a person, by link"
    assert b"Ann" not in lea.get(address).content
    reader = APIClient()
    reader.force_login(make_user("vic", Role.VIEWER, claims))
    assert b"Ann" not in reader.get("/api/v1/corrections").content


def test_it_can_be_undone_for_an_hour(claims, time_machine):
    usual_work("accepted", [5] * 5)
    address = tap(link_of(claims), "accepted").headers["Location"]
    time_machine.move_to(NOON + timedelta(minutes=59), tick=False)
    for _ in range(2):
        assert Client().post(address, {"undo": "1"}).status_code == 302
    assert (by_link().withdrawn, by_link().version) == (True, 2)
    assert "Taken back" in Client().get(address).content.decode()


def test_after_an_hour_it_stays(claims, time_machine):
    usual_work("accepted", [5] * 5)
    address = tap(link_of(claims), "accepted").headers["Location"]
    time_machine.move_to(NOON + timedelta(minutes=61), tick=False)
    Client().post(address, {"undo": "1"})
    assert not by_link().withdrawn


def test_so_much_at_once_is_refused(claims):
    usual_work("accepted", [5] * 5)
    link = link_of(claims)
    ids = [f"00000000-0000-4000-9000-{number:012}" for number in range(MOST_AN_HOUR + 1)]
    assert [tap(link, "accepted", one).status_code for one in ids] == [302] * MOST_AN_HOUR + [429]
    assert tap(link_of(claims, "C-2"), "accepted").status_code == 302


def test_one_in_twenty_is_asked_for_the_real_minutes_and_its_answer_is_measured(claims):
    usual_work("amended", [10] * 5, "fix")
    address = tap(link_of(claims), "amended", DRAWN, signer="Ann").headers["Location"]
    assert "One in twenty is asked" in Client().get(address).content.decode()
    assert (by_link().provenance, by_link().drawn) == ("estimated", True)  # kept, whether answered or not
    Client().post(address, {"minutes": "25"})
    told = by_link()
    assert (told.minutes, told.provenance, told.drawn, told.tap_minutes, told.signer) == (
        25,
        "measured",
        True,
        10,
        "Ann",
    )
    assert "One in twenty" not in Client().get(address).content.decode()


def test_an_answer_must_be_a_number(claims):
    usual_work("amended", [10] * 5, "fix")
    address = tap(link_of(claims), "amended", DRAWN).headers["Location"]
    for nonsense in ("many", ""):
        assert "as a number" in Client().post(address, {"minutes": nonsense}).content.decode()
    assert (by_link().minutes, by_link().provenance) == (10, "estimated")


def test_who_was_not_drawn_is_not_heard_as_if(claims):
    """Those who wish to answer are no random sample."""
    usual_work("amended", [10] * 5, "fix")
    address = tap(link_of(claims), "amended").headers["Location"]
    assert "One in twenty is asked" not in Client().get(address).content.decode()
    Client().post(address, {"quick_minutes": "30"})
    assert (by_link().minutes, by_link().provenance, by_link().version) == (10, "estimated", 1)


def test_a_lead_makes_a_link_on_the_page_of_a_task(claims):
    lea = seen_by(make_user("lea", Role.TEAM_LEAD, claims))
    response = lea.post(f"/log/link/{Task.objects.get(external_id='C-1').pk}")
    url = re.search(r">(http://testserver/log\?task=[^<]+)<", response.content.decode())
    assert url
    assert Client().get(url[1].removeprefix("http://testserver")).status_code == 200
    neighbours = Task.objects.get(external_id="S-1").pk
    assert lea.post(f"/log/link/{neighbours}").status_code == 404
