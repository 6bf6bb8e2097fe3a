"""Routing what-if and saved scenarios: what policies would do, and what came; page, API and command say the same."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.models import Team, User
from audits.exports.deciding.routing import headline
from audits.models import Scenario
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
COST = {"small": "0.10", "large": "0.60"}
# As in docs/method.md, 22, at a tenth of the size.
WORKED = {("small",): (100, 30), ("large",): (100, 10)}
TERMS = {"failure": "5", "review": "0.20", "detection": "80"}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def told(work: Any, *, month: int = 9, complexity: Any = None, judged: bool = True, team: str = "Claims") -> None:
    """Tasks by the models that tried them: how many, and how many of these ended failed."""
    have_reference(REFERENCE, at=NOON)
    calls, outcomes = [], []
    for models, (count, failures) in work.items():
        for n in range(count):
            task = f"{team}-{month}-{'-'.join(models)}-{complexity}-{n}"
            for place, model in enumerate(models):
                calls.append(
                    {
                        "id": f"{task}-{place}", "occurred_at": f"2026-{month:02}-05T09:0{place}:00Z",
                        "provider": "own", "model": model, "task": task, "task_type": "claim", "team": team,
                        "cost_usd": COST[model], "latency_ms": 2000, "final": place == len(models) - 1,
                        **({"metadata": {"complexity": complexity}} if complexity else {}),
                    }
                )  # fmt: skip
            outcomes.append({"task": task, "team": team, "outcome": "failure" if n < failures else "success"})
    record("call", *calls, at=NOON)
    if judged:
        record("outcome", *outcomes, at=NOON)


def asked(client: Any, question: str = "routing", **words: str) -> dict[str, Any]:
    response = client.get(f"/api/v1/decisions/{question}", {"from": "2026-09", **words})
    assert response.status_code == 200, response.content
    return dict(response.json())


def of_claims(client: Any, **words: str) -> dict[str, Any]:
    (found,) = asked(client, **words)["task_types"]
    return dict(found)


def policy(found: dict[str, Any], *tiers: str) -> dict[str, Any]:
    (one,) = [each for each in found["policies"] if each["policy"] == list(tiers)]
    return dict(one)


def test_the_worked_example(client: Any) -> None:
    told(WORKED)
    found = of_claims(client, **TERMS)
    alone, both = policy(found, "commodity"), policy(found, "commodity", "frontier")
    assert (alone["cost_per_task_usd"], alone["success"]) == ("1.80", pytest.approx(0.7))
    assert (both["cost_per_task_usd"], both["success"], both["escalated"]) == (
        "0.912", pytest.approx(0.916), pytest.approx(0.24),
    )  # fmt: skip
    assert (both["efficient"], both["assumes_independence"], found["advised"]) == (
        True, True, ["commodity", "frontier"],
    )  # fmt: skip
    assert found["detection_is_measured"] is False
    assert "assumed" in found["doubts"]
    assert found["sentence"].startswith("commodity, then frontier costs least, $0.9956 per success")


def test_what_a_tier_did_with_escalated_work_is_taken_as_observed(client: Any) -> None:
    told({("small",): (60, 0), ("small", "large"): (40, 30)})
    found = of_claims(client, failure="0", detection="100")
    cascade = policy(found, "commodity", "frontier")
    # 60 of 100 pass at the first tier; of the 40 that it gave up a quarter pass at the second
    assert (cascade["success"], cascade["assumes_independence"]) == (pytest.approx(0.7), False)
    assert cascade["cost_per_task_usd"] == "0.34"
    assert (found["today"]["success"], found["today"]["cost_per_task_usd"]) == (pytest.approx(0.7), "0.34")
    assert [each["policy"] for each in found["policies"]] == [["commodity"], ["commodity", "frontier"]]


def test_tiers_that_had_other_work_are_held_against_each_other_on_the_same_mix(client: Any) -> None:
    told({("small",): (90, 0), ("large",): (10, 0)}, complexity="low")
    told({("small",): (10, 8), ("large",): (90, 45)}, complexity="high")
    found = of_claims(client, failure="0")
    assert (found["by_complexity"], found["covered"]) == (True, 1)
    assert policy(found, "commodity")["success"] == pytest.approx((1 + 0.2) / 2)
    assert policy(found, "frontier")["success"] == pytest.approx((1 + 0.5) / 2)


def test_tiers_that_never_had_the_same_work_are_judged_by_their_own_and_it_is_said(client: Any) -> None:
    told({("small",): (100, 10)}, complexity="low")
    told({("large",): (100, 20)}, complexity="high")
    found = of_claims(client)
    assert (found["by_complexity"], "mix" in found["doubts"]) == (False, True)
    assert "each is judged by the work it had" in found["sentence"]


def test_policies_that_overlap_are_named(client: Any) -> None:
    told({("small",): (100, 30), ("large",): (100, 28)})
    found = of_claims(client, failure="2.50")
    assert "overlap" in found["doubts"]
    assert "may be as good" in found["sentence"]


def test_of_presumed_successes_nothing_is_advised(client: Any) -> None:
    told(WORKED, judged=False)
    found = of_claims(client)
    assert (found["withheld"], found["advised"]) == ("presumed", None)
    assert found["sentence"].startswith("nothing is advised, as over 50% of the successes are presumed")


def test_what_a_failure_costs_is_measured_where_nobody_says(client: Any) -> None:
    told(WORKED)
    redo = {
        "id": "r-1", "task": "Claims-9-small-None-0", "team": "Claims", "worked_on": "2026-09-06", "minutes": 80,
        "role": "adjuster", "activity": "redo",
    }  # fmt: skip
    record("correction", redo, at=NOON)
    found = of_claims(client)
    assert (found["measured_failure_usd"], found["failure_usd"]) == ("2.00", "2.00")  # $80 over 40 failed tasks
    assert of_claims(client, failure="0")["failure_usd"] == "0.00"


def test_an_incident_bound_that_would_turn_the_advice_is_a_doubt(client: Any) -> None:
    told({("small",): (200, 20), ("large",): (200, 0)})
    incident = {
        "id": "i-1", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-09-06", "loss_usd": "140",
        "team": "Claims", "tasks": [{"task": "Claims-9-small-None-0"}],
    }  # fmt: skip
    record("incident", incident, at=NOON)
    assert "incidents" in of_claims(client, detection="0")["doubts"]


def test_what_one_incident_may_cost_is_said_where_none_was_seen(client: Any) -> None:
    """Per success commodity costs $0.10 / 0.9, frontier $0.60: so until a failure costs $4.40, and 20 failed."""
    told({("small",): (200, 20), ("large",): (200, 0)})
    found = of_claims(client, detection="0")
    assert found["advised"] == ["commodity"]
    assert float(found["bearable_usd"]) == pytest.approx(4.4 * 20 / 3.688879454)
    assert of_claims(client, detection="0", failure="1")["bearable_usd"] is None  # as somebody says what failures cost


@pytest.mark.parametrize(
    "words", [{"detection": "101"}, {"failure": "-1"}, {"review": "much"}, {"false_alarms": "nan"}, {"by": "model"}]
)
def test_terms_that_are_none_are_refused_by_name(client: Any, words: dict[str, str]) -> None:
    response = client.get("/api/v1/decisions/routing", words)
    assert (response.status_code, list(response.json())) == (400, list(words))


def test_page_api_and_command_say_the_same(client: Any, ada: User) -> None:
    told(WORKED)
    answer, out, page = asked(client, **TERMS), StringIO(), Client()
    words = [f"--{name}={value}" for name, value in TERMS.items()]
    call_command("decide", "routing", "--from", "2026-09", *words, "--format", "json", stdout=out)
    assert {**json.loads(out.getvalue()), "as_of": ""} == {**answer, "as_of": ""}
    page.force_login(ada)
    shown = page.get("/decisions/routing", {"from": "2026-09", **TERMS}).context
    assert shown["headlines"] == answer["sentences"]
    assert "this is uncertain: " in answer["sentences"][0]
    assert headline(shown["kinds"][0].routed).endswith("; this is uncertain.")


SAVED = {"name": "Cascade", "task_type": "claim", "policy": ["commodity", "frontier"], "from": "2026-09", **TERMS}


def session(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def save(person: User, **more: Any) -> Any:
    return session(person).post("/api/v1/decisions/scenarios", SAVED | more, content_type="application/json")


def test_a_saved_scenario_is_held_against_what_came(fiona: User, ada: User) -> None:
    told(WORKED)
    assert save(fiona).status_code == 201
    told({("small",): (80, 30), ("small", "large"): (40, 12)}, month=10)
    (found,) = session(ada).get("/api/v1/decisions/scenarios", {"from": "2026-10"}).json()["scenarios"]
    assert (found["owner"], found["from"], found["expected"]["cost_per_task_usd"]) == ("fiona", "2026-09", "0.912")
    actual = found["actual"]
    assert (actual["tasks"], actual["followed"]) == (120, 1)
    # 50 and 28 of 120 passed; (120 x 0.30 + 40 x 0.80) / 120 + 5 x 42 / 120
    assert actual["success"] == pytest.approx(78 / 120)
    assert float(actual["cost_per_task_usd"]) == pytest.approx((120 * 0.30 + 40 * 0.80 + 5 * 42) / 120)
    assert actual["verdict"] == "dearer"
    assert "dearer than expected. 100.0% of the tasks were routed so." in found["sentence"]


def test_where_work_went_another_way_nothing_is_said_of_the_plan(fiona: User) -> None:
    told(WORKED)
    save(fiona)
    told({("large",): (100, 0)}, month=10)
    (found,) = session(fiona).get("/api/v1/decisions/scenarios", {"from": "2026-10"}).json()["scenarios"]
    assert (found["actual"]["verdict"], found["actual"]["followed"]) == ("not_followed", 0)
    assert found["sentence"].endswith("only 0.0% of the tasks were routed so.")


def test_a_scenario_is_saved_on_its_page_and_removed_by_its_owner(fiona: User, ada: User) -> None:
    told(WORKED)
    page = session(fiona)
    line = page.get("/decisions/routing", {"from": "2026-09", **TERMS}).context["first"].lines[0]
    shown = page.get(line.save_href)
    assert shown.status_code == 200
    assert page.post(line.save_href, {"name": "Ours", "note": "From December on"}).status_code == 302
    again = page.post(line.save_href, {"name": "Ours", "note": ""})
    assert (again.status_code, again.context["errors"]["name"]) == (400, ["there is a scenario of this name: 'Ours'"])
    saved = Scenario.objects.get()
    assert (saved.owner, saved.policy, saved.team) == (fiona, list(line.outlook.policy), None)
    assert page.get("/decisions/scenarios").context["lines"][0].scenario == saved
    assert page.post(f"/decisions/scenarios/{saved.pk}/remove").status_code == 302
    assert not Scenario.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"policy": []}, "policy"),
        ({"policy": ["frontier", "commodity"]}, "policy"),
        ({"task_type": "none"}, "task_type"),
        ({"task_type": 3}, "task_type"),
        ({"detection": "200"}, "detection"),
        ({"from": "soon"}, "from"),
        ({"team": "Nobody"}, "team"),
        ({"more": "x"}, "more"),
    ],
)
def test_what_is_wrong_with_a_scenario_is_said_by_field(fiona: User, wrong: dict[str, Any], field: str) -> None:
    told(WORKED)
    response = save(fiona, **wrong)
    assert (response.status_code, list(response.json())) == (400, [field]), response.content
    assert not Scenario.objects.exists()


def test_a_lead_keeps_scenarios_of_own_teams_only(lena: User, fiona: User) -> None:
    told(WORKED)
    told(WORKED, team="Letters")
    lena.memberships.all().delete()
    lena.memberships.create(team=Team.objects.get(name="Letters"))
    assert save(lena).json()["team"] == "Letters"
    assert save(lena, name="Theirs", team="Claims").status_code == 400
    whole = save(fiona, name="Whole").json()["id"]
    mine = session(lena)
    assert [each["name"] for each in mine.get("/api/v1/decisions/scenarios").json()["scenarios"]] == ["Cascade"]
    assert mine.delete(f"/api/v1/decisions/scenarios/{whole}").status_code == 404
    other = save(fiona, name="Other", team="Letters").json()["id"]
    assert mine.delete(f"/api/v1/decisions/scenarios/{other}").status_code == 403
    assert mine.delete(f"/api/v1/decisions/scenarios/{Scenario.objects.get(name='Cascade').pk}").status_code == 204
