"""What a change of reference data moves: who computed with the old values computes again by this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

K = TypeVar("K")


@dataclass(frozen=True)
class Changed:
    """Ids of models, and roles, with the first day concerned; ids of task types; identities of fixed costs."""

    prices: Mapping[int, date] = field(default_factory=dict)
    tiers: Mapping[int, date] = field(default_factory=dict)
    rates: Mapping[str, date] = field(default_factory=dict)
    task_types: frozenset[int] = frozenset()
    fixed_costs: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.prices or self.tiers or self.rates or self.task_types or self.fixed_costs)

    def __or__(self, other: Changed) -> Changed:
        return Changed(
            prices=_earliest(self.prices, other.prices),
            tiers=_earliest(self.tiers, other.tiers),
            rates=_earliest(self.rates, other.rates),
            task_types=self.task_types | other.task_types,
            fixed_costs=self.fixed_costs | other.fixed_costs,
        )


def _earliest(one: Mapping[K, date], other: Mapping[K, date]) -> dict[K, date]:
    return {key: min(days[key] for days in (one, other) if key in days) for key in {**one, **other}}
