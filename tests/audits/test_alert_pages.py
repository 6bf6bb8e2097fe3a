"""Rules, alerts and budgets by page and by API: what is refused, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Role, Team, User
from audits.actions.alerts import evaluate
from audits.models import Alert, AlertRule, Budget
from tests.cast import NOON, make_user
from tests.watched import have_november, rule

NEW = "/settings/alerts/new"
RULES, ALERTS, BUDGETS = "/api/v1/alert-rules", "/api/v1/alerts", "/api/v1/budgets"
SAID: dict[str, Any] = {
    "name": "Unpriced calls", "measure": "unpriced_share", "comparison": "above", "threshold": "5", "window": "month",
    "minimum": 3, "roles": ["finance"], "team": "Claims",
}  # fmt: skip
BUDGET = {"team": "Claims", "counts": "token_bill", "amount": "8.00", "first_month": "2026-11"}


@pytest.fixture(autouse=True)
def november(claims: Team, support: Team) -> None:
    have_november()


def page_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def api_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("said", "field", "problem"),
    [
        ({"provider": "openai"}, "provider", "Unpriced share is not known by provider. Leave it empty."),
        ({"clear_threshold": "6"}, "clear_threshold", "Must be at most the threshold."),
        ({"comparison": "below", "clear_threshold": "4"}, "clear_threshold", "Must be at least the threshold."),
        ({"window": "days"}, "days", "Say how many days."),
        ({"measure": "capture_rate", "team": ""}, "window", "Capture rate is over the last complete month only."),
        ({"measure": "budget_share", "team": ""}, "budget", "Choose the budget that it watches."),
        ({"roles": []}, "roles", "Choose a role, or somebody, to be told."),
        ({"people": ["ludo"]}, "people", "May not see these figures: ludo."),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_field(fiona, support, said, field, problem):
    make_user("ludo", Role.TEAM_LEAD, support)
    answer = page_of(fiona).post(NEW, {**SAID, **said, "save": "yes"})
    assert answer.status_code == 400
    assert answer.context["form"].errors[field] == [problem]
    refused = api_of(fiona).post(RULES, SAID | said, format="json")
    assert (refused.status_code, refused.json()[field]) == (400, [problem])
    assert not AlertRule.objects.exists()


def test_a_preview_by_plain_form_stores_nothing(fiona):
    answer = page_of(fiona).post(NEW, {**SAID, "preview": "yes"})
    assert answer.status_code == 200
    assert (answer.context["now"], answer.context["sample"]) == ("20.0%", "5 calls")
    assert not AlertRule.objects.exists()


def test_a_rule_goes_in_and_out_of_the_api_in_the_same_words(fiona):
    made = api_of(fiona).post(RULES, SAID, format="json")
    assert made.status_code == 201
    told = made.json()
    assert {name: told[name] for name in SAID} == SAID
    assert (told["clear_threshold"], told["unit"], told["active"]) == ("4.5", "percent", True)
    changed = {**SAID, "threshold": "7.5", "active": False}
    told = api_of(fiona).put(f"{RULES}/{told['id']}", changed, format="json").json()
    assert (told["threshold"], told["clear_threshold"], told["active"]) == ("7.5", "6.75", False)
    [listed] = api_of(fiona).get(RULES).json()["alert_rules"]
    assert listed == told


@pytest.mark.parametrize("body", [[], {**SAID, "more": 1}, {**SAID, "name": {}}, {**SAID, "people": "ada"}])
def test_what_is_no_rule_is_refused(fiona, body):
    assert api_of(fiona).post(RULES, body, format="json").status_code == 400


def test_alerts_are_seen_and_acknowledged_by_whose_team_it_is(fiona, lena, victor, support):
    ludo = make_user("ludo", Role.TEAM_LEAD, support)
    rule("multiplier", "2", name="Claims", team=Team.objects.get(name="Claims"))
    rule("multiplier", "2", name="Everybody")
    for hour in (12, 13):
        evaluate(at=NOON.replace(hour=hour))
    seen = {user.username: api_of(user).get(f"{ALERTS}?raised=yes").json()["alerts"] for user in (fiona, lena, ludo)}
    assert {name: [alert["name"] for alert in alerts] for name, alerts in seen.items()} == {
        "fiona": ["Everybody", "Claims"], "lena": ["Claims"], "ludo": [],
    }  # fmt: skip
    [told] = seen["lena"]
    assert (told["value"], told["threshold"], told["unit"]) == ("19.333333333", "2", "times")
    seen_to = f"{ALERTS}/{told['id']}/acknowledge"
    assert api_of(ludo).post(seen_to, {}, format="json").status_code == 404
    assert api_of(victor).post(seen_to, {}, format="json").status_code == 403
    assert api_of(lena).post(seen_to, {"note": "On it"}, format="json").json()["acknowledged_by"] == "lena"
    page_of(fiona).post(f"/alerts/{told['id']}/acknowledge", {"note": "Me too"})
    assert Alert.objects.get(pk=told["id"]).note == "On it"


def test_a_budget_goes_in_by_api_and_stands_as_by_hand(fiona, lena, support):
    made = api_of(fiona).post(BUDGETS, BUDGET, format="json")
    assert (made.status_code, made.json()["amount_usd"]) == (201, "8.00")
    [told] = api_of(lena).get(f"{BUDGETS}?month=2026-11").json()["budgets"]
    assert told["standing"] == {
        "month": "2026-11", "spent_usd": "6.00", "share": 0.75, "forecast_usd": told["standing"]["forecast_usd"],
        "forecast_share": told["standing"]["forecast_share"], "left_usd": "2.00",
        "days_left": told["standing"]["days_left"],
    }  # fmt: skip
    assert api_of(make_user("ludo", Role.TEAM_LEAD, support)).get(BUDGETS).json() == {"budgets": []}
    [before] = api_of(lena).get(f"{BUDGETS}?month=2026-10").json()["budgets"]
    assert before["standing"] is None
    assert api_of(lena).post(BUDGETS, BUDGET, format="json").status_code == 403


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "first_month"),  # there is one already
        ({"first_month": "2026-12"}, "first_month"),  # the one there is has no end
        ({"team": None, "last_month": "2026-10"}, "last_month"),
        ({"team": "Nobody"}, "team"),
        ({"amount": "0"}, "amount"),
        ({"first_month": "soon"}, "first_month"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused_by_field(fiona, said, field):
    api_of(fiona).post(BUDGETS, BUDGET, format="json")
    refused = api_of(fiona).post(BUDGETS, BUDGET | said, format="json")
    assert (refused.status_code, [*refused.json()]) == (400, [field])
    assert Budget.objects.count() == 1
