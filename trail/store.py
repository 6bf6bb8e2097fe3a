"""The raw SQL of the trail: what makes the database follow tables, events that change no row, and the seals' lock."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from trail.context import tell
from trail.followed import followed, key_column

LOCK = 1_953_653_100  # any number of our own, as in the migration
OF_ROWS = ("insert", "update", "delete", "kept")
TRIGGERS = {
    "trail_insert": "AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT",
    "trail_update": "AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
    " FOR EACH STATEMENT",
    "trail_delete": "AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT",
    "trail_truncate": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
}
# What is there before anybody follows it is noted as found; and again where a migration gave a row other columns.
_KEEP = """
INSERT INTO trail_event SELECT e.* FROM (
    SELECT to_jsonb(r) ->> {key} AS key, trail_row(to_jsonb(r), {hidden}, {unrecorded}) AS row FROM {table} r
) r {last} , LATERAL trail_made(trail_told(), 'kept', {name}, r.key, {before}, r.row) e
"""
_RESHAPED = """
JOIN LATERAL (
    SELECT after FROM trail_event WHERE object = {name} AND trail_event.key = r.key AND action = ANY({of_rows})
    ORDER BY id DESC LIMIT 1
) last ON ARRAY(SELECT jsonb_object_keys(last.after) ORDER BY 1) <> ARRAY(SELECT jsonb_object_keys(r.row) ORDER BY 1)
    AND NOT EXISTS (SELECT 1 FROM jsonb_each(last.after) old JOIN jsonb_each(r.row) new USING (key)
                    WHERE old.value <> new.value)
"""

_EMPTIED = """
INSERT INTO trail_event SELECT e.* FROM {table} r, LATERAL trail_made(
    trail_told(), 'delete', {name}, to_jsonb(r) ->> {key}, trail_row(to_jsonb(r), {hidden}, {unrecorded}), NULL
) e
"""
_CARRIED = """
INSERT INTO trail_event SELECT e.* FROM (
    SELECT DISTINCT ON (object, key) object, key, at, after FROM trail_event WHERE action = ANY(%s)
    ORDER BY object, key, id DESC
) last, LATERAL trail_made(trail_told(), 'kept', last.object, last.key, last.after, last.after) e
WHERE last.at < %s AND last.after IS NOT NULL
"""


def note(action: str, object: str, key: str, said: dict[str, Any], *, using: str = "default") -> None:
    """Record what changes no row, as done by whoever is at it."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        tell(connections[using])
        cursor.execute("SELECT trail_note(%s, %s, %s, %s)", [action, object, key, json.dumps(said)])


def note_emptied(table: str, *, using: str) -> None:
    """Record that all rows of a table go; for its owner, who is about to truncate it."""
    if table not in followed():
        return
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        tell(connections[using])
        cursor.execute(sql.SQL(_EMPTIED).format(**_names(table)))


class Busy(Exception):
    """Somebody has been writing events for a while, and is not done."""


def lock_for_sealing() -> None:
    """Wait until all who write events have committed, and keep others waiting. Raises Busy."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
        except OperationalError as problem:
            raise Busy from problem


def keep_last_events(until: datetime, *, using: str) -> None:
    """Note anew what rows that live on were last left as, where the event that says so is older than `until`."""
    with connections[using].cursor() as cursor:
        tell(connections[using])
        cursor.execute(_CARRIED, [list(OF_ROWS), until])


def follow(*, using: str) -> None:
    """Have the database record each change of the tables that are followed, and what is in them already."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        tell(connections[using])
        _withhold(cursor)
        for table in followed():
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone() != (None,):
                _follow(cursor, table)


def _withhold(cursor: CursorWrapper) -> None:
    """The application's role neither writes nor changes events: the database's own functions do."""
    app, owner = connections["default"].settings_dict["USER"], cursor.db.settings_dict["USER"]
    if app == owner:
        return
    for refused in (
        "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON trail_event FROM {app}",
        "REVOKE UPDATE, DELETE, TRUNCATE ON trail_day FROM {app}",
        "REVOKE ALL ON SEQUENCE trail_event_id_seq FROM {app}",
    ):
        cursor.execute(sql.SQL(refused).format(app=sql.Identifier(app)))


def _follow(cursor: CursorWrapper, table: str) -> None:
    names = _names(table)
    cursor.execute("SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'trail_insert'", [table])
    is_followed = cursor.fetchone() is not None
    cursor.execute(sql.SQL("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE").format(**names))
    last = sql.SQL(_RESHAPED).format(**names) if is_followed else sql.SQL("")
    before = sql.SQL("last.after" if is_followed else "NULL::jsonb")
    cursor.execute(sql.SQL(_KEEP).format(**names, last=last, before=before))
    for trigger, when in TRIGGERS.items():
        function = "trail_refuses()" if trigger == "trail_truncate" else "trail_follow({key}, {hidden}, {unrecorded})"
        for statement in (
            "CREATE OR REPLACE TRIGGER {trigger} " + when + " EXECUTE FUNCTION " + function,
            "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}",
        ):
            cursor.execute(sql.SQL(statement).format(**names, trigger=sql.Identifier(trigger)))


def _names(table: str) -> dict[str, sql.Composable]:
    tracked = followed()[table]
    return {
        "table": sql.Identifier(table),
        "name": sql.Literal(table),
        "key": sql.Literal(key_column(table)),
        "hidden": sql.Literal(array(tracked.hidden)),
        "unrecorded": sql.Literal(array(tracked.unrecorded)),
        "of_rows": sql.Literal(array(OF_ROWS)),
    }


def array(names: tuple[str, ...]) -> str:
    """Return names as PostgreSQL writes an array of them; they are columns of ours, which need no quotes."""
    return "{" + ",".join(names) + "}"
