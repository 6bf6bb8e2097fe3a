"""The raw SQL of the ledger and of the derived rows. Runs inside the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from audits.domain.latency import LATENCY_BUCKETS
from audits.domain.strata import STRATUM_SUMS
from spend.domain.periods import Month
from spend.store import copy_rows, raw_cursor
from trail.context import tell

_SLICE_LOCK = 10  # one refresher of a slice at a time
_ROWS_AT_ONCE = 20_000

ENTRY_COLUMNS = {
    "source_kind": "text", "source": "uuid", "category": "text", "nature": "text", "amount_nanos": "int8",
    "rule": "text", "policy_version": "text", "traced": "bool", "service_date": "date", "posting_month": "date",
    "team_id": "int4", "tier_id": "int8", "llm_id": "int8", "task_type_id": "int8", "task_key": "uuid",
    "call_key": "uuid", "reverses_id": "int8", "posted_at": "timestamptz",
}  # fmt: skip
STATE_COLUMNS = {
    "task_key": "uuid", "team_id": "int4", "day": "date", "task_type_id": "int8", "route": "text",
    "first_llm_id": "int8", "tier_id": "int8", "llm_id": "int8", "deciding_call": "uuid", "state": "text",
    "decided_by": "text", "first_pass": "bool", "cost_nanos": "numeric", "changes_on": "date",
}  # fmt: skip
_TYPES = {
    "team_id": "int4", "source_id": "int8", "task_day": "date", "day": "date", "month": "date",
    "previous_month": "date", "level": "text", "complexity": "text", "cluster": "text",
    "task_type_id": "int8", "route": "text", "first_llm_id": "int8", "tier_id": "int8", "llm_id": "int8",
    "latency": "int8[]", "sum_x": "numeric", "sum_xx": "numeric", "sum_xy": "numeric", "sum_xy_first_pass": "numeric",
    "sum_xy_judged": "numeric",
    **dict.fromkeys(
        (
            "cost", "wasted", "pending_cost", "value", "value_first_pass", "value_judged", "manual", "sum_c", "sum_cc",
            "sum_cp", "tokens", "failure_cost",
        ),
        "numeric",
    ),
}  # fmt: skip


def lock_months(team: int, months: Collection[date]) -> None:
    """Be the only one who refreshes slices of these months of the team until the transaction ends."""
    with raw_cursor() as cursor:
        for month in sorted(months):
            key = team * 100_000 + month.toordinal()
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [_SLICE_LOCK, key])


def claim_dirty_slices(team: int | None, days: Collection[date]) -> list[date]:
    """Take the marks off these slices and return the days that were; later commits mark anew."""
    with raw_cursor() as cursor:
        cursor.execute(
            "WITH claimed AS (DELETE FROM spend_dirtyslice WHERE team_id IS NOT DISTINCT FROM %s::int"
            " AND day = ANY(%s) RETURNING day) SELECT DISTINCT day FROM claimed ORDER BY day",
            [team, list(days)],
        )
        return [row[0] for row in cursor]


def add_entries(rows: Sequence[tuple[Any, ...]]) -> None:
    copy_rows("audits_entry", ENTRY_COLUMNS, rows)


def replace_states(team: int, days: Collection[date], rows: Iterable[tuple[Any, ...]]) -> None:
    """Make `rows` the task states of these slices; rows that did not change are left alone."""
    columns = ", ".join(STATE_COLUMNS)
    changing = [name for name in STATE_COLUMNS if name != "task_key"]
    with raw_cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS staged_state ON COMMIT DELETE ROWS AS"
            f" SELECT {columns} FROM audits_taskstate WITH NO DATA"
        )
        cursor.execute("DELETE FROM staged_state")
        for some in _batches(rows):  # whatever makes the rows reads the same connection: not while it copies
            copy_rows("staged_state", STATE_COLUMNS, some)
        cursor.execute(
            f"INSERT INTO audits_taskstate AS s ({columns}) SELECT {columns} FROM staged_state ORDER BY task_key"
            f" ON CONFLICT (task_key) DO UPDATE SET ({', '.join(changing)}) ="
            f" ({', '.join('excluded.' + name for name in changing)})"
            f" WHERE ({', '.join('s.' + name for name in changing)})"
            f" IS DISTINCT FROM ({', '.join('excluded.' + name for name in changing)})"
        )
        cursor.execute(
            "DELETE FROM audits_taskstate s WHERE team_id = %s AND day = ANY(%s)"
            " AND NOT EXISTS (SELECT 1 FROM staged_state g WHERE g.task_key = s.task_key)",
            [team, list(days)],
        )


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    iterator = iter(rows)
    while some := list(islice(iterator, _ROWS_AT_ONCE)):
        yield some


def replace_daily(
    table: str, columns: Sequence[str], team: int, days: Collection[date], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Make `rows`, each the values of `columns`, the rows of these slices."""
    with raw_cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE team_id = %s AND task_day = ANY(%s)", [team, list(days)])
    types = {name: _TYPES.get(name, "int8") for name in ("team_id", *columns)}
    copy_rows(table, types, ((team, *row) for row in rows))


