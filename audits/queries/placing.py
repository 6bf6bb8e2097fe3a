"""What placing by scope asks for: tiers of models by day, and how many tasks of a month each tier delivered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.db.models import QuerySet, Sum

from audits.domain.attribution import Lookups
from audits.models import ClosedTasks, MonthlyTasks
from audits.queries.closes import close_of
from spend.models import Tier
from spend.queries.book import book


def lookups() -> Lookups:
    """Return look-ups that read once what they are asked for; they hold for one transaction."""
    return Lookups(
        tier_of=book().tier_on,
        tasks_by_tier=cache(tasks_by_tier),
        tier_names=dict(Tier.objects.values_list("id", "name")),
    )


def tasks_by_tier(team: int, month: date) -> Mapping[int | None, int]:
    """Return the number of the team's tasks of the month that begins with `month`, by the tier that delivered them.

    Those of a closed month are counted as they were at its close (R14).
    """
    close = close_of(month)
    rows: QuerySet[Any]
    if close is None:
        rows = MonthlyTasks.objects.filter(team_id=team, task_month=month)
    else:
        rows = ClosedTasks.objects.filter(close=close, period=month, team_id=team, task_month=month)
    return {row["tier_id"]: row["total"] for row in rows.values("tier_id").annotate(total=Sum("tasks"))}
