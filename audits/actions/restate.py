"""What follows for ledger and daily rows from changed rates, tiers, task types and fixed costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from audits.actions.ledger import CORRECTION, FIXED_COST, INCIDENT, Sources, settle
from audits.models import Correction, FixedCost, Incident, TaskState
from spend.domain.effects import Effect, Moved
from spend.domain.periods import Month
from spend.domain.reference.changed import Changed
from spend.models import TaskType
from spend.store import mark_dirty


@transaction.atomic
def restate(changed: Changed, *, at: datetime, today: date) -> None:
    """Settle the sources that used the old values, and mark the slices whose tasks did."""
    settle(_sources(changed), at=at, today=today)
    types = changed.task_types | set(TaskType.objects.filter(role__in=changed.rates).values_list("id", flat=True))
    concerned = TaskState.objects.filter(task_type_id__in=types)
    mark_dirty(concerned.order_by().values_list("team_id", "day").distinct())


def effect_of_rates(
    rates: Mapping[str, date], hours: frozenset[UUID] = frozenset(), *, at: datetime, today: date
) -> Effect | None:
    """Return what settling would move in the ledger, with the rates as they are in this transaction. Writes nothing.

    `hours`: the fixed costs whose hours these rates value.
    """
    sources = _sources(Changed(rates=rates, fixed_costs=hours))
    months: dict[Month, Moved] = defaultdict(Moved)
    for move in settle(sources, at=at, today=today, dry_run=True):
        for day, before, after in move.amounts():
            months[Month.of(day)].before += before
            months[Month.of(day)].after += after
        months[Month.of(min(day for day, _, _ in move.amounts()))].count += 1
    title = "Corrections, incidents and fixed costs" if hours else "Corrections and incidents"
    return Effect(title, "record", months) if months else None


def _sources(changed: Changed) -> Sources:
    return Sources(
        {
            CORRECTION: _corrections(changed.rates, changed.tiers),
            INCIDENT: _incidents(changed.rates, changed.tiers),
            FIXED_COST: changed.fixed_costs | _fixed_costs(changed.tiers),
        }
    )


def _corrections(rates: Mapping[str, date], tiers: Mapping[int, date]) -> frozenset[UUID]:
    concerned = _any_of("role", rates, "worked_on") | _any_of("llm", tiers, "worked_on")
    return frozenset(Correction.objects.filter(concerned, latest=True).values_list("identity", flat=True))


def _incidents(rates: Mapping[str, date], tiers: Mapping[int, date]) -> frozenset[UUID]:
    concerned = _any_of("role", rates, "occurred_on") | _any_of("llm", tiers, "occurred_on")
    return frozenset(Incident.objects.filter(concerned, latest=True).values_list("identity", flat=True))


def _fixed_costs(tiers: Mapping[int, date]) -> frozenset[UUID]:
    return frozenset(FixedCost.objects.filter(llm__in=tiers).values_list("identity", flat=True))


def _any_of(column: str, first_days: Mapping[str, date] | Mapping[int, date], day_column: str) -> Q:
    """Records whose `column` is one of the keys, from that key's first day on."""
    concerned = Q(pk__in=[])
    by_day: dict[date, list[str | int]] = {}
    for key, day in first_days.items():
        by_day.setdefault(day, []).append(key)
    for day, keys in by_day.items():
        concerned |= Q(**{f"{column}__in": keys, f"{day_column}__gte": day})
    return concerned