def replace_daily_entries(team: int | None, days: Collection[date]) -> None:
    """Add the ledger of these slices up anew, with what the states of its tasks say."""
    same = "team_id IS NOT DISTINCT FROM %s::int"
    with raw_cursor() as cursor:
        cursor.execute(f"DELETE FROM audits_dailyentries WHERE {same} AND task_day = ANY(%s)", [team, list(days)])
        cursor.execute(
            "INSERT INTO audits_dailyentries (team_id, task_day, task_type_id, route, first_llm_id, tier_id, llm_id,"
            " posting_month, source_kind, category, nature, traced, amount, pending)"
            " SELECT e.team_id, e.service_date, e.task_type_id, COALESCE(s.route, ''), s.first_llm_id, e.tier_id,"
            " e.llm_id, e.posting_month, e.source_kind, e.category, e.nature, e.traced, sum(e.amount_nanos),"
            " COALESCE(sum(e.amount_nanos) FILTER (WHERE s.state = 'pending' AND e.traced), 0)"
            " FROM audits_entry e LEFT JOIN audits_taskstate s ON s.task_key = e.task_key"
            f" WHERE e.{same} AND e.service_date = ANY(%s) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"
            " HAVING sum(e.amount_nanos) <> 0",
            [team, list(days)],
        )


def active_entries(sources: Collection[UUID]) -> list[tuple[Any, ...]]:
    """Return id and ENTRY_COLUMNS of the entries of `sources` that are neither reversed nor reversals."""
    columns = ", ".join(f"e.{name}" for name in ENTRY_COLUMNS)
    with raw_cursor() as cursor:
        cursor.execute(
            f"SELECT e.id, {columns} FROM audits_entry e WHERE e.source = ANY(%b) AND e.reverses_id IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM audits_entry r WHERE r.reverses_id = e.id) ORDER BY e.id",
            [list(sources)],
        )
        return cursor.fetchall()


def set_link_keys(keys: Sequence[tuple[int, UUID]]) -> None:
    """Say what these links (id, key) of incidents turned out to mean."""
    tell(connection)
    with raw_cursor() as cursor:
        cursor.execute(
            "UPDATE audits_incidentlink l SET key = found.key"
            " FROM unnest(%b::bigint[], %b::uuid[]) AS found(id, key) WHERE l.id = found.id",
            [[link for link, _ in keys], [key for _, key in keys]],
        )


def mark_scope_stale(scopes: Iterable[tuple[int, date]]) -> None:
    """Say that the counts of tasks by tier of these (team, month) moved."""
    pairs = list(scopes)
    with raw_cursor() as cursor:
        cursor.execute(
            "INSERT INTO audits_stalescope (team_id, month) SELECT * FROM unnest(%b::int[], %b::date[])",
            [[team for team, _ in pairs], [month for _, month in pairs]],
        )


def claim_stale_scopes() -> set[tuple[int, date]]:
    with raw_cursor() as cursor:
        cursor.execute("DELETE FROM audits_stalescope RETURNING team_id, month")
        return set(cursor.fetchall())


