"""What is known of a month that somebody wants to close. From the rows of reports: bring them up to date first."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Max, Sum

from audits.domain.checklist import Facts, Invoice, Silent
from audits.domain.silence import silence
from audits.models import Correction, DailySources, MonthlyTasks, TaskState
from audits.queries import sums
from audits.queries.attention import roles_without_rate, unpriced
from audits.queries.connectors import label_of_source
from audits.queries.coverage import coverage_facts
from audits.queries.reconciling import reconciliations
from audits.queries.reports import UNATTRIBUTED, one_moment
from audits.queries.sums import Query
from spend.domain.periods import Month, Period
from spend.models import Repricing, Source, TaskType, Tier
from spend.queries.rejected import rejected_items

_WATCHED = timedelta(days=31)  # before the month: what pauses were usual


def facts_of(month: Month, *, today: date) -> Facts:
    """Return what the checklist of `month` reads, of all teams."""
    period = Period(month, month)
    query = Query(period, by=())
    with one_moment():
        calls, tasks = _only(sums.calls_without_latency(query)), _only(sums.tasks(query))
        costs, coverage = _only(sums.entries(query)), coverage_facts(query, [])
        strata = _strata(month)
        return Facts(
            ends_on=month.end_day,
            today=today,
            repricings=Repricing.objects.filter(ended_at=None).count(),
            calls=calls.get("calls", 0),
            unpriced_models=tuple((each.model, each.calls) for each in unpriced(period, None)),
            tasks=tasks.get("tasks", 0),
            judged=tasks.get("judged", 0),
            successes=tasks.get("successes", 0),
            presumed=tasks.get("presumed", 0),
            pending=tasks.get("pending", 0),
            pending_until=_pending_until(month),
            open_incidents=coverage.open_incidents,
            roles_without_rate=tuple(roles_without_rate(month.end_day - timedelta(days=1))),
            unlinked_corrections=coverage.corrections_naming - coverage.corrections_linked,
            rejected=rejected_items(None).count(),
            true_cost=calls.get("cost", 0) + sum(costs.get(name, 0) for name in sums.CATEGORIES),
            unattributed=costs.get("unattributed", 0),
            strata=len(strata),
            unaudited=tuple(_named(strata - _reviewed(month))),
            silent=tuple(_silent(month)),
            invoices=tuple(
                Invoice(each.provider, each.computed, each.billed, each.reconciled)
                for each in reconciliations(period, today=today)
                if each.computed or each.billed is not None  # calls without a price have an item of their own
            ),
        )


def _only(rows: sums.Sums) -> dict[str, int]:
    return rows[0][1] if rows else {}


def _pending_until(month: Month) -> date | None:
    """Return the first day on which no task of the month is pending any more, were nobody to say anything."""
    states = TaskState.objects.filter(day__gte=month.first_day, day__lt=month.end_day, state="pending")
    latest: date | None = states.aggregate(Max("changes_on"))["changes_on__max"]
    return latest


Strata = set[tuple[int | None, int | None]]


def _strata(month: Month) -> Strata:
    """Return task type and delivering tier of successes (R19)."""
    rows = MonthlyTasks.objects.filter(task_month=month.first_day).order_by()
    found = rows.values_list("task_type_id", "tier_id").annotate(Sum("successes")).filter(successes__sum__gt=0)
    return {(task_type, tier) for task_type, tier, _ in found}


def _reviewed(month: Month) -> Strata:
    """Return the strata of which somebody reviewed a task."""
    of_month = TaskState.objects.filter(day__gte=month.first_day, day__lt=month.end_day)
    reviews = Correction.objects.filter(latest=True, withdrawn=False, activity="review", task_key__isnull=False)
    found = of_month.filter(task_key__in=reviews.values("task_key")).order_by()
    return set(found.values_list("task_type_id", "tier_id").distinct())


def _named(strata: Strata) -> list[tuple[str, str]]:
    types: dict[int | None, str] = dict(TaskType.objects.values_list("id", "name"))
    tiers: dict[int | None, str] = dict(Tier.objects.values_list("id", "name"))
    return sorted((types.get(kind, "no task type"), tiers.get(tier, UNATTRIBUTED)) for kind, tier in strata)


def _silent(month: Month) -> list[Silent]:
    """Return the sources that had fallen silent by the end of the month, for longer than they used to pause."""
    first = month.first_day - _WATCHED
    days = (month.end_day - first).days
    counted: dict[int, list[int]] = defaultdict(lambda: [0] * days)
    rows = DailySources.objects.filter(day__gte=first, day__lt=month.end_day, source_id__isnull=False).order_by()
    for source, day, calls in rows.values_list("source_id", "day").annotate(Sum("calls")):
        counted[source][(day - first).days] = calls
    quiet = {source: found for source, calls in counted.items() if (found := silence(calls))}
    named = Source.objects.select_related("team").filter(pk__in=quiet).order_by("pk")
    return [Silent(f"{label_of_source(each)}, {each.team}", *quiet[each.pk]) for each in named]
