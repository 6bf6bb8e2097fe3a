"""What incidents may cost: the ledger's figures, one incident more or less; page, API and command say the same."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.models import Role, Team, User
from tests.build import have_reference, record
from tests.cast import NOON, make_user
from tests.sending import client
from tests.simulated import LOADED_AT

pytestmark = pytest.mark.django_db
__all__ = ["client"]
REFERENCE = """
teams:  [{name: Claims}, {name: Support}]
tiers:  [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models: [{provider: own, name: small, tier: commodity}, {provider: own, name: large, tier: frontier}]
"""
ADDRESS = "/api/v1/decisions/incidents"
OCTOBER = {"from": "2026-10"}
COSTS = {"small": "0.10", "large": "0.60"}


@pytest.fixture
def october(client: Any) -> Any:
    """200 tasks of each tier, of Claims, all of them done."""
    with time_machine.travel(NOON, tick=False):
        have_reference(REFERENCE, at=NOON)
        calls = [
            {
                "id": f"{model}-{n}", "occurred_at": "2026-10-05T09:00:00Z", "provider": "own", "model": model,
                "task": f"{model}-{n}", "team": "Claims", "cost_usd": cost,
            }
            for model, cost in COSTS.items()
            for n in range(200)
        ]  # fmt: skip
        record("call", *calls, at=NOON)
        outcomes = [{"task": call["task"], "team": "Claims", "outcome": "success"} for call in calls]
        record("outcome", *outcomes, at=NOON)
        yield


def happened(name: str, loss: str, *tasks: str) -> None:
    incident = {
        "id": name, "title": "Wrong payout", "severity": "high", "occurred_on": "2026-10-06", "loss_usd": loss,
        "team": "Claims", "tasks": [{"task": task} for task in tasks], "invalidates_output": False,
    }  # fmt: skip
    assert not record("incident", incident, at=NOON).rejected


def parts(client: Any) -> dict[str, Any]:
    return {part["name"]: part for part in client.get(ADDRESS, OCTOBER).json()["parts"]}


@pytest.mark.usefixtures("october")
def test_one_incident_more_or_less(client: Any) -> None:
    happened("i-1", "100", "small-1")
    happened("i-2", "20", "small-2", "large-2")
    small = parts(client)["commodity"]
    assert (small["incidents"], small["incident_cost_usd"], small["loss_per_10k_tasks_usd"]) == (2, "110.00", "5500.00")
    assert [small[name] for name in ("true_cost_per_success_usd", "without_costliest_usd", "one_more_usd")] == [
        "0.65", "0.15", "1.15",
    ]  # fmt: skip
    whole = client.get(ADDRESS, OCTOBER).json()["in_all"]
    assert (whole["incidents"], whole["incident_cost_usd"], whole["costliest_usd"]) == (2, "120.00", "100.00")
    assert whole["sentence"].startswith("Incidents cost $3,000.00 per 10,000 tasks, from $")


@pytest.mark.usefixtures("october")
def test_what_others_cost_says_what_a_tier_without_any_may_face(client: Any) -> None:
    happened("i-1", "100", "small-1")
    large = parts(client)["frontier"]
    assert (large["incidents"], large["loss_low_usd"]) == (0, "0.00")
    assert float(large["loss_high_usd"]) == pytest.approx(3.688879 * 100 * 50, rel=1e-4)
    assert large["without_costliest_usd"] is None


@pytest.mark.usefixtures("october")
def test_where_none_is_known_it_says_what_one_may_cost(client: Any, ada: User) -> None:
    found = parts(client)
    assert found["commodity"]["loss_per_10k_tasks_usd"] is None
    assert found["commodity"]["bearable_against"] == "frontier"
    assert float(found["commodity"]["bearable_usd"]) == pytest.approx(0.50 * 200 / 3.688879, rel=1e-6)
    assert found["frontier"]["bearable_usd"] is None
    page = Client()
    page.force_login(ada)
    said = page.get("/decisions/incidents?from=2026-10").context["headlines"]
    assert said[0].startswith("No incident is known, and nobody knows what one costs: 400 tasks")
    assert said[1].endswith("A task costs less than one of frontier as long as one incident costs no more than $27.11.")


@pytest.mark.usefixtures("october")
def test_page_api_and_command_say_the_same_to_whom_it_concerns(client: Any, ada: User) -> None:
    happened("i-1", "100", "small-1")
    answer, out, page = client.get(ADDRESS, OCTOBER).json(), StringIO(), Client()
    call_command("decide", "incidents", "--from", "2026-10", "--format", "json", stdout=out)
    assert {**json.loads(out.getvalue()), "as_of": ""} == {**answer, "as_of": ""}
    page.force_login(ada)
    context = page.get("/decisions/incidents?from=2026-10").context
    assert context["headlines"] == answer["sentences"][:1]
    assert [line.name for line in context["lines"]] == ["All", "commodity", "frontier"]
    assert page.get(context["lines"][1].entries_href).context["sums"]["amount_nanos"] == context["lines"][1].cost
    page.force_login(make_user("lena", Role.TEAM_LEAD, Team.objects.get(name="Support")))
    said = page.get("/decisions/incidents?from=2026-10").context["headlines"]
    assert said == ["In these months there were no tasks."]


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("words", ["from=2025-11&to=2026-10", "from=2025-11&to=2026-10&by=model"])
def test_it_adds_up_to_what_the_report_says(ada: User, words: str) -> None:
    page = Client()
    with time_machine.travel(LOADED_AT, tick=False):
        page.force_login(ada)
        found = page.get(f"/decisions/incidents?{words}").context["found"]
        report = page.get(f"/report?{words}").context["report"]
    lines = {next(iter(row.names.values())): row.line for row in report.rows} | {"All": report.total}
    shown = {part.name: part for part in found.parts} | {"All": found.whole}
    assert {name: (sum(part.costs), len(part.costs)) for name, part in shown.items()} == {
        name: (line.incident_cost, line.incidents) for name, line in lines.items() if line.tasks or line.incidents
    }
    assert sum(sum(part.costs) for part in found.parts) == report.total.incident_cost > 0
    assert found.whole.one.seen == report.total.true_cost_per_success
