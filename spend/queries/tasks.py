"""Tasks with the calls they exist by and the outcomes reported of them, as the domain takes them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import connection

from spend.domain.tasks import CallFact
from spend.store import raw_cursor

_COLUMNS = (
    "c.id, c.external_id, c.occurred_at, c.day, c.llm_id, c.tier_id, c.task_type_id, c.purpose, c.status, c.final,"
    " c.cost_nanos, c.input_tokens, c.cache_read_tokens, c.cache_write_tokens, c.output_tokens, c.latency_ms,"
    " c.source_id, c.metadata->>'complexity'"
)
_ROWS_AT_ONCE = 20_000  # of the stream: bounds the memory of a slice of any size


class ReportedOutcome(NamedTuple):
    """The outcome that counts for a task."""

    outcome: str
    task_type: int | None
    value: int | None
    complexity: str


def tasks_of_slices(team: int, days: Collection[date]) -> Iterator[tuple[UUID, bool, list[CallFact]]]:
    """Stream the tasks of a team whose day is one of `days`: key, whether no call names it, and its counted calls.

    Needs a transaction.
    """
    with psycopg.ServerCursor(connection.connection, "tasks_of_slices") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(
            f"SELECT c.task_id, t.implicit, {_COLUMNS} FROM spend_task t JOIN spend_call c ON c.task_id = t.id"
            " WHERE t.team_id = %s AND t.day = ANY(%s) AND c.counted ORDER BY c.task_id",
            [team, list(days)],
            binary=True,
        )
        for (task, is_implicit), rows in groupby(cursor, itemgetter(0, 1)):
            yield task, is_implicit, [CallFact(*row[2:]) for row in rows]


def tasks_with_calls(task_keys: Collection[UUID]) -> dict[UUID, tuple[int, list[CallFact]]]:
    """Return team and counted calls of those of `task_keys` that exist."""
    found: dict[UUID, tuple[int, list[CallFact]]] = {}
    with raw_cursor() as cursor:
        cursor.execute(
            f"SELECT c.task_id, c.team_id, {_COLUMNS} FROM spend_call c WHERE c.task_id = ANY(%b) AND c.counted",
            [list(task_keys)],
        )
        for task, team, *row in cursor:
            found.setdefault(task, (team, []))[1].append(CallFact(*row))
    return found


def outcomes_of_slices(team: int, days: Collection[date]) -> dict[UUID, ReportedOutcome]:
    """Return the outcomes of the tasks of a team whose day is one of `days`."""
    return _outcomes(
        "JOIN spend_task t ON t.id = o.task_key WHERE t.team_id = %s AND t.day = ANY(%s)", [team, list(days)]
    )


def outcomes_of(task_keys: Collection[UUID]) -> dict[UUID, ReportedOutcome]:
    return _outcomes("WHERE o.task_key = ANY(%s)", [list(task_keys)])


def _outcomes(where: str, params: list[Any]) -> dict[UUID, ReportedOutcome]:
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT o.task_key, o.outcome, o.task_type_id, o.value_nanos, o.complexity"
            f" FROM spend_outcome o {where} AND o.latest AND NOT o.withdrawn ORDER BY o.task_key, o.id",
            params,
        )
        return {row[0]: ReportedOutcome(*row[1:]) for row in cursor}


def tasks_of_calls(call_keys: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the task of each of `call_keys` that is a counted call."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT id, task_id FROM spend_call WHERE counted AND id = ANY(%b)", [list(call_keys)])
        return dict(cursor.fetchall())
