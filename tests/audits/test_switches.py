"""Switches: found in the data or stated, with what they saved and cost; page, API and command say the same."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import Team, User
from audits.actions.switches import save_switch
from audits.exports.deciding.switches import headline
from audits.models import Switch
from config.sample import load_insurer
from spend.models import Tier
from tests.build import have_reference, record
from tests.cast import NOON
from tests.sending import client

pytestmark = pytest.mark.django_db
__all__ = ["client"]
REFERENCE = """
teams:        [{name: Claims}, {name: Letters}]
labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]
tiers:        [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models:       [{provider: own, name: small, tier: commodity}, {provider: own, name: large, tier: frontier}]
task_types:   [{name: claim, role: adjuster}]
"""
COST = {"small": "0.10", "large": "1.00"}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def told(months: str, *, team: str = "Claims", tasks: int = 40, judged: bool = True, loss: str = "") -> None:
    """One letter a month, up to October: L by the large model, S by the small one, of which every fifth is redone."""
    have_reference(REFERENCE, at=NOON)
    calls, outcomes, fixes = [], [], []
    for place, letter in enumerate(months, 11 - len(months)):
        model = {"L": "large", "S": "small"}[letter]
        for n in range(tasks):
            task = f"{team}-{place}-{n}"
            calls.append(
                {
                    "id": task, "occurred_at": f"2026-{place:02}-05T09:00:00Z", "provider": "own", "model": model,
                    "task": task, "task_type": "claim", "team": team, "cost_usd": COST[model],
                }
            )  # fmt: skip
            outcomes.append({"task": task, "team": team, "outcome": "success"})
            if letter == "S" and n % 5 == 0:
                fixes.append(
                    {
                        "id": task, "task": task, "team": team, "worked_on": f"2026-{place:02}-06", "minutes": 2,
                        "role": "adjuster", "activity": "redo",
                    }
                )  # fmt: skip
    record("call", *calls, at=NOON)
    if judged:
        record("outcome", *outcomes, at=NOON)
        record("correction", *fixes, at=NOON)
    if loss:
        incident = {
            "id": "i-1", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-10-06", "loss_usd": loss,
            "team": team, "tasks": [{"task": f"{team}-10-1"}],
        }  # fmt: skip
        record("incident", incident, at=NOON)


def asked(client: Any, **words: str) -> dict[str, Any]:
    response = client.get("/api/v1/decisions/switches", words)
    assert response.status_code == 200, response.content
    return dict(response.json())


def the_switch(client: Any, **words: str) -> dict[str, Any]:
    (found,) = asked(client, **words)["switches"]
    return dict(found)


def test_the_insurer_of_the_design_reads_so_in_api_command_and_page(client: Any, ada: User) -> None:
    load_insurer(at=NOON, advance=lambda *_: None)
    (sentence,) = asked(client)["sentences"]
    assert sentence.startswith(
        "Claims, claim: from frontier to commodity in 2026-02."
        " Saved $4,000.00 a month, lost $250,000.00: 62.5 months of saving."
    )
    assert "which is uncertain: incidents are too few to tell" in sentence
    out, page = StringIO(), Client()
    call_command("decide", "switches", stdout=out)
    assert out.getvalue().strip() == sentence
    page.force_login(ada)
    assert page.get("/decisions/switches").context["headlines"] == [sentence]
    one = page.get("/decisions/switches/one", {"switch": "Claims/claim/2026-02"}).content.decode()
    assert "Saved $4,000.00 a month, lost $250,000.00: 62.5 months of saving." in one


def test_a_switch_is_found_with_what_it_saved_and_cost_a_month(client: Any) -> None:
    told("LLLSS")
    found = the_switch(client)
    assert (found["team"], found["task_type"], found["before"], found["after"]) == (
        "Claims", "claim", "frontier", "commodity",
    )  # fmt: skip
    assert (found["month"], found["held"], found["recorded"]) == ("2026-09", True, False)
    assert (found["months_before"], found["months_after"]) == (["2026-07", "2026-08"], ["2026-09", "2026-10"])
    # Of 40 tasks: $40 less $4 of tokens; eight redone at $2 each.
    effect = found["effect"]
    assert (effect["saving_usd"], effect["failures_usd"], effect["net_usd"]) == ("36.00", "16.00", "20.00")
    assert found["doubts"] == []
    assert float(effect["bearable_usd"]) > 0


def test_an_incident_since_is_counted_in_months_of_saving(client: Any) -> None:
    told("LLLSS", loss="720.00")
    found = the_switch(client)
    assert (found["effect"]["largest_incident_usd"], found["effect"]["months_eaten"]) == ("720.00", 20.0)
    assert found["doubts"] == ["incidents"]
    assert found["sentence"].startswith("Saved $36.00 a month, lost $720.00: 20.0 months of saving.")


def test_the_newest_month_is_no_month_of_another_way_yet(client: Any) -> None:
    told("LLLS")
    found = the_switch(client)
    assert (found["held"], found["months_after"]) == (False, ["2026-10"])
    assert found["sentence"].endswith("It is the newest month: the next may turn it back.")


def test_where_nobody_said_how_it_went_it_is_uncertain(client: Any) -> None:
    told("LLLSS", judged=False)
    found = the_switch(client)
    assert "presumed" in found["doubts"]
    assert "which is uncertain" in found["sentence"]


def test_no_switch_is_said_to_be_none(client: Any) -> None:
    told("LLLL")
    answer = asked(client)
    assert answer["switches"] == []
    assert answer["sentences"] == ["No team changed the tier that does most of a kind of work in these months."]


def test_models_switch_as_tiers_do(client: Any) -> None:
    told("LLSS")
    assert (the_switch(client, by="model")["before"], the_switch(client)["before"]) == ("own/large", "frontier")


def test_only_the_months_asked_for_but_judged_by_those_around(client: Any) -> None:
    told("LLLSS")
    assert the_switch(client, **{"from": "2026-09", "to": "2026-09"})["months_after"] == ["2026-09", "2026-10"]
    assert asked(client, **{"from": "2026-10"})["switches"] == []


def test_what_is_said_of_a_switch_stays_with_it(client: Any, fiona: User) -> None:
    told("LLLSS")
    page = Client()
    page.force_login(fiona)
    line = page.get("/decisions/switches").context["lines"][0]
    form = page.get(line.write_href).context["form"]
    said = {name: form[name].value() or "" for name in form.fields} | {"cost": "50", "state": "counts", "seen": ""}
    assert page.post("/decisions/switches/new", said).status_code == 302
    found = the_switch(client)
    assert (found["recorded"], found["cost_usd"], found["effect"]["payback_months"]) == (True, "50.00", 2.5)
    record = Switch.objects.get()
    seen = page.get(f"/decisions/switches/{record.pk}").context["form"]["seen"].value()
    page.post(f"/decisions/switches/{record.pk}", said | {"state": "dismissed", "note": "A test", "seen": seen})
    answer = asked(client)
    assert (answer["switches"], [each["note"] for each in answer["dismissed"]]) == ([], ["A test"])


def test_one_by_hand_counts_where_the_data_show_none(client: Any, fiona: User) -> None:
    told("LLLL")
    page = Client()
    page.force_login(fiona)
    said = {
        "team": "Claims", "task_type": "claim", "month": "2026-09", "before": "frontier", "after": "commodity",
        "cost": "0", "state": "counts", "note": "", "seen": "",
    }  # fmt: skip
    assert page.post("/decisions/switches/new", said).status_code == 302
    found = the_switch(client)
    assert (found["found"], found["held"], found["effect"]["saving_usd"]) == (False, None, "0.00")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"after": "frontier"}, "after"),
        ({"after": "own/small"}, "after"),
        ({"before": "nobody"}, "before"),
        ({"month": "soon"}, "month"),
        ({"cost": "-1"}, "cost"),
        ({"team": "Nobody"}, "team"),
        ({"more": "x"}, "more"),
    ],
)
def test_what_is_wrong_with_a_record_is_said_by_field(fiona: User, wrong: dict[str, str], field: str) -> None:
    told("L", tasks=1)
    said = {"team": "Claims", "month": "2026-09", "before": "frontier", "after": "commodity"}
    session = Client()
    session.force_login(fiona)
    response = session.post("/api/v1/decisions/switches", said | wrong, content_type="application/json")
    assert (response.status_code, list(response.json())) == (400, [field]), response.content
    assert not Switch.objects.exists()


def test_said_again_by_api_it_replaces_what_was_said(client: Any, fiona: User) -> None:
    told("LLLSS")
    session = Client()
    session.force_login(fiona)
    said = {
        "team": "Claims", "task_type": "claim", "month": "2026-09", "before": "frontier", "after": "commodity",
    }  # fmt: skip
    for cost in ("10.00", "20.00"):
        response = session.post("/api/v1/decisions/switches", said | {"cost": cost}, content_type="application/json")
        assert response.status_code == 200, response.content
    assert Switch.objects.count() == 1
    assert the_switch(client)["cost_usd"] == "20.00"


@pytest.mark.django_db(transaction=True)
def test_said_by_several_at_the_same_time_one_stays() -> None:
    have_reference(REFERENCE, at=NOON)
    people, team = Barrier(6), Team.objects.get(name="Claims")
    before, after = (Tier.objects.get(name=name) for name in ("frontier", "commodity"))

    def say(cost: int) -> int:
        people.wait()
        said = Switch(team=team, month=date(2026, 9, 1), tier_before=before, tier_after=after, cost=cost)
        try:
            return save_switch(said).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(people.parties) as pool:
        saved = set(pool.map(say, range(people.parties)))
    assert saved == {Switch.objects.get().pk}


def test_a_lead_speaks_of_switches_of_own_teams_only(lena: User) -> None:
    told("LLLSS", team="Claims")
    told("LLLSS", team="Letters")
    lena.memberships.all().delete()
    lena.memberships.create(team=Team.objects.get(name="Letters"))
    page = Client()
    page.force_login(lena)
    assert [line.switched.team for line in page.get("/decisions/switches").context["lines"]] == ["Letters"]
    assert page.get("/decisions/switches/one", {"switch": "Claims/claim/2026-09"}).status_code == 404
    said = {
        "team": "Claims", "task_type": "claim", "month": "2026-09", "before": "frontier", "after": "commodity",
        "cost": "0", "state": "dismissed", "note": "", "seen": "",
    }  # fmt: skip
    assert page.post("/decisions/switches/new", said).status_code == 400
    assert not Switch.objects.exists()


def test_a_team_that_is_dearer_by_fixed_cost_is_not_told_to_have_saved(client: Any) -> None:
    told("LLLSS")
    servers = "{name: Servers, kind: compute, amount: 4000, from: 2026-09-01, to: 2026-10-31, tier: commodity}"
    have_reference(f"{REFERENCE}fixed_costs: [{servers}]\n", at=NOON)
    assert the_switch(client)["doubts"] == ["allocated"]


def test_page_api_and_command_say_the_same(client: Any, ada: User) -> None:
    told("LLLSS", loss="720.00")
    answer, out, page = asked(client), StringIO(), Client()
    call_command("decide", "switches", "--format", "json", stdout=out)
    assert {**json.loads(out.getvalue()), "as_of": ""} == {**answer, "as_of": ""}
    page.force_login(ada)
    shown = page.get("/decisions/switches").context
    assert shown["headlines"] == answer["sentences"]
    assert headline(shown["lines"][0].switched) == answer["sentences"][0].replace(": incidents are too few to tell", "")


@pytest.mark.parametrize(
    "question", ["compare", "break-even", "value", "claims", "incidents", "routing", "silent-failures"]
)
def test_tiers_are_not_asked_of_one_model(client: Any, question: str) -> None:
    told("L", tasks=1)
    response = client.get(f"/api/v1/decisions/{question}", {"model": "own/large"})
    assert (response.status_code, list(response.json())) == (400, ["model"])


@pytest.mark.parametrize("question", ["switches", "scenarios"])
def test_work_is_not_asked_of_one_tier(client: Any, question: str) -> None:
    told("L", tasks=1)
    response = client.get(f"/api/v1/decisions/{question}", {"tier": "frontier"})
    assert (response.status_code, list(response.json())) == (400, ["tier"])
