"""What a report can be filtered by, of what there is, and of which months there is anything."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max, Min

from accounts.models import Team
from audits.models import MonthlyCalls
from spend.domain.periods import Month
from spend.models import Llm, TaskType, Tier
from spend.queries.installation import has_calls


@dataclass(frozen=True)
class Choices:
    """Names by dimension; `first` and `last` are the months of the earliest and the latest call, None without any."""

    names: dict[str, list[str]]
    first: Month | None
    last: Month | None
    has_calls: bool


def choices(teams: frozenset[int] | None) -> Choices:
    """Return the choices of somebody who may see `teams`, None for all."""
    mine, months = Team.objects.all(), MonthlyCalls.objects.all()
    if teams is not None:
        mine, months = mine.filter(pk__in=teams), months.filter(team_id__in=teams)
    ends = months.aggregate(first=Min("month"), last=Max("month"))
    used = {llm for llm in months.order_by().values_list("llm_id", flat=True).distinct() if llm is not None}
    return Choices(
        names={
            "team": [team.name for team in mine],
            "tier": [tier.name for tier in Tier.objects.all()],
            "model": [str(llm) for llm in Llm.objects.filter(pk__in=used)],
            "task_type": [kind.name for kind in TaskType.objects.all()],
        },
        first=Month.of(ends["first"]) if ends["first"] else None,
        last=Month.of(ends["last"]) if ends["last"] else None,
        has_calls=ends["last"] is not None or has_calls(),
    )
