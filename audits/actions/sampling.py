"""Quality audits: plans are made, changed and stopped; each week draws tasks; a review answers a draw."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from secrets import token_hex
from typing import Any
from uuid import uuid4

from django.db import transaction

from audits.actions.records import Origin, record_corrections
from audits.actions.reports import bring_up_to_date
from audits.actions.revisions import next_version, revise
from audits.domain.decisions import sampling
from audits.models import AuditDraw, AuditPlan, Correction
from audits.queries.choosing import Choice
from audits.queries.sampling import Group, drawn_so_far, frame, sizes
from spend.ingest.identity import key_of
from spend.ingest.receipt import CONFLICT, Receipt
from spend.ingest.records import Item, Problem
from spend.queries.zone import reporting_day

# Long enough for a holiday; a reviewer who is asked about older work no longer knows what was right.
ANSWERED_WITHIN = timedelta(days=28)


def make_plan(plan: AuditPlan, *, at: datetime, by: int | None) -> AuditPlan:
    """Save a new plan with a seed of its own."""
    plan.identity, plan.version, plan.latest = uuid4(), 1, True
    plan.seed, plan.made_at, plan.made_by_id = plan.seed or token_hex(16), at, by
    plan.save(force_insert=True)
    return plan


def begin_plan(plan: AuditPlan, *, at: datetime, by: int | None) -> AuditPlan:
    """Save a new plan and draw its first week at once, so that there is something to answer."""
    made = make_plan(plan, at=at, by=by)
    draw_due(at=at)
    return made


@transaction.atomic
def change_plan(plan: AuditPlan, *, at: datetime, by: int | None) -> AuditPlan:
    """Save `plan`, read and then changed, as the next version; draws stay with the version that made them."""
    former = AuditPlan.objects.select_for_update().get(identity=plan.identity, latest=True)
    AuditPlan.objects.filter(pk=former.pk).update(latest=False)
    plan.pk, plan.version, plan.latest = None, former.version + 1, True
    plan.made_at, plan.made_by_id = at, by
    plan.save(force_insert=True)
    return plan


def draw_due(*, at: datetime) -> int:
    """Draw this week's tasks of each plan that has not drawn yet, and return how many. A week is drawn once."""
    bring_up_to_date(at=at)
    active = AuditPlan.objects.filter(latest=True, is_active=True).order_by("pk").values_list("pk", flat=True)
    return sum(_draw_week(pk, at) for pk in active)


@transaction.atomic
def _draw_week(pk: int, at: datetime) -> int:
    today = reporting_day(at)
    locked = AuditPlan.objects.select_for_update().filter(latest=True, is_active=True).order_by("pk")
    plan = next((each for each in locked if each.pk == pk), None)  # all of them: no two draw the same task
    week = monday(today)
    if plan is None or AuditDraw.objects.filter(plan__identity=plan.identity, week=week).exists():
        return 0
    strata, teams = frame(plan, today)
    number = wanted(plan, {group: len(tasks) for group, tasks in strata.items()}, today)
    drawn = sampling.draw(strata, sampling.Plan(number=number), seed=f"{plan.seed}:{week}")
    rows = [_row(plan, week, each, teams[each.task], len(strata[each.stratum]), at) for each in drawn]
    return len(AuditDraw.objects.bulk_create(rows))


def wanted(plan: AuditPlan, successes: dict[Group, int], today: date) -> int:
    """Return how many a plan draws this week: its number, or what is missing of its share of these months."""
    unseen = sum(successes.values())
    if plan.number is not None:
        return min(plan.number, unseen)
    drawn = drawn_so_far(plan, today)
    return max(0, min(unseen, ceil(Fraction(plan.share or 0) * (unseen + drawn)) - drawn))


def preview(plan: AuditPlan, *, at: datetime) -> list[tuple[Group, int, int]]:
    """Return what a plan would draw in a week as things are: each stratum, how many of how many, the largest first."""
    bring_up_to_date(at=at)
    found = sizes(plan, today := reporting_day(at))
    taken = sampling.allocate(found, sampling.Plan(number=wanted(plan, found, today)))
    return sorted(
        ((group, taken[group], size) for group, size in found.items()), key=lambda each: (-each[2], each[0].month)
    )


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _row(
    plan: AuditPlan, week: date, drawn: sampling.Draw[Group], team: int, successes: int, at: datetime
) -> AuditDraw:
    group = drawn.stratum
    return AuditDraw(
        plan=plan,
        week=week,
        team_id=team,
        task_key=drawn.task,
        task_type_id=group.task_type,
        tier_id=group.tier,
        month=group.month,
        taken=round(drawn.probability * successes),
        successes=successes,
        review=key_of("correction", team, review_id(drawn.task)),
        drawn_at=at,
        expires_on=reporting_day(at) + ANSWERED_WITHIN,
    )


def review_id(task: object) -> str:
    """Return the external id of the correction that answers the draw of a task."""
    return f"audit-{task}"


def answered_as(
    draw: AuditDraw, task: Choice, verdict: str, minutes: Decimal | int | str, role: str, day: date
) -> dict[str, object]:
    """Return the review of a draw as the API would be sent it; what was withdrawn before is followed by a version."""
    former = Correction.objects.filter(identity=draw.review, latest=True).first()
    return {
        "id": review_id(draw.task_key),
        "worked_on": str(day),
        "minutes": str(minutes),
        "role": role,
        "activity": "review",
        "verdict": verdict,
        "provenance": "self_reported",
        "team": task.team,
        **({"task": task.id} if task.id else {"call": task.call}),
        **({**next_version(former), "reason": "reviewed again"} if former else {}),
    }


def answer_draw(draw: AuditDraw, item: Item, *, at: datetime, by: int | None) -> Receipt:
    """Record the review of a draw; one that was withdrawn is followed, one that counts is left as it is."""
    today = reporting_day(at)
    former = Correction.objects.filter(identity=draw.review, latest=True).select_related("team").first()
    if former is not None and not former.withdrawn:
        record: Any = item.record
        return Receipt(rejected=[Problem(item.index, record.id, {"id": [CONFLICT]})])
    if former is not None:
        return revise(latest=former, item=item, at=at, today=today, by=by)
    return record_corrections(items=[item], reach=frozenset({draw.team_id}), at=at, today=today, origin=Origin(by))
