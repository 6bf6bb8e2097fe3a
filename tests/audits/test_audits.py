"""Quality audits: who is drawn and with which probability, what answers a draw, and what it says of silent failures."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction

from audits.actions.reports import bring_up_to_date
from audits.actions.revisions import withdraw
from audits.actions.sampling import change_plan, draw_due
from audits.domain.decisions import sampling
from audits.models import AuditDraw, AuditPlan, TaskState
from audits.queries.choosing import task_to_choose
from audits.queries.sampling import Group, open_draws
from tests.audits.audited import have_plan, have_successes, review
from tests.audits.logging import call
from tests.build import record
from tests.cast import NOON

pytestmark = pytest.mark.django_db
NEXT_WEEK = NOON + timedelta(days=7)


@pytest.fixture(autouse=True)
def _successes(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)
    have_successes()


def test_a_week_is_drawn_once():
    have_plan()
    assert (draw_due(at=NOON), draw_due(at=NOON)) == (5, 0)


def test_whoever_doubts_a_draw_draws_it_again_by_its_seed():
    made = have_plan(seed="grain")
    draw_due(at=NOON)
    strata: dict[Group, list[str]] = {}
    for state in TaskState.objects.filter(team=made.team).order_by("-task_key"):
        group = Group(state.task_type_id, state.tier_id, state.day.replace(day=1))
        strata.setdefault(group, []).append(str(state.task_key))
    again = sampling.draw(strata, sampling.Plan(number=5), seed="grain:2026-11-16")
    assert {each.task for each in again} == {str(draw.task_key) for draw in AuditDraw.objects.all()}


def test_each_draw_keeps_the_probability_of_its_stratum():
    have_plan()
    draw_due(at=NOON)
    drawn = Counter((draw.tier.name, draw.probability) for draw in AuditDraw.objects.select_related("tier"))
    # Two of each, as far as five reach; the fifth goes to the larger.
    assert drawn == {("commodity", Fraction(3, 12)): 3, ("frontier", Fraction(2, 3)): 2}


def test_only_successes_of_the_plan_that_nobody_looked_at_are_drawn():
    record("correction", {
        "id": "seen", "worked_on": "2026-11-19", "minutes": 5, "role": "adjuster", "activity": "review", "task": "C-0",
        "team": "Claims",
    }, at=NOON)  # fmt: skip
    record("outcome", {"task": "C-1", "outcome": "failure", "team": "Claims", "version": 2}, at=NOON)
    have_plan(number=100)
    assert draw_due(at=NOON) == 13
    names = {task_to_choose(draw.task_key, teams=None).id for draw in AuditDraw.objects.all()}
    assert names == {f"C-{n}" for n in range(2, 12)} | {f"F-{n}" for n in range(3)}


def test_a_share_is_filled_up_to_and_not_drawn_anew_each_week():
    have_plan(number=None, share="0.2")
    assert (draw_due(at=NOON), draw_due(at=NEXT_WEEK)) == (3, 0)


def test_the_next_week_draws_others():
    have_plan()
    assert (draw_due(at=NOON), draw_due(at=NEXT_WEEK)) == (5, 5)
    assert AuditDraw.objects.values("task_key").distinct().count() == 10


def test_plans_that_overlap_draw_no_task_twice():
    have_plan(number=15)
    have_plan(team=None, number=19)
    assert draw_due(at=NOON) == 19


def test_a_stopped_plan_draws_nothing_and_its_versions_stay():
    made = have_plan()
    draw_due(at=NOON)
    made.is_active = False
    change_plan(made, at=NOON, by=None)
    assert draw_due(at=NEXT_WEEK) == 0
    versions = AuditPlan.objects.filter(identity=made.identity).order_by("version")
    assert [(each.version, each.latest, each.is_active, each.draws.count()) for each in versions] == [
        (1, False, True, 5),
        (2, True, False, 0),
    ]


def test_a_draw_keeps_its_stratum_whatever_becomes_of_its_task():
    have_plan()
    draw_due(at=NOON)
    draw = AuditDraw.objects.filter(tier__name="commodity").first()
    name = task_to_choose(draw.task_key, teams=None).id
    record("call", {**call("Claims", name, "large"), "id": "later", "occurred_at": "2026-11-11T08:00:00Z"}, at=NOON)
    bring_up_to_date(at=NOON)
    draw.refresh_from_db()
    assert TaskState.objects.get(task_key=draw.task_key).tier_id != draw.tier_id
    assert (draw.tier.name, draw.probability) == ("commodity", Fraction(3, 12))


def test_no_draw_is_ever_changed():
    have_plan()
    draw_due(at=NOON)
    for change in (lambda rows: rows.update(taken=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only|permission denied"), transaction.atomic():
            change(AuditDraw.objects.all())


def test_a_review_answers_a_draw_and_withdrawn_it_opens_it_again():
    have_plan()
    draw_due(at=NOON)
    draw = AuditDraw.objects.first()
    answer = review(draw, "accepted")
    assert (answer.activity, answer.verdict, answer.version) == ("review", "accepted", 1)
    assert draw.pk not in open_draws(teams=None, today=NOON.date())
    withdraw(latest=answer, reason="wrong task", at=NOON, today=NOON.date(), by=None)
    assert draw.pk in open_draws(teams=None, today=NOON.date())
    assert review(draw, "rejected").version == 3
    assert draw.pk not in open_draws(teams=None, today=NOON.date())


def test_after_four_weeks_nobody_is_asked_any_more():
    have_plan()
    draw_due(at=NOON)
    last = NOON.date() + timedelta(days=27)
    assert len(open_draws(teams=None, today=last)) == 5
    assert open_draws(teams=None, today=last + timedelta(days=1)) == []
