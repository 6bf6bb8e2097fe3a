"""How many successes failed in silence: the same by page, API and command, with what audits found and did not."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Role, Team
from audits.actions.sampling import draw_due
from audits.models import AuditDraw
from tests.audits.audited import have_plan, have_successes, review
from tests.audits.logging import seen_by
from tests.build import record
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db
NOVEMBER = {"from": "2026-11", "to": "2026-11"}


@pytest.fixture(autouse=True)
def _successes(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)
    have_successes()


@pytest.fixture
def ada() -> Client:
    return seen_by(make_user("ada", Role.ADMINISTRATOR))


def audited(*verdicts: str, **of: str) -> None:
    """Draw all tasks of Claims and answer the first of each tier's."""
    have_plan(number=15)
    draw_due(at=NOON)
    for draw, verdict in zip(AuditDraw.objects.filter(**of).order_by("task_key"), verdicts, strict=False):
        review(draw, verdict)


def found(client: Client, **words: str) -> dict:
    response = client.get("/api/v1/decisions/silent-failures", NOVEMBER | words)
    assert response.status_code == 200, response.content
    return response.json()


def test_without_an_audit_there_is_not_enough_data(ada):
    answer = found(ada)
    assert answer["rate"] is None
    assert answer["sentences"] == [
        "Not enough data: no success of these months that nobody looked at was drawn for an audit."
    ]
    assert b"No audits in these months" in ada.get("/decisions/silent-failures", NOVEMBER).content


def test_what_audits_find_stands_for_the_successes_that_nobody_looked_at(ada):
    audited("rejected", "accepted", "amended", "accepted", tier__name="commodity")
    answer = found(ada, tier="commodity", team="Claims")
    rate = answer["rate"]
    assert (rate["successes"], rate["answered"], rate["failed"], rate["rate"]) == (12, 4, 1, 0.25)
    assert rate["low"] < 0.25 < rate["high"]
    [tier] = answer["tiers"]
    # A rejected draw counts as a failure elsewhere; here it is one of the twelve, as it was when it was drawn.
    assert (tier["tier"], tier["successes"], tier["adjusted"]["successes"]) == ("commodity", 11, 9)
    assert tier["adjusted"]["final_yield"] == 0.75
    assert answer["draws"] == {"drawn": 12, "answered": 4, "failed": 1, "open": 8, "expired": 0}


def test_the_adjusted_cost_spreads_the_same_money_over_fewer_successes(ada):
    audited("rejected", "accepted", "amended", "accepted", tier__name="commodity")
    [tier] = found(ada, tier="commodity", team="Claims")["tiers"]
    observed, adjusted = (float(each["true_cost_per_success_usd"]) for each in (tier, tier["adjusted"]))
    assert adjusted * 9 == pytest.approx(observed * 11)
    assert float(tier["adjusted"]["true_cost_per_success_low_usd"]) <= adjusted


def test_a_draw_nobody_answered_in_time_is_non_response(time_machine):
    audited("accepted", "accepted", tier__name="frontier")
    time_machine.move_to(NOON + timedelta(days=29), tick=False)
    answer = found(seen_by(make_user("ada", Role.ADMINISTRATOR)), tier="frontier")
    assert answer["draws"] == {"drawn": 3, "answered": 2, "failed": 0, "open": 0, "expired": 1}
    assert (answer["rate"]["response"], answer["rate"]["worst"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert answer["rate"]["low"] == 0 < answer["rate"]["high"]


def test_reviews_of_tasks_somebody_chose_are_kept_apart(ada):
    record("correction", {
        "id": "angry", "worked_on": "2026-11-19", "minutes": 5, "role": "adjuster", "activity": "review",
        "verdict": "rejected", "task": "C-0", "team": "Claims",
    }, at=NOON)  # fmt: skip
    audited("accepted", "accepted", tier__name="commodity")
    answer = found(ada)
    assert answer["selected_reviews"] == {"reviewed": 1, "failed": 1}
    assert (answer["rate"]["failed"], answer["rate"]["answered"]) == (0, 2)


def test_more_audits_settle_it(ada):
    audited("accepted", "accepted", "accepted", tier__name="commodity")
    answer = found(ada, threshold="5")
    assert not answer["advice"]["settled"]
    assert f"is not settled: {answer['advice']['more']} more audits settle it." in answer["sentences"][0]
    assert found(ada, threshold="90")["advice"] == {"settled": True, "more": 0}


def test_a_lead_sees_what_their_own_teams_found():
    audited("accepted", tier__name="commodity")
    have_plan("Support", number=4)
    draw_due(at=NOON)
    lead = seen_by(make_user("ludo", Role.TEAM_LEAD, Team.objects.get(name="Support")))
    answer = found(lead)
    assert answer["draws"]["drawn"] == 4
    assert {stratum["team"] for stratum in answer["strata"]} == {"Support"}


def test_page_api_and_command_say_the_same(ada):
    audited("rejected", "accepted", "accepted", tier__name="commodity")
    said = StringIO()
    call_command("decide", "silent-failures", "--from", "2026-11", "--to", "2026-11", "--format", "json", stdout=said)
    answer = found(ada)
    assert json.loads(said.getvalue()) == answer
    page = ada.get("/decisions/silent-failures", NOVEMBER)
    assert page.context["headlines"] == answer["sentences"]


@pytest.mark.parametrize("threshold", ["soon", "0", "100", "nan"])
def test_a_threshold_that_is_none_is_refused_and_a_page_shows_the_usual_one(ada, threshold):
    words = NOVEMBER | {"threshold": threshold}
    assert ada.get("/api/v1/decisions/silent-failures", words).status_code == 400
    assert ada.get("/decisions/silent-failures", words).context["threshold_percent"] == "5"
    with pytest.raises(CommandError, match="threshold"):
        call_command("decide", "silent-failures", "--threshold", threshold)


def test_a_cheap_tier_says_which_rate_would_make_it_the_dearer_one(ada):
    record("correction", {
        "id": "redone", "worked_on": "2026-11-19", "minutes": 60, "role": "adjuster", "activity": "redo",
        "task": "F-0", "team": "Claims",
    }, at=NOON)  # fmt: skip
    record("correction", {
        "id": "fixed", "worked_on": "2026-11-19", "minutes": 30, "role": "adjuster", "activity": "fix",
        "task": "C-0", "team": "Claims",
    }, at=NOON)  # fmt: skip
    audited("accepted", tier__name="commodity")
    turning = found(ada)["overturning"]
    assert (turning["cheapest"], turning["rival"], turning["advice"]["settled"]) == ("commodity", "frontier", True)
    assert found(ada)["sentences"][1].endswith("had failed. By its audits fewer have.")
