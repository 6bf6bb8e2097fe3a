"""The sums of monthly rows, grouped and filtered as a report asks for. SQL only adds; every rule is in the domain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from audits.domain.latency import LATENCY_BUCKETS
from spend.domain.periods import Days, Period

DIMENSIONS = ("team", "tier", "model", "task_type", "route", "month")
FILTERS = ("team", "tier", "model", "task_type")

Key = tuple[Any, ...]
Sums = list[tuple[Key, dict[str, Any]]]

_ENTRY_TIER = "NULLIF(NULLIF(split_part(route, '>', 1), ''), '0')::bigint"
_SAME = {"team": "team_id", "task_type": "task_type_id", "route": "NULLIF(route, '')"}
_OWN = {**_SAME, "tier": "tier_id", "model": "llm_id"}
_BY_ROUTE = {**_SAME, "tier": _ENTRY_TIER, "model": "first_llm_id"}
_ENTRIES_BY_ROUTE = {
    **_SAME,
    "tier": f"CASE WHEN traced THEN {_ENTRY_TIER} ELSE tier_id END",
    "model": "CASE WHEN traced THEN first_llm_id ELSE llm_id END",
}


@dataclass(frozen=True)
class Query:
    """What a report is asked for: `filters` maps a dimension to the ids wanted, None among them for unattributed.

    `bill`: whether the token bill is as computed from calls, or as billed where finance decided so.

    `teams` are the ids of the teams whose figures may be seen, None for all. `days`: of the period only these, from
    daily rows; restated and as computed, and rows may be asked for by `day` too.
    """

    period: Period
    by: tuple[str, ...] = ("tier",)
    lens: str = "responsible"
    basis: str = "restated"
    success: str = "final"
    bill: str = "computed"
    filters: dict[str, tuple[int | None, ...]] = field(default_factory=dict)
    teams: frozenset[int] | None = None
    days: Days | None = None

    @property
    def named(self) -> set[str]:
        """The dimensions that rows or filters name."""
        return {*self.by, *self.filters}

    def without_rows(self) -> Query:
        """The same query for its total line."""
        return replace(self, by=())


@dataclass(frozen=True)
class _Table:
    """A set of monthly rows: how its dimensions are spelt, and the column that says when."""

    name: str
    dimensions: dict[str, str]
    when: str
    where: str = "true"

    @classmethod
    def of(cls, rows: str, own_month: str, query: Query, where: str = "true") -> _Table:
        """Return the rows that the basis of `query` asks for: by their own month as they are, or by posting period."""
        dimensions = entry_dimensions_of(query.lens) if rows in _LIKE_ENTRIES else dimensions_of(query.lens)
        if query.days:
            return cls(_BY_DAY.get(rows, f"audits_daily{rows}"), dimensions, own_month.replace("month", "day"), where)
        if query.basis == "reported":
            return cls(f"audits_reported{rows}", dimensions, "period", where)
        return cls(_RESTATED.get(rows, f"audits_monthly{rows}"), dimensions, own_month, where)


def calls(query: Query) -> Sums:
    """Calls by their own day. `other_months_cost` is of tasks whose day lies outside the period."""
    rows = calls_without_latency(query)
    table = _call_table(query)
    latencies = dict(_latencies(query, table))
    for key, sums in rows:
        sums["latency"] = list(latencies[key].values())
    return rows


def calls_without_latency(query: Query) -> Sums:
    table = _call_table(query)
    columns = {name: f"sum({name})" for name in _CALL_SUMS}
    columns["bill_difference"] = "sum(bill_difference)" if query.bill == "billed" else "0"
    of_task = "task_day" if query.days else "task_month"
    outside = f"{of_task} < %(first)s OR {of_task} >= %(end)s"
    columns["other_months_cost"] = f"COALESCE(sum(cost) FILTER (WHERE {outside}), 0)"
    return _grouped(query, table, columns)


def _call_table(query: Query) -> _Table:
    """Rows of calls; as billed, with rows of what was billed beyond them."""
    return _Table.of("billedcalls" if query.bill == "billed" else "calls", "month", query)


_CALL_SUMS = (
    "calls", "priced_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "cost",
    "wasted", "pending_cost",
)  # fmt: skip
_TASK_SUMS = (
    "tasks", "successes", "presumed", "amended", "failures", "pending", "first_pass", "judged", "manual",
    "with_manual",
)  # fmt: skip


# How many tasks count as a success, by definition.
_COUNTED = {"final": "successes", "first_pass": "first_pass", "judged": "successes - presumed"}


def _of_counted(query: Query, *names: str) -> dict[str, str]:
    """Return the columns that are kept for each definition of success, for the one asked for."""
    ending = "" if query.success == "final" else f"_{query.success}"
    return {name: f"sum({name}{ending})" for name in names}


def _latencies(query: Query, table: _Table) -> Sums:
    columns = {f"b{index}": f"sum(latency[{index + 1}])" for index in range(LATENCY_BUCKETS)}
    return _grouped(query, table, columns, every=True)


def tasks(query: Query) -> Sums:
    table = _Table.of("tasks", "task_month", query)
    columns = {name: f"sum({name})" for name in _TASK_SUMS} | _of_counted(query, "value", "valued")
    return _grouped(query, table, columns | {"counted": f"sum({_COUNTED[query.success]})"})


def tries(query: Query) -> Sums:
    """Attempts, escalated and failed tries: of models where the query names the model, else of tiers."""
    level = "llm" if "model" in query.named else "tier"
    table = _Table.of("units", "month", query, f"level = '{level}'")
    return _grouped(query, table, {name: f"sum({name})" for name in ("attempts", "escalated", "failed")})


def units(query: Query) -> Sums:
    """The sums of R17, and the tasks touched: each task once in the period, or once in each month of it."""
    level = "task"
    if query.lens == "responsible" and "tier" in query.named:
        level = "tier"
    if query.lens == "responsible" and "model" in query.named:
        level = "llm"
    first_in_row = "true" if "month" in query.by else "previous_month IS NULL OR previous_month < %(first)s"
    columns = {name: f"sum({name})" for name in ("n", "sum_x", "sum_xx")} | _of_counted(query, "sum_y", "sum_xy")
    columns["touched"] = f"COALESCE(sum(touched) FILTER (WHERE {first_in_row}), 0)"
    return _grouped(query, _Table.of("units", "month", query, f"level = '{level}'"), columns)


def entries(query: Query) -> Sums:
    """The ledger by category, with the memo sums of a report row."""
    table = _Table.of("entries", "task_month", query)
    columns = {
        **{name: _sum_where(f"category = '{name}'") for name in CATEGORIES},
        "labour": _sum_where("nature = 'labour'"),
        "allocated": _sum_where("NOT traced"),
        "allocated_without_incidents": _sum_where("NOT traced AND source_kind <> 'incident'"),
        "pending": "COALESCE(sum(pending), 0)",
        "incident_cost": _sum_where("source_kind = 'incident'"),
        "unattributed": _sum_where(f"({table.dimensions['tier']}) IS NULL"),
    }
    return _grouped(query, table, columns)


def pending_entries(query: Query) -> Sums:
    """What of the ledger belongs to pending tasks, by category."""
    columns = {name: f"COALESCE(sum(pending) FILTER (WHERE category = '{name}'), 0)" for name in CATEGORIES}
    return _grouped(query, _Table.of("entries", "task_month", query), columns)


def ledger(query: Query) -> Sums:
    """The ledger by category: all of it, what of it is labour, what belongs to pending tasks; and its memo sums."""
    columns = {
        **{name: _sum_where(f"category = '{name}'") for name in CATEGORIES},
        **{f"{name}_labour": _sum_where(f"category = '{name}' AND nature = 'labour'") for name in CATEGORIES},
        **{f"{name}_pending": f"COALESCE(sum(pending) FILTER (WHERE category = '{name}'), 0)" for name in CATEGORIES},
        "allocated": _sum_where("NOT traced"),
        "incident_cost": _sum_where("source_kind = 'incident'"),
    }
    return _grouped(query, _Table.of("entries", "task_month", query), columns)


def incidents(query: Query) -> Sums:
    """The number of distinct incidents that cost something in each row, from the ledger itself: they are few.

    Reported of a later period are those that came since, less those that went.
    """
    table = _Table.of("incidents", "task_month", query)
    if query.basis == "restated":
        return _grouped(query, table, {"incidents": "count(DISTINCT source)"})
    sides = {name: f"count(DISTINCT source) FILTER (WHERE side {name} 0)" for name in (">", "<")}
    return _grouped(query, table, {"incidents": f"{sides['>']} - {sides['<']}"})


def incident_costs(query: Query) -> dict[Key, list[tuple[int, int]]]:
    """What each incident cost a row, restated, the costliest first: in all, and of that what no pending task has."""
    table = _Table.of("incidents", "task_month", replace(query, basis="restated"))
    table = replace(table, dimensions={**table.dimensions, "source": "source"})
    columns = {"amount": "sum(amount)", "decided": "COALESCE(sum(amount) FILTER (WHERE NOT pending), 0)"}
    found: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for key, cost in _grouped(replace(query, by=(*query.by, "source")), table, columns, every=True):
        found[key[:-1]].append((cost["amount"], cost["decided"]))
    return {key: sorted(costs, reverse=True) for key, costs in found.items()}


_LIKE_ENTRIES = ("entries", "incidents")
_RESTATED = {
    "incidents": (
        "(SELECT e.source, e.team_id, e.tier_id, e.llm_id, e.task_type_id, e.traced, COALESCE(s.route, '') AS route,"
        " s.first_llm_id, e.amount_nanos AS amount, COALESCE(s.state = 'pending' AND e.traced, false) AS pending,"
        " date_trunc('month', e.service_date)::date AS task_month FROM audits_entry e"
        " LEFT JOIN audits_taskstate s ON s.task_key = e.task_key WHERE e.source_kind = 'incident'"
        " AND e.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM audits_entry r WHERE r.reverses_id = e.id)) AS i"
    )
}
# A fixed cost of a team alone is one entry a month, on its last counted day (R8): by day it is spread over those days.
_ENTRY_COLUMNS = "team_id, task_type_id, tier_id, llm_id, source_kind, category, nature, traced"
_BY_DAY = {
    "entries": (
        f"(SELECT {_ENTRY_COLUMNS}, route, first_llm_id, task_day, amount, pending FROM audits_dailyentries UNION ALL"
        f" SELECT e.{_ENTRY_COLUMNS.replace(', ', ', e.')}, '', NULL, part.day, part.amount, 0 FROM audits_entry e"
        " JOIN audits_fixedcost f ON f.identity = e.source AND f.team_id IS NOT NULL"
        " AND f.tier_id IS NULL AND f.llm_id IS NULL"
        " CROSS JOIN LATERAL (SELECT LEAST(GREATEST(date_trunc('month', e.service_date)::date, f.starts_on),"
        " e.service_date) AS first) AS counted"
        " CROSS JOIN LATERAL (SELECT e.service_date AS day, -e.amount_nanos::numeric AS amount UNION ALL"
        " SELECT first + k - 1, div(e.amount_nanos::numeric * k, e.service_date - first + 1)"
        " - div(e.amount_nanos::numeric * (k - 1), e.service_date - first + 1)"
        " FROM generate_series(1, e.service_date - first + 1) AS k) AS part"
        " WHERE e.source_kind = 'fixed_cost') AS e"
    )
}
CATEGORIES = ("fixed_compute", "prevention", "appraisal", "internal_failure", "external_failure")


def _sum_where(condition: str) -> str:
    return f"COALESCE(sum(amount) FILTER (WHERE {condition}), 0)"


def dimensions_of(lens: str) -> dict[str, str]:
    """How the dimensions of a row are spelt in derived rows of calls, tasks and units."""
    return _BY_ROUTE if lens == "route" else _OWN


def entry_dimensions_of(lens: str) -> dict[str, str]:
    """The same for those of entries."""
    return _ENTRIES_BY_ROUTE if lens == "route" else _OWN


def _grouped(query: Query, table: _Table, columns: dict[str, str], *, every: bool = False) -> Sums:
    """Run one GROUP BY and return its rows, ordered by key, with integers where they are whole numbers.

    Without `every`, a row in which all cancelled out is none: entries that were reversed, or what did not move since.
    """
    dimensions = {**table.dimensions, "month": table.when, "day": table.when}
    keys = [dimensions[name] for name in query.by]
    conditions, params = _conditions(query, dimensions)
    grouping = ", ".join(str(index + 1) for index in range(len(keys)))
    some = "" if every else f" HAVING {' OR '.join(f'{sums} <> 0' for sums in columns.values())}"
    group = f" GROUP BY {grouping}{some} ORDER BY {grouping}" if keys else " HAVING count(*) > 0"
    sql = (
        f"SELECT {', '.join([*keys, *columns.values()])} FROM {table.name}"
        f" WHERE {table.when} >= %(first)s AND {table.when} < %(end)s AND {table.where}{conditions}{group}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
    width = len(keys)
    return [(row[:width], dict(zip(columns, map(_whole, row[width:]), strict=True))) for row in found]


def _whole(value: Any) -> int:
    """PostgreSQL adds bigints up to a numeric without fraction."""
    return int(value)


def _conditions(query: Query, dimensions: dict[str, str]) -> tuple[str, dict[str, Any]]:
    span = query.days or query.period
    params: dict[str, Any] = {"first": span.first_day, "end": span.end_day}
    conditions = ""
    if query.teams is not None:
        conditions += " AND team_id = ANY(%(teams)s)"
        params["teams"] = sorted(query.teams)
    for name, wanted in query.filters.items():
        expression = dimensions[name]
        known = [value for value in wanted if value is not None]
        either = f"{expression} = ANY(%({name})s)"
        conditions += f" AND ({either} OR {expression} IS NULL)" if None in wanted else f" AND {either}"
        params[name] = known
    return conditions, params
