"""Compare: the mix of work can turn the picture; page, API and command say the same, and no more than they know."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Role, Team, User
from tests.build import have_reference, record
from tests.cast import NOON, make_user
from tests.sending import client

pytestmark = pytest.mark.django_db
__all__ = ["client"]
REFERENCE = """
teams:  [{name: Claims}]
tiers:  [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models: [{provider: own, name: small, tier: commodity}, {provider: own, name: large, tier: frontier}]
"""
ADDRESS = "/api/v1/decisions/compare"
# How many tasks of which complexity, cents a call, and one in how many fails: commodity costs half, and fails more.
WORK = {
    ("small", "low"): (160, 10, 20), ("small", "high"): (40, 400, 2),
    ("large", "low"): (40, 5, 40), ("large", "high"): (160, 150, 20),
}  # fmt: skip


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def told(work: Any = WORK, *, judged: bool = True) -> None:
    have_reference(REFERENCE, at=NOON)
    calls, outcomes = [], []
    for (model, complexity), (count, cents, fails) in work.items():
        for n in range(count):
            task = f"{model}-{complexity}-{n}"
            calls.append(
                {
                    "id": task, "occurred_at": f"2026-10-{n % 28 + 1:02}T09:00:00Z", "provider": "own", "model": model,
                    "task": task, "task_type": "claim", "team": "Claims", "cost_usd": f"{(cents + n % 7) / 100:.2f}",
                    "metadata": {"complexity": complexity},
                }
            )  # fmt: skip
            outcomes.append({"task": task, "team": "Claims", "outcome": "failure" if n % fails == 0 else "success"})
    record("call", *calls, at=NOON)
    if judged:
        record("outcome", *outcomes, at=NOON)


def asked(client: Any, **words: str) -> dict[str, Any]:
    response = client.get(ADDRESS, {"from": "2026-10", **words})
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_who_got_the_hard_work_looks_dearer_and_is_cheaper(client: Any) -> None:
    told()
    answer = asked(client)
    (pair,) = answer["pairs"]
    assert (answer["against"], pair["name"], pair["verdict"], pair["reversed"]) == (
        "frontier",
        "commodity",
        "dearer",
        True,
    )
    assert float(pair["one"]["crude_usd"]) < float(pair["other"]["crude_usd"])
    assert float(pair["one"]["adjusted_usd"]) > float(pair["other"]["adjusted_usd"])
    assert float(pair["difference_low_usd"]) > 0
    assert "more per success than frontier" in answer["sentences"][0]
    assert "the mix of work makes it so (Simpson's paradox)" in answer["sentences"][0]
    assert {(each["complexity"], each["tasks"]) for each in answer["strata"]} == {("low", 200), ("high", 200)}


def test_the_adjusted_figures_are_those_by_hand(client: Any) -> None:
    """200 tasks of each complexity: half the cost per task of each stratum, over half its share of successes."""
    told()
    (pair,) = asked(client)["pairs"]
    for side, model in ((pair["one"], "small"), (pair["other"], "large")):
        cost = success = 0.0
        for complexity in ("low", "high"):
            count, cents, fails = WORK[model, complexity]
            cost += sum((cents + n % 7) / 100 for n in range(count)) / count / 2
            success += sum(n % fails != 0 for n in range(count)) / count / 2
        assert float(side["adjusted_usd"]) == pytest.approx(cost / success, abs=1e-9)


def test_any_other_can_be_what_all_are_held_against(client: Any) -> None:
    told()
    (pair,) = asked(client, against="commodity")["pairs"]
    assert (pair["name"], pair["verdict"]) == ("frontier", "cheaper")


def test_where_nobody_judged_nothing_is_said(client: Any) -> None:
    told(judged=False)
    answer = asked(client)
    assert [pair["withheld"] for pair in answer["pairs"]] == ["presumed"]
    assert "over 50% of the successes are presumed" in answer["sentences"][1]


def test_of_months_without_work_nothing_is_said(client: Any) -> None:
    assert asked(client)["sentences"] == ["Nothing is compared: nobody finished a task in these months."]


def test_work_that_only_one_of_them_does_is_not_compared(client: Any) -> None:
    told({("small", "low"): (150, 10, 20), ("large", "high"): (150, 150, 20)})
    answer = asked(client)
    assert [(pair["verdict"], pair["withheld"]) for pair in answer["pairs"]] == [("withheld", "strata")]
    assert answer["sentences"][0] == (
        "Nothing here can be compared with frontier; the reasons are given for each. Try one task type alone."
    )
    assert answer["sentences"][1].startswith("commodity: too little of the work is of a kind that both do")


def test_too_few_are_not_compared(client: Any) -> None:
    told({("small", "low"): (50, 10, 20), ("large", "low"): (50, 150, 20)})
    assert [pair["withheld"] for pair in asked(client)["pairs"]] == ["few"]


@pytest.mark.parametrize(
    ("words", "field"),
    [({"against": "nobody"}, "against"), ({"by": "team"}, "by"), ({"lens": "route"}, "lens"), ({"to": "2026"}, "to")],
)
def test_what_makes_no_sense_is_refused_by_name(client: Any, words: dict[str, str], field: str) -> None:
    told({("small", "low"): (1, 10, 20)})
    assert client.get(ADDRESS, {"from": "2026-10", **words}).json().keys() == {field}
    with pytest.raises(CommandError):
        call_command("decide", "compare", "--from", "2026-10", "--against", "nobody", stdout=StringIO())


def test_page_api_and_command_say_the_same(client: Any, ada: User) -> None:
    told()
    answer, out, page = asked(client), StringIO(), Client()
    call_command("decide", "compare", "--from", "2026-10", "--format", "json", stdout=out)
    assert {**json.loads(out.getvalue()), "as_of": ""} == {**answer, "as_of": ""}
    page.force_login(ada)
    context = page.get("/decisions/compare?from=2026-10").context
    assert context["headlines"] == answer["sentences"]
    (commodity, _) = context["lines"]
    assert f"{commodity.fair.one.adjusted / 10**9:.9f}".rstrip("0") == answer["pairs"][0]["one"]["adjusted_usd"].rstrip(
        "0"
    )


def test_a_lead_compares_the_work_of_her_team_alone(client: Any) -> None:
    told()
    other = Team.objects.create(name="Marketing")
    page = Client()
    page.force_login(make_user("mona", Role.TEAM_LEAD, other))
    context = page.get("/decisions/compare?from=2026-10").context
    assert context["lines"] == []
    assert context["mix"] == []
