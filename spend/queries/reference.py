"""Reference data as records of the file, read for `apply`, `export` and the settings pages."""

from __future__ import annotations

from accounts.models import Team
from spend.domain.reference import records
from spend.domain.reference.records import Reference
from spend.models import Llm, LlmTier, Price, TaskType, Tier


def current() -> Reference:
    """Return what is in force, of the sections that this application and accounts keep."""
    return Reference(
        teams=tuple(records.Team(*row) for row in Team.objects.values_list("name", "cost_centre")),
        tiers=tuple(tier_record(row) for row in Tier.objects.all()),
        models=tuple(model_record(row) for row in Llm.objects.filter(listed=True)),
        model_tiers=tuple(model_tier_record(row) for row in LlmTier.objects.select_related("llm", "tier")),
        model_prices=tuple(
            price_record(row) for row in Price.objects.filter(superseded_at=None).select_related("llm").order_by("pk")
        ),
        task_types=tuple(task_type_record(row) for row in TaskType.objects.all()),
    )


def tier_record(row: Tier) -> records.Tier:
    return records.Tier(row.name, row.from_blended, row.claimed_fail_rate)


def model_record(row: Llm) -> records.Model:
    return records.Model(row.provider, row.name, tuple(row.aliases), row.weights, row.hosting, row.free)


def model_tier_record(row: LlmTier) -> records.ModelTier:
    return records.ModelTier(row.llm.provider, row.llm.name, row.starts_on, row.tier.name, row.derived)


def price_record(row: Price) -> records.ModelPrice:
    return price_record_of(row, provider=row.llm.provider, name=row.llm.name)


def price_record_of(row: Price, *, provider: str, name: str) -> records.ModelPrice:
    """Return the record of a price whose model need not be stored yet."""
    return records.ModelPrice(
        provider,
        name,
        row.starts_on,
        source=row.source,
        service_tier=row.service_tier,
        context_over=row.context_over,
        ends_on=row.ends_on,
        input=row.input,
        cache_read=row.cache_read,
        cache_write=row.cache_write,
        cache_write_1h=row.cache_write_1h,
        output=row.output,
        free=row.free,
        reference=row.reference,
    )


def task_type_record(row: TaskType) -> records.TaskType:
    return records.TaskType(
        row.name, row.manual_minutes, row.role, row.value, row.acceptance_days, row.complexity_at_intake
    )
