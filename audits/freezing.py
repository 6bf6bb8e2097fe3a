"""The raw SQL that freezes what was reported of months, and takes fingerprints. Runs in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from audits.domain.latency import LATENCY_BUCKETS
from audits.models import (
    ClosedBills,
    ClosedCalls,
    ClosedCharges,
    ClosedEntries,
    ClosedIncidents,
    ClosedRecords,
    ClosedTasks,
    ClosedUnits,
)
from audits.models.daily import CallSums, TaskSums, UnitSums
from spend.store import copy_rows, raw_cursor

FROZEN = {
    "calls": ClosedCalls, "tasks": ClosedTasks, "units": ClosedUnits, "entries": ClosedEntries,
    "incidents": ClosedIncidents, "records": ClosedRecords, "bills": ClosedBills,
}  # fmt: skip
# What is frozen besides, as it is made of them for the FOCUS export.
KEPT = {**FROZEN, "charges": ClosedCharges}
CHARGE_COLUMNS = {
    "day": "date", "team_id": "int4", "task_type_id": "int8", "tier_id": "int8", "llm_id": "int8", "meter": "text",
    "amount": "numeric", "quantity": "int8", "source": "uuid", "unpriced": "int8", "rate": "int8",
    "list_rate": "int8", "priced_by": "text",
}  # fmt: skip
_AT_ONCE = 10_000
_UNIT_KEYS = {"level", "month", "previous_month"}
# What adds up of each; incidents and records are things that are counted, row by row.
_SUMS: dict[str, set[str]] = {
    "calls": {field.name for field in CallSums._meta.fields},
    "tasks": {field.name for field in TaskSums._meta.fields},
    "units": {field.name for field in UnitSums._meta.fields} - _UNIT_KEYS,
    "entries": {"amount", "pending"},
    "bills": {"amount"},
}
_LATENCY = "ARRAY[" + ", ".join(f"sum(latency[{index + 1}])::bigint" for index in range(LATENCY_BUCKETS)) + "]"
# What figures follow from besides the rows, as whole tables.
REFERENCE = {
    "prices": "spend_price", "labour_rates": "audits_labourrate", "tiers": "spend_tier",
    "tiers_of_models": "spend_llmtier", "task_types": "spend_tasktype", "fixed_costs": "audits_fixedcost",
}  # fmt: skip


def moment() -> datetime:
    """Return the database's clock, by which the time between two moments is told."""
    with raw_cursor() as cursor:
        found: datetime = cursor.execute("SELECT clock_timestamp()").fetchall()[0][0]
    return found


def first_month_reported() -> date | None:
    """Return the first month with anything in it."""
    with raw_cursor() as cursor:
        each = " UNION ALL ".join(f"SELECT min(period) AS first FROM audits_reported{name}" for name in FROZEN)
        cursor.execute(f"SELECT min(first) FROM ({each}) AS found")
        found: date | None = cursor.fetchall()[0][0]
    return found


def freeze(close: int, first: date, last: date) -> None:
    """Copy what is reported of the months from `first` to `last`, added up: what cancels out leaves no row."""
    for name, model in FROZEN.items():
        columns = [field.name for field in model._meta.concrete_fields if field.name not in ("id", "close")]
        with raw_cursor() as cursor:
            cursor.execute(
                f"INSERT INTO audits_closed{name} (close_id, {', '.join(columns)})"
                f" SELECT %s, {_selected(name, columns)}",
                [close, first, last],
            )


def freeze_charges(close: int, period: date, rows: Iterator[tuple[Any, ...]]) -> None:
    """Keep the charges of a month, each the values of CHARGE_COLUMNS."""
    columns = {"close_id": "int8", "period": "date", **CHARGE_COLUMNS}
    while some := list(islice(rows, _AT_ONCE)):  # what makes them reads the same connection: not while it copies
        copy_rows("audits_closedcharges", columns, [(close, period, *row) for row in some])


def _selected(name: str, columns: Sequence[str]) -> str:
    source = f" FROM audits_reported{name} WHERE period >= %s AND period <= %s"
    sums = _SUMS.get(name, set())
    if not sums:
        return ", ".join(columns) + source
    spelt = {column: _LATENCY if column == "latency" else f"sum({column})" for column in sums}
    selected = [spelt.get(column, column) for column in columns]
    keys = ", ".join(column for column in columns if column not in sums)
    some = " OR ".join(f"{spelt[column]} <> 0" for column in sorted(sums - {"latency"}))
    return f"{', '.join(selected)}{source} GROUP BY {keys} HAVING {some}"


def fingerprint_of_frozen(name: str, close: int) -> str:
    """Return the SHA-256 of the rows of a kind that a close froze, whatever their order."""
    return _fingerprint(
        f"SELECT (to_jsonb(t) - 'id' - 'close_id')::text AS row FROM audits_closed{name} t WHERE close_id = %s", [close]
    )


def fingerprint_of_reference(table: str) -> str:
    """Return the SHA-256 of all rows of a table of reference data as they are."""
    return _fingerprint(f"SELECT to_jsonb(t)::text AS row FROM {table} t", [])


def _fingerprint(rows: str, params: Sequence[int]) -> str:
    found = hashlib.sha256()
    with raw_cursor() as cursor:
        cursor.execute(f'SELECT row FROM ({rows}) AS each ORDER BY row COLLATE "C"', params)
        for (row,) in cursor:
            found.update(row.encode() + b"\n")
    return found.hexdigest()


def last_entry() -> int:
    """Return the id of the last entry so far. Wants nobody posting."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(id), 0) FROM audits_entry")
        found: int = cursor.fetchall()[0][0]
    return found
