"""The queue of quality audits and its plans: what they show, what they write, and to whom they open."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Role, Team
from audits.actions.revisions import withdraw
from audits.actions.sampling import draw_due
from audits.models import AuditDraw, AuditPlan, Correction, Entry
from tests.audits.audited import have_plan, have_successes, review
from tests.audits.logging import seen_by
from tests.cast import NOON, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _successes(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)
    have_successes()


@pytest.fixture
def lea() -> Client:
    return seen_by(make_user("lea", Role.TEAM_LEAD, Team.objects.get(name="Claims")))


def answered(client: Client, draw: int, verdict: str = "accepted", **more: str):
    return client.post("/audits", {"draw": draw, "verdict": verdict, "minutes": "4", "role": "adjuster", **more})


def shown(client: Client, address: str = "/audits") -> int:
    return client.get(address).context["draw"].pk


def test_a_verdict_writes_a_review_by_the_rules_of_any_correction(lea):
    have_plan()
    draw_due(at=NOON)
    draw = AuditDraw.objects.get(pk=shown(lea))
    response = answered(lea, draw.pk, "rejected")
    assert response.headers["Location"] == f"/audits?answered={draw.review}"
    written = Correction.objects.get(identity=draw.review)
    assert (written.activity, written.verdict, written.minutes, written.role) == ("review", "rejected", 4, "adjuster")
    assert (written.task_key, written.recorded_by.username) == (draw.task_key, "lea")
    assert {entry.category for entry in Entry.objects.filter(source=draw.review)} == {"appraisal"}
    assert shown(lea) != draw.pk


def test_what_the_rules_refuse_stays_on_the_page(lea):
    have_plan()
    draw_due(at=NOON)
    response = answered(lea, shown(lea), minutes="soon")
    assert response.context["form"].errors == {"minutes": ["Minutes must be a number such as 12.50."]}
    assert not Correction.objects.exists()


def test_minutes_and_role_stay_for_the_next_task(lea):
    have_plan()
    draw_due(at=NOON)
    answered(lea, shown(lea), minutes="2.5")
    assert lea.get("/audits").context["form"].initial["minutes"] == "2.5"


def test_an_answer_given_meanwhile_is_not_overwritten(lea):
    have_plan()
    draw_due(at=NOON)
    draw = AuditDraw.objects.get(pk=shown(lea))
    review(draw, "rejected")
    assert "Somebody answered this one meanwhile." in answered(lea, draw.pk, "accepted").content.decode()
    assert Correction.objects.get(identity=draw.review, latest=True).verdict == "rejected"


def test_skipping_goes_round(lea):
    have_plan(number=3)
    draw_due(at=NOON)
    first = shown(lea)
    second = shown(lea, f"/audits?after={first}")
    third = shown(lea, f"/audits?after={second}")
    assert len({first, second, third}) == 3
    assert shown(lea, f"/audits?after={third}") == first
    assert shown(lea, "/audits?after=soon") == first


def test_a_withdrawn_review_is_asked_for_again(lea):
    have_plan(number=1)
    draw_due(at=NOON)
    draw = AuditDraw.objects.get()
    answer = review(draw, "accepted")
    assert "Nothing to look at" in lea.get("/audits").content.decode()
    withdraw(latest=answer, reason="wrong task", at=NOON, today=NOON.date(), by=None)
    assert shown(lea) == draw.pk


def test_nobody_sees_or_answers_the_tasks_of_other_teams(lea):
    have_plan("Support", number=2)
    draw_due(at=NOON)
    assert "Nothing to look at" in lea.get("/audits").content.decode()
    assert answered(lea, AuditDraw.objects.first().pk).status_code == 404
    assert not Correction.objects.exists()


def plan_said(**changes: str) -> dict[str, str]:
    return {"team": "Claims", "task_type": "", "how": "number", "amount": "5", "state": "active", **changes}


def test_a_new_plan_draws_at_once(lea):
    assert lea.post("/audits/plans/new", plan_said()).status_code == 302
    made = AuditPlan.objects.get()
    assert (made.team.name, made.number, made.share, made.version, made.made_by.username) == (
        "Claims",
        5,
        None,
        1,
        "lea",
    )
    assert AuditDraw.objects.count() == 5


def test_a_preview_says_how_many_and_saves_nothing(lea):
    page = lea.post("/audits/plans/new", plan_said(how="share", amount="20", preview="1"))
    assert [(row[0]["tier"], row[1], row[2]) for row in page.context["strata"]] == [
        ("commodity", 2, 12),
        ("frontier", 1, 3),
    ]
    assert page.context["number"] == 3
    assert not AuditPlan.objects.exists()


def test_a_change_is_a_version(lea):
    lea.post("/audits/plans/new", plan_said())
    made = AuditPlan.objects.get()
    form = lea.get(f"/audits/plans/{made.identity}").context["form"]
    lea.post(
        f"/audits/plans/{made.identity}",
        plan_said(how="share", amount="7.5", state="stopped", seen=form.initial["seen"]),
    )
    latest = AuditPlan.objects.get(latest=True)
    assert (latest.version, latest.share, latest.number, latest.is_active) == (2, Decimal("0.075"), None, False)
    assert latest.seed == made.seed


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"team": "Support"}, "team"),
        ({"team": ""}, "team"),
        ({"how": "share", "amount": "101"}, "amount"),
        ({"amount": "2.5"}, "amount"),
        ({"amount": "0"}, "amount"),
    ],
)
def test_what_a_lead_may_not_plan_is_refused(lea, changes, problem):
    response = lea.post("/audits/plans/new", plan_said(**changes))
    assert (response.status_code, list(response.context["form"].errors)) == (400, [problem])
    assert not AuditPlan.objects.exists()


def test_a_lead_sees_plans_of_all_teams_and_cannot_change_them(lea):
    everywhere, theirs = have_plan(None), have_plan("Support")
    rows = lea.get("/audits/plans").context["rows"]
    assert [(plan.pk, may) for plan, _, may in rows] == [(everywhere.pk, False)]
    for plan in (everywhere, theirs):
        assert lea.get(f"/audits/plans/{plan.identity}").status_code == 404
        assert lea.post(f"/audits/plans/{plan.identity}", plan_said()).status_code == 404