_DIMENSIONS = ("team_id", "task_type_id", "route", "first_llm_id", "tier_id", "llm_id")
_CALL_SUMS = (
    "calls", "priced_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "cost",
    "wasted", "pending_cost",
)  # fmt: skip
_TASK_SUMS = (
    "tasks", "successes", "presumed", "amended", "failures", "pending", "first_pass", "judged", "value", "valued",
    "value_first_pass", "valued_first_pass", "value_judged", "valued_judged", "manual", "with_manual",
)  # fmt: skip
_UNIT_SUMS = (
    "touched", "attempts", "escalated", "failed", "n", "sum_x", "sum_xx", "sum_y", "sum_xy",
    "sum_y_first_pass", "sum_xy_first_pass", "sum_y_judged", "sum_xy_judged",
)  # fmt: skip
_LATENCY = "ARRAY[" + ", ".join(f"sum(latency[{index + 1}])::bigint" for index in range(LATENCY_BUCKETS)) + "]"
_STRATUM = ("team_id", "level", "task_type_id", "complexity", "tier_id", "llm_id", "before_id", "cluster")
_SAME = {name: name for name in _DIMENSIONS}
# What is kept of a daily row in its month: columns that stay, and sums.
_MONTHLY: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "calls": (
        {**_SAME, "month": "date_trunc('month', day)::date"},
        {**{name: f"sum({name})" for name in _CALL_SUMS}, "latency": _LATENCY},
    ),
    "tasks": (_SAME, {name: f"sum({name})" for name in _TASK_SUMS}),
    "units": (
        {name: name for name in (*_DIMENSIONS, "level", "month", "previous_month")},
        {name: f"sum({name})" for name in _UNIT_SUMS},
    ),
    "strata": ({name: name for name in _STRATUM}, {name: f"sum({name})" for name in STRATUM_SUMS}),
    "entries": (
        {name: name for name in (*_DIMENSIONS, "posting_month", "source_kind", "category", "nature", "traced")},
        {name: f"sum({name})" for name in ("amount", "pending")},
    ),
}


def replace_monthly(team: int | None, month: date) -> None:
    """Add the daily rows of a team's month up anew."""
    params = {"team": team, "month": month, "end": Month.of(month).end_day}
    same = "team_id IS NOT DISTINCT FROM %(team)s::int"
    with raw_cursor() as cursor:
        for name, (kept, sums) in _MONTHLY.items():
            keys = {"task_month": "%(month)s::date", **kept}
            grouping = ", ".join(str(index + 1) for index in range(len(keys)))
            cursor.execute(f"DELETE FROM audits_monthly{name} WHERE {same} AND task_month = %(month)s", params)
            cursor.execute(
                f"INSERT INTO audits_monthly{name} ({', '.join([*keys, *sums])})"
                f" SELECT {', '.join([*keys.values(), *sums.values()])} FROM audits_daily{name}"
                f" WHERE {same} AND task_day >= %(month)s AND task_day < %(end)s GROUP BY {grouping}",
                params,
            )


# The derived tables, each with the column that holds a slice's day or month.
DERIVED = {
    "audits_taskstate": "day",
    "audits_dailysources": "task_day",
    **{f"audits_daily{name}": "task_day" for name in _MONTHLY},
    **{f"audits_monthly{name}": "task_month" for name in _MONTHLY},
}


def derived_rows(table: str, team: int | None, days: Collection[date]) -> Counter[tuple[Any, ...]]:
    """Return the rows of these slices as text, without their ids; of a table of months, those of the days' months."""
    wanted = {day.replace(day=1) for day in days} if DERIVED[table] == "task_month" else set(days)
    with raw_cursor() as cursor:
        cursor.execute(
            f"SELECT (to_jsonb(d) - 'id')::text FROM {table} d"
            f" WHERE team_id IS NOT DISTINCT FROM %s::int AND {DERIVED[table]} = ANY(%s)",
            [team, sorted(wanted)],
        )
        return Counter(cursor.fetchall())


@contextmanager
def alone(lock: int) -> Iterator[bool]:
    """Whether no other worker is at it. The lock goes with the connection, so that a killed worker leaves none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [lock])
        (is_mine,) = cursor.fetchone() or (False,)
    try:
        yield is_mine
    finally:
        if is_mine:
            _let_go(lock)


def _let_go(lock: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [lock])
    except DatabaseError:
        connection.close()  # a lost connection holds no lock
