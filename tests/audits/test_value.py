"""Value: whether work is worth what it truly costs, and cheaper than by hand; page, API and command say the same."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from tests.build import have_reference, record
from tests.cast import NOON
from tests.sending import client

pytestmark = pytest.mark.django_db
__all__ = ["client"]
REFERENCE = """
teams:        [{{name: Claims}}]
labour_rates: [{{role: adjuster, hourly: 60, from: 2026-01-01}}]
tiers:        [{{name: commodity, from_blended: 0}}]
models:       [{{provider: own, name: small, tier: commodity}}]
task_types:   [{{name: claim, role: adjuster, manual_minutes: {minutes}, value: {value}}}]
"""


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def told(*, minutes: str = "30", value: str = "2.50", tasks: int = 200, loss: str = "") -> None:
    """Claims of about a dollar each, nine in ten of which succeed."""
    have_reference(REFERENCE.format(minutes=minutes, value=value), at=NOON)
    calls, outcomes = [], []
    for n in range(tasks):
        calls.append(
            {
                "id": f"c-{n}", "occurred_at": "2026-10-05T09:00:00Z", "provider": "own", "model": "small",
                "task": f"t-{n}", "task_type": "claim", "team": "Claims", "cost_usd": f"{0.90 + n % 5 / 20:.2f}",
            }
        )  # fmt: skip
        outcomes.append({"task": f"t-{n}", "team": "Claims", "outcome": "success" if n % 10 else "failure"})
    record("call", *calls, at=NOON)
    record("outcome", *outcomes, at=NOON)
    if loss:
        incident = {
            "id": "i-1", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-10-06", "loss_usd": loss,
            "team": "Claims", "tasks": [{"task": "t-1"}],
        }  # fmt: skip
        record("incident", incident, at=NOON)


def claim(client: Any) -> dict[str, Any]:
    response = client.get("/api/v1/decisions/value", {"from": "2026-10"})
    assert response.status_code == 200, response.content
    (found,) = response.json()["task_types"]
    return dict(found)


def test_cheaper_than_by_hand_and_worth_more_than_it_costs(client: Any) -> None:
    told()
    found = claim(client)
    assert found["true_cost_per_success_usd"] == "1.111111111"  # $200 for 180 successes
    assert (found["by_hand"]["verdict"], found["by_hand"]["gain_usd"]) == ("cheaper", "28.888888889")
    assert (found["by_value"]["verdict"], found["by_value"]["gain_usd"]) == ("cheaper", "1.388888889")
    assert found["return_on_spend"] == pytest.approx(2.25)
    assert found["gain_usd"] == "5200.00000002"
    assert [tier["tier"] for tier in found["tiers"]] == ["commodity"]
    assert found["sentence"].startswith("cheaper than by hand ($30.00), ")


def test_what_one_incident_may_cost_is_said_where_none_was_seen(client: Any) -> None:
    told()
    found = claim(client)
    most = float(found["by_value"]["gain_low_usd"]) * 180 / 3.688879454  # of 180 successes none seen allows 3.69
    assert float(found["by_value"]["bearable_usd"]) == pytest.approx(most)
    assert found["sentence"].endswith(
        f"No incident was seen; the verdict holds while one costs less than ${most:.2f}."
    )  # fmt: skip


def test_where_an_incident_was_seen_its_cost_is_in_the_interval(client: Any) -> None:
    told(loss="1")
    assert claim(client)["by_hand"]["bearable_usd"] is None


def test_dearer_than_by_hand(client: Any) -> None:
    told(minutes="0.5", value="0.10")
    found = claim(client)
    assert (found["by_hand"]["verdict"], found["by_value"]["verdict"]) == ("dearer", "dearer")
    assert "dearer than by hand ($0.5000)" in found["sentence"]


def test_what_lies_within_the_interval_is_not_told_apart(client: Any) -> None:
    told(minutes="1.1", value="1.12")
    found = claim(client)
    assert (found["by_hand"]["verdict"], found["by_value"]["verdict"]) == ("indistinct", "indistinct")


def test_what_an_incident_could_overturn_is_unsettled(client: Any) -> None:
    told(loss="2000")
    found = claim(client)
    assert found["by_hand"]["verdict"] == "unsettled"
    assert "cheaper than by hand without incidents, which could overturn it" in found["sentence"]
    assert (
        "worth more than it costs without incidents, worth less than it costs with those that came" in found["sentence"]
    )


def test_of_few_nothing_is_said(client: Any) -> None:
    told(tasks=50)
    found = claim(client)
    assert (found["withheld"], found["by_hand"], found["gain_usd"]) == ("few", None, None)
    assert found["sentence"] == "nothing is said, as 100 successes are needed, and there are 45."


def test_page_api_and_command_say_the_same(client: Any, ada: User) -> None:
    told()
    answer, out, page = client.get("/api/v1/decisions/value", {"from": "2026-10"}).json(), StringIO(), Client()
    call_command("decide", "value", "--from", "2026-10", "--format", "json", stdout=out)
    assert {**json.loads(out.getvalue()), "as_of": ""} == {**answer, "as_of": ""}
    page.force_login(ada)
    context = page.get("/decisions/value?from=2026-10").context
    assert context["headlines"] == answer["sentences"]
    assert [line.name for line in context["lines"]] == ["claim", "commodity"]


def test_an_investment_is_back_when_what_is_saved_adds_up_to_it(client: Any) -> None:
    told()
    answer = client.get("/api/v1/decisions/value", {"from": "2026-10", "investment": "10400"}).json()
    back = answer["payback"]
    assert (back["gain_a_month_usd"], back["months"]) == ("5200.00000002", pytest.approx(2))
    assert back["months_low"] < 2 < back["months_high"]
    assert answer["sentences"][0].startswith("An investment of $10,400.00 is back in 2.0 months (2.0 to 2.0)")
    two = client.get("/api/v1/decisions/value", {"from": "2026-09", "to": "2026-10", "investment": "10400"}).json()
    assert two["payback"]["months"] == pytest.approx(4)


def test_an_investment_into_what_is_dearer_than_by_hand_is_never_back(client: Any) -> None:
    told(minutes="0.5", value="0.10")
    answer = client.get("/api/v1/decisions/value", {"from": "2026-10", "investment": "1000"}).json()
    assert (answer["payback"]["months"], "is never back" in answer["sentences"][0]) == (None, True)
    refused = client.get("/api/v1/decisions/value", {"from": "2026-10", "investment": "much"})
    assert (refused.status_code, list(refused.json())) == (400, ["investment"])


@pytest.mark.parametrize(("known", "shown"), [({"value": "null"}, "$30.00"), ({"minutes": "null"}, "$2.50")])
def test_the_page_shows_what_is_known_where_only_one_of_the_two_is(ada: User, known: Any, shown: str) -> None:
    told(**known)
    page = Client()
    page.force_login(ada)
    response = page.get("/decisions/value?from=2026-10")
    assert (response.status_code, shown in response.content.decode()) == (200, True)
