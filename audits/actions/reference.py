"""Writes changes of labour rates and fixed costs, and says whom they concern."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Team
from audits.models import FixedCost, LabourRate
from audits.queries.rates import rates
from spend.domain.reference import records
from spend.domain.reference.changed import Changed
from spend.domain.reference.difference import Change, effective
from spend.models import Llm, Tier


@transaction.atomic
def write(changes: Iterable[Change]) -> Changed:
    """Write what changes of this application's sections; spend's come first, for what a fixed cost may name."""
    changed = Changed()
    for change in effective(changes):
        if isinstance(change.after, records.LabourRate):
            changed |= _write_labour_rate(change.after)
        elif isinstance(change.after, records.FixedCost):
            changed |= _write_fixed_cost(change.after)
    return changed


def _write_labour_rate(rate: records.LabourRate) -> Changed:
    values = {
        "hourly": rate.hourly,
        "salary": rate.salary,
        "overhead": rate.overhead,
        "productive_hours": rate.productive_hours,
    }
    LabourRate.objects.update_or_create(role=rate.role, starts_on=rate.starts_on, defaults=values)
    return Changed(rates={rate.role: rate.starts_on}, fixed_costs=frozenset(_revalued(rate.role, rate.starts_on)))


def _revalued(role: str, since: date) -> Iterator[UUID]:
    """Value the hours of this role anew by the rates there are now; yield the fixed costs that this changes."""
    hourly = rates()
    for cost in FixedCost.objects.select_for_update().filter(role=role, starts_on__gte=since):
        now = hourly.on(role, cost.starts_on)
        if cost.hours is not None and now is not None and now != cost.hourly:
            cost.hourly, cost.amount = now, records.amount_of(cost.hours, now)
            cost.save(update_fields=["hourly", "amount"])
            yield cost.identity


def _write_fixed_cost(cost: records.FixedCost) -> Changed:
    provider, _, name = cost.model.partition("/")
    values: dict[str, Any] = {
        "kind": cost.kind,
        "asset": cost.asset,
        "amount": cost.amount,
        "hours": cost.hours,
        "role": cost.role,
        "hourly": cost.hourly,
        "starts_on": cost.starts_on,
        "ends_on": cost.ends_on,
        "abandoned_on": cost.abandoned_on,
        "team": Team.objects.get(name=cost.team) if cost.team else None,
        "tier": Tier.objects.get(name=cost.tier) if cost.tier else None,
        "llm": Llm.objects.get(provider=provider, name=name) if cost.model else None,
    }
    row, _ = FixedCost.objects.update_or_create(name=cost.name, defaults=values)
    return Changed(fixed_costs=frozenset({row.identity}))
