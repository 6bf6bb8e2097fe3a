"""Records as the text of a reference file, which `parse` reads back as the same records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from spend.domain.reference.parse import BUCKETS
from spend.domain.reference.records import (
    ALWAYS,
    CATALOGUE,
    CONTRACT,
    FixedCost,
    LabourRate,
    Model,
    ModelPrice,
    ModelTier,
    Reference,
    TaskType,
    Team,
    Tier,
    full_name,
)

Mapping = dict[str, Any]


class _Dumper(yaml.SafeDumper):
    """Small mappings on one line; no anchors, which people do not read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _number(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    """Write the number, with at least two places where it has any: these are mostly amounts."""
    whole, _, places = f"{value:f}".partition(".")
    places = places.rstrip("0")
    text = f"{whole}.{places.ljust(2, '0')}" if places else whole
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if places else 'int'}", text)


_Dumper.add_representer(Decimal, _number)


def text_of(reference: Reference) -> str:
    """Return the file. What `prices import` makes by itself is left to it, see `_models`."""
    sections = {
        "teams": [_team(team) for team in reference.teams],
        "labour_rates": [_labour_rate(rate) for rate in reference.labour_rates],
        "tiers": [_tier(tier) for tier in reference.tiers],
        "models": list(_models(reference)),
        "task_types": [_task_type(task_type) for task_type in reference.task_types],
        "fixed_costs": [_fixed_cost(cost) for cost in reference.fixed_costs],
    }
    return "\n".join(_dumped(name, items) for name, items in sections.items() if items)


def _dumped(section: str, items: list[Mapping]) -> str:
    found = yaml.dump(
        {section: items}, Dumper=_Dumper, sort_keys=False, default_flow_style=None, allow_unicode=True, width=120
    )
    return str(found)


def _given(**values: Any) -> Mapping:
    """Leave out what is empty; `from_` is the key `from`."""
    return {key.rstrip("_"): value for key, value in values.items() if value not in (None, "", (), [])}


def _team(team: Team) -> Mapping:
    return _given(name=team.name, cost_centre=team.cost_centre)


def _labour_rate(rate: LabourRate) -> Mapping:
    if rate.salary is None:
        return _given(role=rate.role, hourly=rate.hourly, from_=rate.starts_on)
    return _given(
        role=rate.role, salary=rate.salary, overhead=rate.overhead, productive_hours=rate.productive_hours,
        from_=rate.starts_on,
    )  # fmt: skip


def _tier(tier: Tier) -> Mapping:
    return _given(name=tier.name, from_blended=tier.from_blended, claimed_fail_rate=tier.claimed_fail_rate)


def _models(reference: Reference) -> Iterator[Mapping]:
    """Yield the models of which somebody said something: imported prices and derived tiers are not in the file."""
    tiers: dict[tuple[str, str], list[ModelTier]] = defaultdict(list)
    prices: dict[tuple[str, str], list[ModelPrice]] = defaultdict(list)
    for tier in reference.model_tiers:
        if not tier.derived:
            tiers[tier.provider, tier.name].append(tier)
    for price in reference.model_prices:
        if not price.is_imported:
            prices[price.provider, price.name].append(price)
    named = {cost.model for cost in reference.fixed_costs}
    for model in reference.models:
        key = (model.provider, model.name)
        item = _model(model, tiers[key], prices[key])
        if item.keys() - {"provider", "name"} or full_name(*key) in named:
            yield item


def _model(model: Model, tiers: list[ModelTier], prices: list[ModelPrice]) -> Mapping:
    always = len(tiers) == 1 and tiers[0].starts_on == ALWAYS
    return _given(
        provider=model.provider,
        name=model.name,
        aliases=list(model.aliases or ()),
        tier=tiers[0].tier if always else [{"tier": row.tier, "from": row.starts_on} for row in tiers],
        weights=model.weights,
        hosting=model.hosting,
        free=model.free or None,
        prices=[_price(price) for price in prices],
    )


def _price(price: ModelPrice) -> Mapping:
    return _given(
        from_=price.starts_on,
        to=price.ends_on,
        **{bucket: getattr(price, bucket) for bucket in BUCKETS},
        free=price.free or None,
        service_tier=price.service_tier,
        context_over=price.context_over or None,
        source=CATALOGUE if price.source == CATALOGUE else price.reference or CONTRACT,
    )


def _task_type(task_type: TaskType) -> Mapping:
    return _given(
        name=task_type.name, manual_minutes=task_type.manual_minutes, role=task_type.role, value=task_type.value,
        acceptance_days=task_type.acceptance_days,
        complexity_at_intake=task_type.complexity_at_intake or None,
    )  # fmt: skip


def _fixed_cost(cost: FixedCost) -> Mapping:
    ends: date = cost.ends_on
    return _given(
        name=cost.name, asset=cost.asset, from_=cost.starts_on, to=ends, abandoned_on=cost.abandoned_on,
        amount=cost.amount if cost.hours is None else None, hours=cost.hours, role=cost.role,
        kind=cost.kind, team=cost.team, tier=cost.tier, model=cost.model,
    )  # fmt: skip
