"""The names of what charges are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Team
from audits.models import FixedCost
from spend.models import Llm, TaskType, Tier


@dataclass(frozen=True)
class Named:
    """Teams with their cost centres, models with their providers, and what else has a name; by id."""

    teams: Mapping[int, tuple[str, str]]
    llms: Mapping[int, tuple[str, str]]
    tiers: Mapping[int, str]
    task_types: Mapping[int, str]
    fixed_costs: Mapping[UUID, str]


def named() -> Named:
    return Named(
        {pk: (name, centre) for pk, name, centre in Team.objects.values_list("pk", "name", "cost_centre")},
        {pk: (provider, name) for pk, provider, name in Llm.objects.values_list("pk", "provider", "name")},
        dict(Tier.objects.values_list("pk", "name")),
        dict(TaskType.objects.values_list("pk", "name")),
        dict(FixedCost.objects.values_list("identity", "name")),
    )
