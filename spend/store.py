"""The raw SQL that writes facts fast: binary COPY into a table of the connection's own, then INSERT ... ON CONFLICT.

Everything here runs inside the caller's transaction. Locks are taken in one order everywhere, calls, then tasks,
each by ascending key, so that writers with overlapping calls or tasks wait for each other and never deadlock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.types.string import BytesBinaryDumper

from spend.domain.lineage import Key, Known
from trail.context import tell

REFERENCE_LOCK = 1  # shared by writers of calls, exclusive for who changes reference data
VERSIONS_LOCK = 2  # one writer of versions at a time for each kind and team
SPANS_LOCK = 10  # one writer of spans at a time for each scope; taken last
DERIVING_LOCK = 20  # shared by who makes derived rows, exclusive for who changes reference data; taken first

# What COPY sends for each column. Keys of calls and tasks go as their 16 bytes, which is what a binary uuid is.
CALL_COLUMNS = {
    "id": "bytea", "team_id": "int4", "external_id": "text", "task_id": "bytea", "occurred_at": "timestamptz",
    "day": "date", "llm_id": "int8", "tier_id": "int8", "task_type_id": "int8", "purpose": "text", "status": "text",
    "final": "bool", "counted": "bool", "input_tokens": "int8", "cache_read_tokens": "int8",
    "cache_write_tokens": "int8", "output_tokens": "int8", "reasoning_tokens": "int8", "cost_nanos": "int8",
    "computed_nanos": "int8", "reported_nanos": "int8", "cost_source": "text", "price_id": "int8",
    "latency_ms": "int8", "step": "text", "service_tier": "text", "environment": "text", "metadata": "jsonb",
    "digest": "bytea", "received_at": "timestamptz", "source_id": "int8", "repeated": "bool", "yields_to": "int2",
}  # fmt: skip
# And the name of the task, where the call gives one.
STAGED_COLUMNS = {**CALL_COLUMNS, "task_name": "text"}


@contextmanager
def raw_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of psycopg itself on the default connection: binary parameters and COPY; Django's own has neither."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def note_sources_seen(sources: Sequence[int], at: datetime, *, before: datetime) -> None:
    """Say that these sources sent something, where that was last said before `before`; never waits for a row."""
    with raw_cursor() as cursor:
        cursor.execute(
            "UPDATE spend_source SET last_seen_at = %b WHERE id IN (SELECT id FROM spend_source"
            " WHERE id = ANY(%b) AND last_seen_at <= %b FOR UPDATE SKIP LOCKED)",
            [at, list(sources), before],
        )


def installation() -> tuple[int, str]:
    """Return the count of changes to reference data, and the zone in which days are counted (empty: no data yet)."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT reference_version, reporting_time_zone FROM spend_installation")
        version, zone = cursor.fetchall()[0]
        return version, zone


_longest_waits: ContextVar[tuple[int, int] | None] = ContextVar("longest_waits", default=None)


@contextmanager
def waiting_at_most(lock_seconds: int, statement_seconds: int) -> Iterator[None]:
    """Have transactions that `bound_waits` or `lock_reference_data` begin fail rather than wait longer than this."""
    before = _longest_waits.set((lock_seconds, statement_seconds))
    try:
        yield
    finally:
        _longest_waits.reset(before)


def bound_waits() -> None:
    """Let this transaction wait no longer than its door allows: who imports a file may wait as long as it takes."""
    if waits := _longest_waits.get():
        with raw_cursor() as cursor:
            cursor.execute(f"SELECT {_BOUND}", [f"{seconds}s" for seconds in waits])


def lock_reference_data() -> None:
    """Keep reference data as it is until the transaction ends; others may do the same. Bounds waits as well."""
    waits = [f"{seconds}s" for seconds in _longest_waits.get() or ()]
    with raw_cursor() as cursor:
        cursor.execute(
            f"SELECT {_BOUND + ',' if waits else ''} pg_advisory_xact_lock_shared({REFERENCE_LOCK}, 0)", waits
        )


_BOUND = "set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)"


def lock_reference_data_for_deriving() -> None:
    """The same for who makes derived rows: who changes reference data sees them all, or they see the change."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, 0)", [DERIVING_LOCK])


def lock_reference_data_for_change() -> None:
    """Wait until no call is being written and nothing derived; let neither begin until the transaction ends."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [DERIVING_LOCK])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [REFERENCE_LOCK])


def lock_versions(kind: int, team_id: int | None) -> None:
    """Be the only writer of versioned records of this kind and team until the transaction ends."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [VERSIONS_LOCK + kind, team_id or 0])


def lock_spans(scope: int) -> None:
    """Be the only writer of spans of this scope until the transaction ends, and see what the one before wrote."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SPANS_LOCK, scope])


