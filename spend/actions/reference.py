"""Writes changes of tiers, models, prices and task types, and says whom they concern.

Prices are never edited: a changed one is superseded by a new row, so that what was computed keeps its price.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actions import write_team
from spend import store
from spend.domain.reference import records
from spend.domain.reference.changed import Changed
from spend.domain.reference.difference import Change, effective
from spend.domain.reference.records import ALWAYS, Record
from spend.models import Llm, LlmTier, Price, TaskType, Tier

BUCKETS = ("input", "cache_read", "cache_write", "cache_write_1h", "output")


@transaction.atomic
def write(changes: Iterable[Change], *, at: datetime) -> Changed:
    """Write what changes of this application's sections and of teams; leave the others to audits."""
    store.lock_reference_data_for_change()
    changed = Changed()
    for change in effective(changes):
        changed |= _write(change, at)
    return changed


@transaction.atomic
def withdraw_prices(prices: Iterable[Price], *, at: datetime) -> Changed:
    """Take prices out of force, with nothing in their place."""
    store.lock_reference_data_for_change()
    changed = Changed()
    for price in prices:
        if Price.objects.filter(pk=price.pk, superseded_at=None).update(superseded_at=at):
            changed |= Changed(prices={price.llm_id: price.starts_on})
    return changed


def _write(change: Change, at: datetime) -> Changed:
    match change.after:
        case records.Team() as team:
            write_team(name=team.name, cost_centre=team.cost_centre)
        case records.Tier() as tier:
            _write_tier(tier)
        case records.Model() as model:
            return _write_model(model, change.before)
        case records.ModelTier() as row:
            return _write_model_tier(row, change.before)
        case records.ModelPrice() as price:
            return _write_price(price, at)
        case records.TaskType() as task_type:
            return _write_task_type(task_type)
    return Changed()


def _write_tier(tier: records.Tier) -> None:
    """A tier's range moves no model: the tier of a model is derived once and then sticky (R9)."""
    values = {"from_blended": tier.from_blended, "claimed_fail_rate": tier.claimed_fail_rate}
    Tier.objects.update_or_create(name=tier.name, defaults=values)


def _write_model(model: records.Model, before: Record | None) -> Changed:
    values: dict[str, Any] = {
        "aliases": list(model.aliases or ()),
        "weights": model.weights or "",
        "hosting": model.hosting or "",
        "free": model.free or False,
        "listed": True,
    }
    llm, _ = Llm.objects.update_or_create(provider=model.provider, name=model.name, defaults=values)
    was_free = isinstance(before, records.Model) and bool(before.free)
    return Changed(prices={llm.pk: ALWAYS}) if was_free != llm.free else Changed()


def _write_model_tier(row: records.ModelTier, before: Record | None) -> Changed:
    llm = _llm_id(row.provider, row.name)
    values = {"tier": Tier.objects.get(name=row.tier), "derived": row.derived}
    LlmTier.objects.update_or_create(llm_id=llm, starts_on=row.starts_on, defaults=values)
    same = isinstance(before, records.ModelTier) and before.tier == row.tier
    return Changed() if same else Changed(tiers={llm: row.starts_on})


def _write_price(price: records.ModelPrice, at: datetime) -> Changed:
    llm = _llm_id(price.provider, price.name)
    key: dict[str, Any] = {
        "llm_id": llm,
        "source": price.source,
        "service_tier": price.service_tier,
        "starts_on": price.starts_on,
        "context_over": price.context_over,
    }
    Price.objects.filter(**key, superseded_at=None).update(superseded_at=at)
    rates = {bucket: getattr(price, bucket) for bucket in BUCKETS}
    Price.objects.create(**key, **rates, ends_on=price.ends_on, free=price.free, reference=price.reference)
    return Changed(prices={llm: price.starts_on})


def _write_task_type(row: records.TaskType) -> Changed:
    values = {
        "manual_minutes": row.manual_minutes,
        "role": row.role,
        "value": row.value,
        "acceptance_days": row.acceptance_days,
        "complexity_at_intake": row.complexity_at_intake,
    }
    task_type, _ = TaskType.objects.update_or_create(name=row.name, defaults=values)
    return Changed(task_types=frozenset({task_type.pk}))


def _llm_id(provider: str, name: str) -> int:
    """Return the model's id; a file may give a model only a price, so it is made, or listed, when it is new."""
    llm, _ = Llm.objects.get_or_create(provider=provider, name=name)
    if not llm.listed:
        Llm.objects.filter(pk=llm.pk).update(listed=True)
    return llm.pk
