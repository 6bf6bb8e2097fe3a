"""Audit plans and draws by API: by the rules of the pages, and answered as any correction is posted."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Role, Team
from audits.actions.sampling import draw_due
from audits.models import AuditDraw, AuditPlan
from tests.audits.audited import have_plan, have_successes
from tests.audits.logging import seen_by
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db
PLANS, DRAWS = "/api/v1/audits/plans", "/api/v1/audits/draws"


@pytest.fixture(autouse=True)
def _successes(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)
    have_successes()


@pytest.fixture
def lea() -> Client:
    return seen_by(make_user("lea", Role.TEAM_LEAD, Team.objects.get(name="Claims")))


def sent(client: Client, way: str, address: str, **said: Any) -> Any:
    return getattr(client, way)(address, said, content_type="application/json")


def test_a_plan_is_made_draws_at_once_and_is_stopped_as_its_next_version(lea):
    made = sent(lea, "post", PLANS, team="Claims", how="number", amount="5")
    assert made.status_code == 201, made.content
    plan = made.json()
    assert (plan["version"], plan["number"], plan["share"], plan["active"], plan["open"]) == (1, 5, None, True, 5)
    stopped = sent(lea, "put", f"{PLANS}/{plan['id']}", team="Claims", how="share", amount="2.5", state="stopped")
    assert (stopped.status_code, stopped.json()["version"], stopped.json()["share"]) == (200, 2, 0.025)
    (listed,) = lea.get(PLANS).json()["plans"]
    assert listed == stopped.json()
    assert (listed["active"], listed["drawn"], listed["seed"]) == (False, 5, plan["seed"])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"how": "number", "amount": "5"}, "team"),
        ({"team": "Claims", "how": "share", "amount": "101"}, "amount"),
        ({"team": "Claims", "how": "number", "amount": "1.5"}, "amount"),
        ({"team": "Claims", "how": "both", "amount": "1"}, "how"),
        ({"team": "Nobody", "how": "number", "amount": "1"}, "team"),
        ({"team": "Claims", "how": "number", "amount": "1", "seed": "mine"}, "seed"),
    ],
)
def test_what_is_wrong_is_said_by_field(lea, said, field):
    answer = sent(lea, "post", PLANS, **said)
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not AuditPlan.objects.exists()


def test_draws_are_listed_with_their_probability_and_answered_by_a_correction(lea):
    plan = have_plan()
    draw_due(at=NOON)
    found = lea.get(DRAWS, {"plan": plan.identity, "state": "open"}).json()
    assert (len(found["draws"]), found["next"]) == (5, None)
    first = found["draws"][0]
    assert first["probability"] == pytest.approx(first["taken"] / first["successes"])
    review = {
        "id": first["review"], "task": first["task"], "team": first["team"], "worked_on": "2026-11-20", "minutes": 3,
        "role": "adjuster", "activity": "review", "verdict": "rejected",
    }  # fmt: skip
    posted = sent(lea, "post", "/api/v1/corrections", corrections=[review])
    assert posted.status_code in (200, 201, 202, 207), posted.content
    (answered,) = lea.get(DRAWS, {"state": "answered"}).json()["draws"]
    assert (answered["id"], answered["verdict"]) == (first["id"], "rejected")
    assert len(lea.get(DRAWS, {"state": "open"}).json()["draws"]) == 4


def test_draws_nobody_answered_in_time_are_non_response(time_machine):
    have_plan()
    draw_due(at=NOON)
    time_machine.move_to("2027-01-15T12:00:00Z", tick=False)
    later = seen_by(make_user("lea", Role.TEAM_LEAD, Team.objects.get(name="Claims")))
    assert {each["state"] for each in later.get(DRAWS).json()["draws"]} == {"non_response"}


def test_draws_go_on_behind_the_last_of_a_page(lea, monkeypatch):
    have_plan()
    draw_due(at=NOON)
    monkeypatch.setattr("audits.api.audit_plans._MOST", 2)
    found, after = [], "0"
    while after is not None:
        page = lea.get(DRAWS, {"after": after}).json()
        found += [each["id"] for each in page["draws"]]
        after = page["next"]
    assert found == sorted(AuditDraw.objects.values_list("id", flat=True))


def test_draws_and_plans_of_a_neighbour_are_none_of_theirs():
    have_plan()
    draw_due(at=NOON)
    other = seen_by(make_user("otto", Role.TEAM_LEAD, Team.objects.create(name="Letters")))
    assert (other.get(PLANS).json()["plans"], other.get(DRAWS).json()["draws"]) == ([], [])
    known = AuditPlan.objects.get().identity
    for identity in (known, uuid4()):
        answer = sent(other, "put", f"{PLANS}/{identity}", team="Letters", how="number", amount="1")
        assert answer.status_code == 404


def test_of_a_plan_of_all_teams_a_lead_is_told_what_was_drawn_from_own_teams():
    AuditPlan.objects.create(number=5, seed="all", made_at=NOON)
    draw_due(at=NOON)
    assert AuditDraw.objects.count() == 5
    other = seen_by(make_user("otto", Role.TEAM_LEAD, Team.objects.create(name="Letters")))
    (plan,) = other.get(PLANS).json()["plans"]
    assert (plan["drawn"], plan["open"]) == (0, 0)
    assert [tally for _, tally, _ in other.get("/audits/plans").context["rows"]] == [None]


def test_a_stopped_plan_stays_stopped_unless_it_is_said_to_draw(lea):
    plan = sent(lea, "post", PLANS, team="Claims", how="number", amount="5", state="stopped").json()
    changed = sent(lea, "put", f"{PLANS}/{plan['id']}", team="Claims", how="number", amount="6")
    assert (changed.json()["number"], changed.json()["active"]) == (6, False)


@pytest.mark.parametrize("words", [{"state": "lost"}, {"plan": "mine"}, {"after": "-1"}, {"before": "1"}])
def test_words_that_say_nothing_are_refused_by_name(lea, words):
    answer = lea.get(DRAWS, words)
    assert (answer.status_code, list(answer.json())) == (400, list(words))
