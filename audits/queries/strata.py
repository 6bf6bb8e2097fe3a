"""Like work by who did it, of which decisions are made (docs/method.md, 16 to 24).

Read from monthly rows, so that it takes as long for half a million tasks as for few. Names are those of the report,
None is unattributed. A query's `by` says of whom: `model`, else tiers; its period is one of the tasks' months.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from audits.domain.decisions.fair import UNKNOWN
from audits.domain.decisions.units import NONE, Units, clustered
from audits.domain.strata import UNKNOWN_TIER
from audits.queries.reports import names_of
from audits.queries.sums import Query

Name = str | None
Stratum = tuple[Name, str]  # task type, complexity or "unknown"

_COSTS = ("n", "sum_x", "sum_xx", "sum_y", "sum_xy")
_TRIES = ("tried", "sum_c", "sum_cc", "sum_p", "sum_cp")


@dataclass(frozen=True, slots=True)
class Attempts:
    """What a tier made of a stratum: x the cost of a try with its review, without any failure; y first-pass success.

    `first`: tasks that it was the first to try; `after`: those that another tier gave up, by its name, "unattributed"
    the unknown one. Latency is a mean over all of them, in milliseconds.
    """

    first: Units = NONE
    after: dict[str, Units] = field(default_factory=dict)
    latency_ms: float | None = None

    @property
    def all(self) -> Units:
        return sum(self.after.values(), self.first)


@dataclass(frozen=True, slots=True)
class Tries:
    attempts: int
    missed: int  # failed or escalated


@dataclass(frozen=True, slots=True)
class MonthCost:
    """A team's tasks of one type and complexity in a month, with what they cost in nanos, incidents apart."""

    team: int
    task_type: Name
    month: date
    complexity: str
    tasks: int
    tokens: int
    failures: int


def cost_units(query: Query) -> dict[Name, dict[Stratum, Units]]:
    """Return tasks by tier or model and stratum: x their cost without incidents, y success (R17).

    Tasks that an incident joins are one unit of their stratum.
    """
    found: dict[Name, dict[Stratum, Units]] = defaultdict(dict)
    for (name, stratum), units in _units(query, ("one", "task_type", "complexity"), _COSTS).items():
        found[name][stratum] = units
    return dict(found)


def attempt_units(query: Query) -> dict[Name, dict[Stratum, Attempts]]:
    """Return the tries of each tier by stratum."""
    first, after = _by_before(query)
    latencies = {
        (name, stratum): (total, timed)
        for name, stratum, total, timed in _latencies(query)
    }  # fmt: skip
    found: dict[Name, dict[Stratum, Attempts]] = defaultdict(dict)
    for key in first.keys() | after.keys():
        total, timed = latencies.get(key, (0, 0))
        name, stratum = key
        found[name][stratum] = Attempts(first.get(key, NONE), after.get(key, {}), total / timed if timed else None)
    return dict(found)


def mix(query: Query) -> dict[Stratum, int]:
    """Return how many tasks there are of each stratum: those that anybody tried, of all tiers and models."""
    rows = _rows(_of_tiers(query), ("task_type", "complexity"), ("attempts",), "before_id IS NULL")
    return {stratum: tasks for (stratum,), (tasks,) in rows if tasks}


def tries(query: Query) -> dict[Name, dict[str, Tries]]:
    """Return what each tier or model tried, and missed, by complexity."""
    found: dict[Name, dict[str, Tries]] = defaultdict(dict)
    for (name, complexity), (attempts, failed, escalated) in _rows(
        query, ("one", "complexity_alone"), ("attempts", "failed", "escalated")
    ):
        if attempts:
            found[name][complexity] = Tries(attempts, failed + escalated)
    return dict(found)


def month_costs(query: Query) -> list[MonthCost]:
    """Return what a month of a team's work of a type and complexity came to, whoever did it; oldest first."""
    first = "CASE WHEN before_id IS NULL THEN attempts ELSE 0 END"
    rows = _rows(_of_tiers(query), ("team", "month", "task_type", "complexity"), (first, "tokens", "failure_cost"))
    found = [
        MonthCost(team, task_type, month, complexity, tasks, tokens, failures)
        for (team, month, (task_type, complexity)), (tasks, tokens, failures) in rows
    ]
    return sorted(found, key=lambda row: (row.month, row.team, row.task_type or "", row.complexity))


def _of_tiers(query: Query) -> Query:
    return Query(query.period, filters=query.filters, teams=query.teams)