def known_spans(scope: int, keys: Collection[Key]) -> dict[Key, Known]:
    """Return what is kept of those of the spans of which something is."""
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT key, parent, below FROM spend_span WHERE scope = %b AND key = ANY (%b::bytea[])",
            [scope, list(keys)],
            binary=True,
        )
        return {key: Known(parent, below) for key, parent, below in cursor}


def keep_spans(scope: int, spans: Mapping[Key, Known], day: date) -> None:
    """Keep this of the spans besides what is kept already. Wants `lock_spans`."""
    if not spans:
        return
    with raw_cursor() as cursor:
        cursor.execute(
            "INSERT INTO spend_span (scope, key, parent, below, seen_on) SELECT %b, key, parent, below, %b"
            " FROM unnest(%b::bytea[], %b::bytea[], %b::smallint[]) AS kept(key, parent, below)"
            " ON CONFLICT (scope, key) DO UPDATE SET parent = coalesce(spend_span.parent, excluded.parent),"
            " below = spend_span.below | excluded.below",
            [scope, day, list(spans), [known.parent for known in spans.values()], [k.below for k in spans.values()]],
        )


def forget_spans_before(day: date) -> int:
    """Forget what was kept of spans seen before this day; return how many they were."""
    with raw_cursor() as cursor:
        return cursor.execute("DELETE FROM spend_span WHERE seen_on < %s", [day]).rowcount


def demote_calls(below: Mapping[bytes, int]) -> None:
    """Mark those calls as repeated that yield to what is `below` them (call id -> sorts), where they are stored.

    Wants `lock_spans`, so that nobody else demotes them; they are locked by ascending id all the same.
    """
    if not below:
        return
    with raw_cursor() as cursor:
        cursor.execute(
            "WITH found AS (SELECT c.id, c.task_id, c.counted FROM spend_call c"
            " JOIN unnest(%b::uuid[], %b::smallint[]) AS told(id, below) ON told.id = c.id"
            " WHERE NOT c.repeated AND c.yields_to & told.below <> 0 ORDER BY c.id FOR UPDATE OF c),"
            " demoted AS (UPDATE spend_call c SET repeated = true, counted = false FROM found WHERE c.id = found.id)"
            " INSERT INTO spend_demotedcall (call, task) SELECT id, task_id FROM found WHERE counted",
            [_uuids(below), list(below.values())],
        )


def check_references_at_once() -> None:
    """Have foreign keys checked by each statement, not at the end: a long transaction would pile the checks up."""
    with raw_cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@contextmanager
def copying(table: str, columns: dict[str, str]) -> Iterator[Any]:
    """Open a binary COPY into `table`; yield an object whose `write_row` takes a tuple in the order of `columns`."""
    with raw_cursor() as cursor:
        cursor.adapters.register_dumper(bytes, BytesBinaryDumper)  # in C; the default is thrice as slow
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        with cursor.copy(statement) as copy:
            copy.set_types(list(columns.values()))
            yield copy


def copy_rows(table: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> None:
    with copying(table, columns) as copy:
        write = copy.write_row
        for row in rows:
            write(row)


def insert_calls(rows: Sequence[tuple[Any, ...]]) -> set[bytes]:
    """Insert calls (tuples in the order of STAGED_COLUMNS, unique by id), and return the ids that were not there yet.

    Those stay in the connection's staging table until the transaction ends, for `insert_tasks_of_staged_calls`. Where
    all are new, as nearly always, their ids are not sent back: who wrote them knows them.
    """
    names = ", ".join(CALL_COLUMNS)
    with raw_cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS staged_call ON COMMIT DELETE ROWS AS"
            f" SELECT {names}, NULL::text AS task_name FROM spend_call WITH NO DATA"
        )
        # An import has many batches in one transaction; there rows that are only deleted are read by every later batch.
        if cursor.execute("SELECT 1 FROM staged_call LIMIT 1").fetchone():
            cursor.execute("TRUNCATE staged_call")
        copy_rows("staged_call", STAGED_COLUMNS, rows)
        cursor.execute(
            f"WITH fresh AS (INSERT INTO spend_call ({names}) SELECT {names} FROM staged_call ORDER BY id"
            " ON CONFLICT (id) DO NOTHING RETURNING id), of AS (SELECT count(*) AS all_of FROM fresh)"
            " SELECT all_of, NULL::bytea FROM of UNION ALL SELECT 0, uuid_send(id) FROM fresh, of WHERE all_of <> %b",
            [len(rows)],
            binary=True,
        )
        (count, _), *ids = cursor.fetchall()
        if count == len(rows):
            return {row[0] for row in rows}
        fresh = {key for _, key in ids}
        cursor.execute("DELETE FROM staged_call WHERE id <> ALL (%b)", [_uuids(fresh)])
        return fresh


