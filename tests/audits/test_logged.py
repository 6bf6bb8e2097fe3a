"""A correction after it was saved: changed and withdrawn with a reason, every version and reversal in sight."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, Team, User
from audits.actions.revisions import revise
from audits.models import Correction, Entry
from spend.ingest.reading import read_item
from tests.audits.logging import filled_in, have_world, seen_by
from tests.build import record, report, row
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def form(db) -> Client:
    have_world()
    return seen_by(make_user("lea", Role.TEAM_LEAD, Team.objects.get(name="Claims")))


def saved(client: Client, **changes: Any) -> str:
    """Return the address of what was saved."""
    return client.post("/log", filled_in(client, **changes)).headers["Location"].partition("?")[0]


def change(client: Client, address: str, **changes: Any) -> Any:
    form = client.get(address).context["form"]
    stated = {name: form[name].value() for name in form.fields}
    stated = {name: str(value) for name, value in stated.items() if value is not None}
    return client.post(address, {**stated, "reason": "counted twice", **changes})


def problems(response: Any) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


def test_a_change_is_a_new_version_with_its_reason_and_reverses_what_no_longer_holds(form):
    address = saved(form, note="two letters")
    assert change(form, address, minutes="30").status_code == 302
    first, second = Correction.objects.order_by("version")
    assert (first.minutes, first.note, first.reason, first.latest) == (15, "two letters", "", False)
    assert (second.minutes, second.note, second.reason, second.latest) == (30, "two letters", "counted twice", True)
    assert [entry.amount_nanos for entry in Entry.objects.order_by("pk")] == [
        16_650_000_000,
        -16_650_000_000,
        33_300_000_000,
    ]
    history = form.get(address).context["history"]
    assert history.versions[0].changed == {"minutes"}
    assert [entry["reverses"] is not None for entry in history.entries] == [False, True, False]
    assert history.amount_nanos == 33_300_000_000


def test_a_change_of_the_words_alone_moves_no_money(form):
    address = saved(form)
    change(form, address, cause="hallucination")
    assert Correction.objects.get(latest=True).cause == "hallucination"
    assert Entry.objects.count() == 1


def test_a_change_needs_a_reason(form):
    address = saved(form)
    assert problems(change(form, address, minutes="30", reason=" ")) == {"reason": ["Say why you change it."]}
    assert Correction.objects.count() == 1


def test_a_change_of_what_somebody_changed_meanwhile_is_refused(form):
    address = saved(form)
    stale = form.get(address).context["form"]
    change(form, address, minutes="30")
    response = change(form, address, minutes="60", version=str(stale["version"].value()))
    assert "Somebody changed this record meanwhile" in str(problems(response))
    assert Correction.objects.get(latest=True).minutes == 30


def test_two_changes_at_the_same_moment_leave_one(form):
    """The second finds the version taken, whatever its page had shown."""

    saved(form)
    latest = Correction.objects.get()
    raw = {"id": latest.external_id, "version": 2, "team": "Claims", "worked_on": "2026-11-20", "role": "adjuster",
           "activity": "fix", "task": "C-1"}  # fmt: skip
    items = [read_item({**raw, "minutes": minutes}, kind="correction", index=0, at=NOON) for minutes in (20, 25)]
    receipts = [revise(latest=latest, item=item, at=NOON, today=NOON.date(), by=None) for item in items]
    assert [receipt.accepted for receipt in receipts] == [1, 0]
    assert receipts[1].rejected[0].errors == {"id": ["was sent before with other content"]}


def test_a_withdrawal_reverses_and_keeps_reason_and_note(form):
    address = saved(form, note="two letters")
    form.post(f"{address}/withdraw", {"reason": "another team's"})
    assert Correction.objects.get(latest=True).reason == "another team's"
    assert sum(entry.amount_nanos for entry in Entry.objects.all()) == 0
    shown = form.get(address).content.decode()
    assert "Withdrawn: another team" in shown
    assert "two letters" in shown
    answered = report(NOON, from_="2026-11", to="2026-11", by="tier")
    assert row(answered, tier="commodity")["internal_failure"] == "0.00"


def test_a_withdrawal_needs_a_reason(form):
    address = saved(form)
    form.post(f"{address}/withdraw", {"reason": " "})
    assert not Correction.objects.get(latest=True).withdrawn


def test_undo_needs_none_and_a_second_one_changes_nothing(form):
    address = saved(form)
    for _ in range(2):
        assert form.post(f"{address}/withdraw", {"undo": "1"}).headers["Location"] == "/log"
    assert list(Correction.objects.order_by("version").values_list("withdrawn", "reason")) == [
        (False, ""), (True, "undone right after it was saved"),
    ]  # fmt: skip


def test_what_was_withdrawn_can_be_brought_back(form):
    address = saved(form)
    form.post(f"{address}/withdraw", {"reason": "a mistake"})
    change(form, address, reason="it was none")
    assert Correction.objects.get(latest=True).version == 3
    assert sum(entry.amount_nanos for entry in Entry.objects.all()) == 16_650_000_000


def test_a_lead_changes_what_others_of_the_team_and_integrations_recorded(form):
    record("correction", SENT | {"team": "Claims"}, at=NOON)
    correction = Correction.objects.get()
    assert change(form, f"/log/{correction.identity}", minutes="45").status_code == 302
    latest = Correction.objects.get(latest=True)
    assert (latest.identity, latest.minutes, latest.recorded_by.username) == (correction.identity, 45, "lea")


def test_a_record_without_a_team_keeps_its_identity_and_stays_with_its_team(form):
    record("correction", SENT, at=NOON)
    correction = Correction.objects.get()
    assert correction.team.name == "Claims"
    address = f"/log/{correction.identity}"
    response = change(form, address, task_text="S-1", task_key="")
    assert problems(response) == {"task_text": ["Task belongs to another team than this record."]}
    assert change(form, address, minutes="45").status_code == 302
    assert Correction.objects.get(latest=True).identity == correction.identity
    form.post(f"{address}/withdraw", {"reason": "a mistake"})
    assert sum(entry.amount_nanos for entry in Entry.objects.all()) == 0


def test_a_period_entry_keeps_its_day_within_the_month(form):
    record("correction", {**SENT, "task": None, "team": "Claims", "worked_on": "2026-10-12"}, at=NOON)
    address = f"/log/{Correction.objects.get().identity}"
    change(form, address, minutes="45")
    assert str(Correction.objects.get(latest=True).worked_on) == "2026-10-12"
    change(form, address, month="2026-09")
    assert str(Correction.objects.get(latest=True).worked_on) == "2026-09-30"


def test_a_neighbours_record_is_not_there(form):
    record("correction", SENT | {"team": "Support", "task": "S-1"}, at=NOON)
    address = f"/log/{Correction.objects.get().identity}"
    assert form.get(address).status_code == 404
    assert form.post(address, {"reason": "x"}).status_code == 404
    assert form.post(f"{address}/withdraw", {"reason": "x"}).status_code == 404
    assert Correction.objects.count() == 1


def test_names_are_hidden_in_the_history_too(form, settings):
    settings.SHOW_NAMES = False
    address = saved(form)
    ada = make_user("ada", Role.ADMINISTRATOR)
    assert form.get(address).context["history"].versions[0].by == "you"
    assert seen_by(ada).get(address).context["history"].versions[0].by == "a person"
    assert "lea" not in seen_by(ada).get(address).content.decode().replace("least", "").replace("please", "")
    assert User.objects.filter(username="lea").exists()


SENT = {"id": "k-1", "worked_on": "2026-11-12", "minutes": 30, "role": "adjuster", "activity": "fix", "task": "C-1"}