def _by_before(query: Query) -> tuple[dict[Any, Units], dict[Any, dict[str, Units]]]:
    """Return the units of tries that were the first, and of the others by who gave the task up."""
    first: dict[Any, Units] = {}
    after: dict[Any, dict[str, Units]] = defaultdict(dict)
    tried = _units(_of_tiers(query), ("one", "task_type", "complexity", "before"), _TRIES)
    for (name, stratum, before), units in tried.items():
        if not units.n:
            continue
        if before is None:
            first[name, stratum] = units
        else:
            after[name, stratum][before] = units
    return first, dict(after)


def _latencies(query: Query) -> list[tuple[Name, Stratum, int, int]]:
    rows = _rows(_of_tiers(query), ("one", "task_type", "complexity"), ("latency_ms", "timed"))
    return [(name, stratum, total, timed) for (name, stratum), (total, timed) in rows]


def _units(query: Query, by: Sequence[str], columns: Sequence[str]) -> dict[tuple[Any, ...], Units]:
    """Return units by what `by` names; the tasks that incidents join are told by their cluster."""
    alone: dict[tuple[Any, ...], Units] = defaultdict(lambda: NONE)
    joined: dict[tuple[Any, ...], list[tuple[frozenset[str], int, int, int]]] = defaultdict(list)
    for (*names, cluster), (n, x, xx, y, xy) in _rows(query, (*by, "cluster"), columns):
        if cluster:
            joined[tuple(names)].append((frozenset(cluster.split()), n, x, y))
        elif n:
            alone[tuple(names)] += Units(n, n, x, xx, y, xy, y)
    for key, parts in joined.items():
        alone[key] += clustered(parts)
    return dict(alone)


def _rows(
    query: Query, by: Sequence[str], columns: Sequence[str], where: str = "true"
) -> list[tuple[tuple[Any, ...], tuple[int, ...]]]:
    """Add up rows by what `by` names; `columns` may be expressions. Task type and complexity are one stratum."""
    level = "llm" if "model" in query.by else "tier"
    spelt = {**_COLUMNS, "one": f"{level}_id"}
    keys = [spelt[name] for name in by]
    sums = ", ".join(f"sum({column})" for column in columns)
    grouping = ", ".join(str(index + 1) for index in range(len(keys)))
    conditions, params = _conditions(query)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(keys)}, {sums} FROM audits_monthlystrata WHERE level = '{level}'"
            f" AND task_month >= %(first)s AND task_month < %(end)s AND {where}{conditions} GROUP BY {grouping}",
            params,
        )
        found = cursor.fetchall()
    named = _namer(by, "model" if level == "llm" else "tier", [row[: len(keys)] for row in found])
    return [(named(row[: len(keys)]), tuple(map(int, row[len(keys) :]))) for row in found]


_COLUMNS = {
    "task_type": "task_type_id",
    "complexity": "complexity",
    "complexity_alone": "complexity",
    "before": "before_id",
    "cluster": "cluster",
    "team": "team_id",
    "month": "task_month",
}


def _namer(
    by: Sequence[str], one: str, keys: Iterable[tuple[Any, ...]]
) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Return what turns the ids of a key into names, and task type and complexity into a stratum."""
    place = by.index("one") if "one" in by else None
    ids = {key[place] for key in keys} if place is not None else set()
    names = names_of((one, "tier", "task_type"), {one: ids, "tier": set(), "task_type": set()})

    def name(key: tuple[Any, ...]) -> tuple[Any, ...]:
        named: list[Any] = []
        for dimension, value in zip(by, key, strict=True):
            if dimension == "one":
                named.append(names[one](value))
            elif dimension == "task_type":
                named.append(names["task_type"](value))
            elif dimension == "complexity":
                named.append((named.pop(), value or UNKNOWN))
            elif dimension == "complexity_alone":
                named.append(value or UNKNOWN)
            elif dimension == "before":
                named.append(_tier_before(value, names["tier"]))
            else:
                named.append(value)
        return tuple(named)

    return name


def _tier_before(tier: int | None, name: Callable[[Any], str | None]) -> str | None:
    """None: it was the first."""
    if tier is None:
        return None
    return "unattributed" if tier == UNKNOWN_TIER else name(tier) or "unattributed"


def _conditions(query: Query) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {"first": query.period.first_day, "end": query.period.end_day}
    conditions = ""
    if query.teams is not None:
        conditions += " AND team_id = ANY(%(teams)s)"
        params["teams"] = sorted(query.teams)
    for name, column in (("team", "team_id"), ("task_type", "task_type_id"), ("tier", "tier_id"), ("model", "llm_id")):
        if (wanted := query.filters.get(name)) is None:
            continue
        known = f"{column} = ANY(%({name})s)"
        conditions += f" AND ({known} OR {column} IS NULL)" if None in wanted else f" AND {known}"
        params[name] = [value for value in wanted if value is not None]
    return conditions, params
