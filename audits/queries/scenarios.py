"""Saved scenarios within reach, and by which routes work went."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q, QuerySet

from accounts.domain.reach import Reach
from audits.models import Scenario
from audits.queries import sums
from audits.queries.reports import UNATTRIBUTED
from audits.queries.sums import Query
from spend.models import Tier


def may_save(reach: Reach) -> bool:
    """Who may keep a scenario: finance and administrators, and who records rework, of own teams."""
    return reach.writes_reference or reach.may("audit")


def may_remove(reach: Reach, scenario: Scenario, person: int | None) -> bool:
    return reach.writes_reference or (may_save(reach) and scenario.owner_id is not None and scenario.owner_id == person)


def scenarios_in(teams: frozenset[int] | None) -> QuerySet[Scenario]:
    """Return the scenarios of somebody who may see `teams`; those of all teams are for those who see all, None."""
    found = Scenario.objects.select_related("owner", "team", "task_type")
    return found if teams is None else found.filter(team_id__in=teams)


def of_work(found: QuerySet[Scenario], query: Query) -> QuerySet[Scenario]:
    """Narrow scenarios down to the teams and task types that a query filters by."""
    for name in ("team", "task_type"):
        if (wanted := query.filters.get(name)) is not None:
            known = Q(**{f"{name}_id__in": [each for each in wanted if each is not None]})
            found = found.filter(known | Q(**{f"{name}_id": None}) if None in wanted else known)
    return found


def routes(query: Query) -> list[tuple[tuple[str, ...], int]]:
    """Return the tasks of the work by the tiers that tried them, in order."""
    names = dict(Tier.objects.values_list("id", "name"))
    return [
        (tuple(names.get(int(tier), UNATTRIBUTED) for tier in route.split(">")) if route else (), row["tasks"])
        for (route,), row in sums.tasks(replace(query, by=("route",)))
    ]
