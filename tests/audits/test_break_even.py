"""Break-even: from which cost of a failure the dearer tier pays off; page, API and command say the same."""

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
teams:        [{name: Claims}]
labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]
tiers:        [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models:       [{provider: own, name: small, tier: commodity}, {provider: own, name: large, tier: frontier}]
task_types:   [{name: claim, role: adjuster}]
"""
# As in docs/method.md, 20, at a tenth of the size: tasks, dollars a try, failures.
WORKED = {"small": (100, "0.10", 30), "large": (100, "0.60", 10)}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def told(work: Any = WORKED, *, judged: bool = True, minutes: float = 4, loss: str = "") -> None:
    have_reference(REFERENCE, at=NOON)
    calls, outcomes, fixes = [], [], []
    for model, (count, dollars, failures) in work.items():
        for n in range(count):
            task = f"{model}-{n}"
            calls.append(
                {
                    "id": task, "occurred_at": "2026-10-05T09:00:00Z", "provider": "own", "model": model, "task": task,
                    "task_type": "claim", "team": "Claims", "cost_usd": dollars,
                }
            )  # fmt: skip
            outcomes.append({"task": task, "team": "Claims", "outcome": "failure" if n < failures else "success"})
            if n < failures:
                fixes.append(
                    {
                        "id": task, "task": task, "team": "Claims", "worked_on": "2026-10-06", "minutes": minutes,
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
            "team": "Claims", "tasks": [{"task": "small-0"}],
        }  # fmt: skip
        record("incident", incident, at=NOON)


def asked(client: Any, **words: str) -> dict[str, Any]:
    response = client.get("/api/v1/decisions/break-even", {"from": "2026-10", **words})
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_the_worked_example_and_what_a_failure_cost(client: Any) -> None:
    told()
    (claim,) = asked(client)["task_types"]
    (pair,) = claim["pairs"]
    assert (pair["cheap"], pair["dear"], pair["verdict"], pair["break_even_usd"]) == (
        "commodity", "frontier", "break_even", "2.50",
    )  # fmt: skip
    assert (claim["measured_failure_usd"], claim["failures"]) == ("4.00", 40)
    assert 0 < float(pair["low_usd"]) < 2.5 < float(pair["high_usd"])
    assert pair["better"] == "frontier"
    assert [(reign["tier"], reign["from_usd"], reign["to_usd"]) for reign in claim["reigns"]] == [
        ("commodity", "0.00", "2.50"), ("frontier", "2.50", None),
    ]  # fmt: skip


def test_at_another_cost_of_a_failure_another_tier_is_better(client: Any) -> None:
    told()
    answer = asked(client, failure="0.50")
    (pair,) = answer["task_types"][0]["pairs"]
    assert (answer["failure_usd"], pair["better"], pair["is_sure"]) == ("0.50", "commodity", True)
    assert pair["sentence"].endswith("; at $0.5000 commodity costs less.")


def test_what_one_incident_may_cost_is_said_where_none_was_seen(client: Any) -> None:
    told(minutes=0.5)
    (pair,) = asked(client)["task_types"][0]["pairs"]
    most = (float(pair["low_usd"]) - 0.5) * 40 / 3.688879454  # 40 failures, of which none seen allows 3.69 incidents
    holds = f"No incident was seen; the verdict holds while one costs less than ${most:.2f}."
    assert pair["sentence"].endswith(f"; at $0.5000 commodity costs less. {holds}")
    assert pair["is_sure"]


def test_what_incidents_may_add_makes_it_unsure(client: Any) -> None:
    """A failure costs $0.50 and its share of $20, so $1.00: with the 5.57 incidents that one allows $3.29."""
    told(minutes=0.5, loss="20")
    (pair,) = asked(client)["task_types"][0]["pairs"]
    assert 1 < float(pair["low_usd"]) < 3.29
    assert (pair["better"], pair["is_sure"]) == ("commodity", False)
    assert pair["sentence"].endswith(
        "; at $1.00 commodity costs less, unless as many or as few incidents come as those seen allow."
    )


def test_yields_that_are_not_told_apart_settle_nothing(client: Any) -> None:
    told({"small": (100, "0.10", 30), "large": (100, "0.60", 25)})
    (pair,) = asked(client)["task_types"][0]["pairs"]
    assert (pair["break_even_usd"], pair["told_apart"], pair["is_sure"], pair["low_usd"]) == (
        "10.00",
        False,
        False,
        None,
    )
    assert "their yields are not told apart: no cost of a failure is sure to settle it" in pair["sentence"]


def test_what_is_mostly_presumed_is_not_compared(client: Any) -> None:
    told(judged=False)
    (pair,) = asked(client)["task_types"][0]["pairs"]
    assert (pair["verdict"], pair["withheld"]) == ("withheld", "presumed")


@pytest.mark.parametrize("failure", ["-1", "nan", "much", "1e12"])
def test_a_failure_that_costs_no_amount_is_refused(client: Any, failure: str) -> None:
    response = client.get("/api/v1/decisions/break-even", {"failure": failure})
    assert (response.status_code, set(response.json())) == (400, {"failure"})


def test_page_api_and_command_say_the_same(client: Any, ada: User) -> None:
    told()
    answer, out, page = asked(client, failure="3"), StringIO(), Client()
    call_command("decide", "break-even", "--from", "2026-10", "--failure", "3", "--format", "json", stdout=out)
    assert {**json.loads(out.getvalue()), "as_of": ""} == {**answer, "as_of": ""}
    page.force_login(ada)
    context = page.get("/decisions/break-even?from=2026-10&failure=3").context
    assert context["headlines"] == answer["sentences"]
    (claim,) = context["kinds"]
    assert [(line.name, line.expected) for line in claim.lines] == [
        ("commodity", 1_000_000_000), ("frontier", 900_000_000),
    ]  # fmt: skip
    assert claim.least == "frontier"


def test_of_months_without_work_nothing_is_said(client: Any, ada: User) -> None:
    said = "No task type has two tiers with 30 tries each: there is nothing to break even."
    assert asked(client)["sentences"] == [said]
    page = Client()
    page.force_login(ada)
    assert page.get("/decisions/break-even?from=2026-10").context["headlines"] == [said]
