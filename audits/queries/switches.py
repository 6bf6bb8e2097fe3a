"""Months of a team's work of a task type, of which switches are found: who delivered it, what it cost, what went wrong.

Names are those of the report; a line of work is (id of the team, name of the task type).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.domain.reach import Reach
from audits.domain.decisions.switches import Cost, Counts, Month, Outcomes
from audits.domain.decisions.units import NONE, Units
from audits.models import Switch
from audits.queries import strata, sums
from audits.queries.reports import names_of
from audits.queries.sums import Query

Name = str | None


class Work(NamedTuple):
    team: int
    task_type: Name


def work_of(query: Query) -> Query:
    """Return a query for the same work whoever did it, by `query.by`."""
    filters = {name: ids for name, ids in query.filters.items() if name in ("team", "task_type")}
    return Query(query.period, query.by, filters=filters, teams=query.teams)


def delivered(query: Query) -> dict[Work, list[Counts]]:
    """Return the tasks of each month by the tier or model that delivered them, oldest first."""
    (one,) = query.by
    rows = sums.tasks(replace(work_of(query), by=("team", "task_type", "month", one)))
    names = names_of(("task_type", one), {"task_type": set(), one: {key[3] for key, _ in rows}})
    found: dict[Work, dict[date, dict[Name, int]]] = defaultdict(lambda: defaultdict(dict))
    for (team, task_type, month, tier), row in rows:
        found[Work(team, names["task_type"](task_type))][month][names[one](tier)] = row["tasks"]
    return {work: [Counts(month, tasks) for month, tasks in sorted(by.items())] for work, by in found.items()}


def months(query: Query) -> dict[Work, list[Month]]:
    """Return what each month of the work cost, how far that varies, how it went, and its incidents; oldest first."""
    whole = replace(work_of(query), by=("team", "task_type", "month"))
    types = names_of(("task_type",), {"task_type": set()})["task_type"]
    outcomes = {_at(key, types): _outcomes(row) for key, row in sums.tasks(whole)}
    units = {_at(key, types): _units(row) for key, row in sums.units(whole)}
    incidents = incident_costs(whole)
    found: dict[tuple[Work, date], dict[str, Cost]] = defaultdict(dict)
    for row in strata.month_costs(whole):
        found[Work(row.team, row.task_type), row.month][row.complexity] = Cost(row.tasks, row.tokens, row.failures)
    by_work: dict[Work, list[Month]] = defaultdict(list)
    for key, costs in sorted(found.items(), key=lambda item: item[0][1]):
        work, month = key
        more = incidents.get(key, []), units.get(key, NONE), outcomes.get(key, Outcomes())
        by_work[work].append(Month(month, costs, *more))
    return dict(by_work)


def _at(key: tuple[Any, ...], types: Any) -> tuple[Work, date]:
    team, task_type, month = key
    return Work(team, types(task_type)), month


def _outcomes(row: dict[str, Any]) -> Outcomes:
    return Outcomes(row["tasks"], row["successes"], row["presumed"], row["judged"])


def _units(row: dict[str, Any]) -> Units:
    n, y = row["n"], row["sum_y"]
    return Units(n, n, row["sum_x"], row["sum_xx"], y, row["sum_xy"], y)


_INCIDENTS = """
SELECT team_id, task_type_id, min(month) AS month, sum(amount) FROM (
    SELECT e.team_id, e.task_type_id, e.source, date_trunc('month', e.service_date)::date AS month,
        sum(e.amount_nanos) AS amount
    FROM audits_entry e WHERE e.source_kind = 'incident' {where} GROUP BY 1, 2, 3, 4 HAVING sum(e.amount_nanos) <> 0
) AS part GROUP BY team_id, task_type_id, source HAVING min(month) >= %(first)s AND min(month) < %(end)s
"""


def incident_costs(query: Query) -> dict[tuple[Work, date], list[int]]:
    """Return the nanos of each incident's part in the work, in the first month that it struck; those without a task
    type name no task.
    """
    where = ""
    params: dict[str, Any] = {"first": query.period.first_day, "end": query.period.end_day}
    if query.teams is not None:
        where = "AND e.team_id = ANY(%(teams)s)"
        params["teams"] = sorted(query.teams)
    types = names_of(("task_type",), {"task_type": set()})["task_type"]
    found: dict[tuple[Work, date], list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_INCIDENTS.format(where=where), params)
        for team, task_type, month, amount in cursor.fetchall():
            found[Work(team, types(task_type)), month].append(int(amount))
    return {key: sorted(costs) for key, costs in found.items()}


def allocated(query: Query) -> dict[tuple[Name, date], tuple[int, int]]:
    """Return nanos that were allocated to each tier or model in a month, incidents apart, and its tasks.

    Of all work of the tier, as nobody knows for which task type a fixed cost was; and of all teams, whoever asks: it is
    never shown, and only says whether it would turn a verdict.
    """
    (one,) = query.by
    by_month = Query(query.period, (one, "month"))
    tasks = {key: row["tasks"] for key, row in sums.tasks(by_month)}
    rows = [(key, row["allocated_without_incidents"]) for key, row in sums.entries(by_month)]
    names = names_of((one,), {one: {key[0] for key, _ in rows}})[one]
    return {(names(name), month): (cost, tasks.get((name, month), 0)) for (name, month), cost in rows}


def recorded(query: Query) -> dict[Work, list[Switch]]:
    """Return what people said of switches of the work between tiers, or models, in these months."""
    found = _named_switches().filter(month__gte=query.period.first_day, month__lt=query.period.end_day)
    found = found.filter(**{f"{_LEVEL[query.by[0]]}__isnull": False})
    if query.teams is not None:
        found = found.filter(team_id__in=query.teams)
    for name, wanted in query.filters.items():
        known = Q(**{f"{name}_id__in": [each for each in wanted if each is not None]})
        found = found.filter(known | Q(**{f"{name}_id__isnull": True}) if None in wanted else known)
    by_work: dict[Work, list[Switch]] = defaultdict(list)
    for each in found:
        by_work[Work(each.team_id, each.task_type.name if each.task_type else None)].append(each)
    return dict(by_work)


_LEVEL = {"tier": "tier_after", "model": "llm_after"}


def switches_in(reach: Reach) -> QuerySet[Switch]:
    """Return what people said of switches of the teams within reach."""
    found = _named_switches()
    return found if reach.team_ids is None else found.filter(team_id__in=reach.team_ids)


def _named_switches() -> QuerySet[Switch]:
    return Switch.objects.select_related("team", "task_type", "tier_before", "tier_after", "llm_before", "llm_after")


def may_record(reach: Reach) -> bool:
    """Finance and administrators say of all teams what a switch was; who records rework, of their own."""
    return reach.writes_reference or reach.may("audit")