def insert_tasks_of_staged_calls() -> None:
    """Make sure that the tasks of the calls just inserted exist, on their earliest day; mark their slices as dirty."""
    with raw_cursor() as cursor:
        cursor.execute(_INSERT_TASKS)
        known = cursor.fetchall()
    if known:
        mark_dirty(_move_to_earlier_days(known) | _slices_of([key for key, _ in known]))


# Tasks are named by calls that enter reports; one that no call names is of its one call. Those that were there already
# come back, with the day that they would have now.
_INSERT_TASKS = """
WITH named AS (
    SELECT task_id AS id, team_id, coalesce(min(task_name), min(external_id)) AS external_id,
           bool_and(task_name IS NULL) AS implicit, min(day) AS day
    FROM staged_call WHERE counted GROUP BY task_id, team_id
), fresh AS (
    INSERT INTO spend_task (id, team_id, external_id, implicit, day)
    SELECT id, team_id, external_id, implicit, day FROM named ORDER BY id
    ON CONFLICT (id) DO NOTHING RETURNING id, team_id, day
), marked AS (
    INSERT INTO spend_dirtyslice (team_id, day) SELECT DISTINCT team_id, day FROM fresh
)
SELECT id, day FROM named WHERE id NOT IN (SELECT id FROM fresh) ORDER BY id
"""


def update_derived(rows: Sequence[tuple[Any, ...]]) -> None:
    """Write (id, cost, computed cost, source of the cost, price, tier) of stored calls."""
    if not rows:
        return
    with raw_cursor() as cursor:
        cursor.execute(
            "UPDATE spend_call c SET cost_nanos = d.cost, computed_nanos = d.computed, cost_source = d.source,"
            " price_id = d.price, tier_id = d.tier FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::text[],"
            " %b::bigint[], %b::bigint[]) AS d(id, cost, computed, source, price, tier) WHERE c.id = d.id",
            [list(column) for column in zip(*rows, strict=True)],
        )


def digests_of_calls(ids: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return the digest of each stored call among `ids`."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT uuid_send(id), digest FROM spend_call WHERE id = ANY(%b)", [_uuids(ids)], binary=True)
        return dict(cursor.fetchall())


def _uuids(keys: Iterable[bytes]) -> list[UUID]:
    return [UUID(bytes=key) for key in keys]


def _move_to_earlier_days(tasks: Sequence[tuple[UUID, date]]) -> set[tuple[int, date]]:
    """Set the day of stored tasks to this one where it is earlier, and return the slices they left."""
    with raw_cursor() as cursor:
        cursor.execute(
            "WITH moved AS (SELECT t.id, t.team_id, t.day AS old_day, e.day AS new_day FROM spend_task t"
            " JOIN unnest(%b::uuid[], %b::date[]) AS e(id, day) ON e.id = t.id WHERE e.day < t.day"
            " ORDER BY t.id FOR UPDATE OF t),"
            " updated AS (UPDATE spend_task t SET day = m.new_day FROM moved m WHERE t.id = m.id)"
            " SELECT DISTINCT team_id, old_day FROM moved",
            [list(column) for column in zip(*tasks, strict=True)],
        )
        return set(cursor.fetchall())


def _slices_of(task_ids: Sequence[UUID]) -> set[tuple[int, date]]:
    with raw_cursor() as cursor:
        cursor.execute("SELECT DISTINCT team_id, day FROM spend_task WHERE id = ANY(%b)", [list(task_ids)])
        return set(cursor.fetchall())


def mark_dirty(slices: Iterable[tuple[int | None, date]]) -> None:
    """Say that the derived rows of these (team, day) no longer hold."""
    pairs = list(slices)
    if not pairs:
        return
    with raw_cursor() as cursor:
        cursor.execute(
            "INSERT INTO spend_dirtyslice (team_id, day) SELECT * FROM unnest(%b::int[], %b::date[])",
            [[team for team, _ in pairs], [day for _, day in pairs]],
        )


def mark_keys_dirty(keys: Iterable[UUID]) -> None:
    """Say that something was said of these tasks and calls.

    Their slices are looked up when this is committed (`mark_slices_of_dirty_keys`): until then a call that is being
    written may make the task, or move it to another day, and neither transaction sees the other.
    """
    with raw_cursor() as cursor:
        cursor.execute("INSERT INTO spend_dirtykey (key) SELECT * FROM unnest(%b::uuid[])", [sorted(set(keys))])


def mark_slices_of_dirty_keys() -> None:
    """Mark the slices of the tasks named by dirty keys, and of the tasks of the calls; what is later marks itself."""
    with raw_cursor() as cursor:
        cursor.execute(
            "WITH claimed AS (DELETE FROM spend_dirtykey RETURNING key)"
            " INSERT INTO spend_dirtyslice (team_id, day) SELECT t.team_id, t.day FROM spend_task t WHERE t.id IN"
            " (SELECT key FROM claimed UNION SELECT c.task_id FROM claimed k JOIN spend_call c ON c.id = k.key"
            " WHERE c.counted) GROUP BY 1, 2"
        )


def digests_of_versions(table: str, identities: Iterable[UUID]) -> dict[UUID, dict[int, bytes]]:
    """Return identity -> version -> digest of what `table` holds of `identities`."""
    with raw_cursor() as cursor:
        cursor.execute(
            f"SELECT identity, version, digest FROM {table} WHERE identity = ANY(%b)", [sorted(set(identities))]
        )
        stored: dict[UUID, dict[int, bytes]] = {}
        for identity, version, digest in cursor:
            stored.setdefault(identity, {})[version] = digest
        return stored


def teams_of_versions(table: str, identities: Iterable[UUID]) -> dict[UUID, int]:
    """Return the team that the latest version of each of `identities` is of, where it has one."""
    with raw_cursor() as cursor:
        cursor.execute(
            f"SELECT identity, team_id FROM {table} WHERE latest AND team_id IS NOT NULL AND identity = ANY(%b)",
            [list(identities)],
        )
        return dict(cursor.fetchall())


def supersede_versions(table: str, identities: Iterable[UUID]) -> None:
    """Mark the stored versions of `identities` as no longer the latest.

    All of them are locked, oldest first: who settles a record does so too, and waits here whichever version counts.
    """
    tell(connection)
    with raw_cursor() as cursor:
        cursor.execute(
            f"WITH old AS (SELECT id FROM {table} WHERE identity = ANY(%b) ORDER BY identity, id FOR UPDATE)"
            f" UPDATE {table} t SET latest = false FROM old WHERE t.id = old.id AND t.latest",
            [list(identities)],
        )


def existing_tasks(task_keys: Iterable[UUID]) -> set[UUID]:
    """Return those of `task_keys` that are tasks."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT id FROM spend_task WHERE id = ANY(%b)", [list(task_keys)])
        return {row[0] for row in cursor.fetchall()}


def existing_calls(call_keys: Iterable[UUID]) -> set[UUID]:
    """Return those of `call_keys` that are calls which enter reports."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT id FROM spend_call WHERE counted AND id = ANY(%b)", [list(call_keys)])
        return {row[0] for row in cursor.fetchall()}


def has_demoted_calls() -> bool:
    with raw_cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM spend_demotedcall)")
        return bool(cursor.fetchall()[0][0])


def tasks_that_moved_or_went() -> bool:
    """Whether a task of a demoted call has another first day since, or no counted call left."""
    with raw_cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({_DEMOTED_TASKS} AND now.day IS DISTINCT FROM t.day)")
        return bool(cursor.fetchall()[0][0])


def put_demoted_right() -> tuple[list[UUID], list[UUID]]:
    """Give the tasks of demoted calls the day of their first counted call, remove those without one, mark the slices.

    Returns the demoted calls, and the tasks that went. Where a day moves or a task goes, wants nobody writing calls.
    """
    with raw_cursor() as cursor:
        cursor.execute(f"{_DEMOTED_TASKS} ORDER BY t.id FOR UPDATE OF t")
        rows = cursor.fetchall()
        gone = [task for task, _, _, now in rows if now is None]
        moved = {task: now for task, _, day, now in rows if now is not None and now != day}
        cursor.execute(
            "UPDATE spend_task t SET day = moved.day FROM unnest(%b::uuid[], %b::date[]) AS moved(id, day)"
            " WHERE moved.id = t.id",
            [list(moved), list(moved.values())],
        )
        cursor.execute("DELETE FROM spend_task WHERE id = ANY (%b)", [gone])
        cursor.execute("DELETE FROM spend_demotedcall WHERE task = ANY (%b) RETURNING call", [[row[0] for row in rows]])
        calls = [call for (call,) in cursor]
    mark_dirty({(team, day) for _, team, *days in rows for day in days if day is not None})
    return calls, gone


_DEMOTED_TASKS = (
    "SELECT t.id, t.team_id, t.day, now.day FROM spend_task t, LATERAL (SELECT min(c.day) AS day FROM spend_call c"
    " WHERE c.task_id = t.id AND c.counted) AS now WHERE t.id IN (SELECT task FROM spend_demotedcall)"
)
