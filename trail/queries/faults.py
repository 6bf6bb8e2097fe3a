"""Finds what was tampered with, and names the row: an event, a seal, a row that is followed, a trigger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from django.db import connection
from psycopg import sql

from trail.domain.chain import broken_events, broken_seals, mark_of
from trail.followed import followed, key_column
from trail.models import Day, Event
from trail.queries.chained import events_of, events_since, seals
from trail.store import OF_ROWS, TRIGGERS, array

_LAST = """
SELECT coalesce(r.key, e.key), r.row, e.after,
    (SELECT string_agg(name, ', ' ORDER BY name) FROM (
        SELECT name FROM jsonb_object_keys(coalesce(r.row, '{{}}') || coalesce(e.after, '{{}}')) name
        WHERE r.row -> name IS DISTINCT FROM e.after -> name) differing)
FROM (SELECT to_jsonb(t) ->> {key} AS key, trail_row(to_jsonb(t), {hidden}, {unrecorded}) AS row FROM {table} t) r
FULL JOIN (
    SELECT DISTINCT ON (key) key, after FROM trail_event WHERE object = {name} AND action = ANY({of_rows})
    ORDER BY key, id DESC
) e ON e.key = r.key WHERE r.row IS DISTINCT FROM e.after
"""
# An event begins where the one before it, of the same row, ended; what was dropped began before the first.
_GAPS = """
SELECT id, object, key FROM (
    SELECT id, object, key, action, before, lag(after) OVER row AS earlier,
           row_number() OVER row AS nth
    FROM trail_event WHERE action = ANY(%s) WINDOW row AS (PARTITION BY object, key ORDER BY id)
) e WHERE before IS DISTINCT FROM earlier AND NOT (nth = 1 AND (action = 'kept' OR %s))
AND ((before IS NULL) <> (earlier IS NULL) OR EXISTS (  -- a migration may have given it other columns in between
    SELECT 1 FROM jsonb_each(before) b JOIN jsonb_each(earlier) a USING (key) WHERE b.value <> a.value))
"""
_PROTECTED = {
    "trail_event": ("trail_event_is_kept", "trail_events_are_never_truncated"),
    "trail_day": ("trail_day_is_kept", "trail_days_are_never_truncated"),
}


def chain_holds() -> Iterator[str]:
    """Every sealed day is as it was sealed, and no event of any day says other than when it was written."""
    yield from broken_seals(seals())
    days = []
    for seal in seals():
        days.append(seal.day)
        events = events_of(seal.day)
        if seal.is_dropped:
            yield from (f"event {event.id} was inserted into {seal.day} after it was dropped" for event, _ in events)
        else:
            yield from broken_events(seal, ((event.id, mark_of(event)) for event, _ in events))
    yield from _strays(days)
    for event, mark in events_since(days[-1] if days else None):
        if mark_of(event) != mark:
            yield f"event {event.id} ({event.action} of {event.object} {event.key}) was changed"


def _strays(days: Sequence[date]) -> Iterator[str]:
    """Name events of days before the last seal that had none when they were passed over."""
    if not days:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, day FROM (SELECT id, (at AT TIME ZONE 'UTC')::date AS day FROM trail_event) e"
            " WHERE day <= %s AND day <> ALL(%s) ORDER BY id",
            [days[-1], list(days)],
        )
        for number, day in cursor.fetchall():
            yield f"event {number} was inserted into {day}, which had none when later days were sealed"


def drops_are_noted() -> Iterator[str]:
    """The last day whose events were dropped is named by an event that says so."""
    last = Day.objects.exclude(dropped_at=None).last()
    if last is None:
        return
    noted = Event.objects.filter(action="drop", object="trail").values_list("after", flat=True)
    if not any(said and said.get("to", "") >= str(last.day) for said in noted):
        yield f"the events of {last.day} were dropped, and no event says so"


def events_follow() -> Iterator[str]:
    """Each event of a row begins where the one before it ended."""
    any_dropped = Day.objects.exclude(dropped_at=None).exists()
    with connection.cursor() as cursor:
        cursor.execute(_GAPS, [list(OF_ROWS), any_dropped])
        for number, table, key in cursor.fetchall():
            yield f"event {number} does not begin where the event before it of {table} {key} ended"


def rows_are_as_left() -> Iterator[str]:
    """Each row that is followed is what its last event left."""
    for table, tracked in followed().items():
        statement = sql.SQL(_LAST).format(
            table=sql.Identifier(table), name=sql.Literal(table), key=sql.Literal(key_column(table)),
            hidden=sql.Literal(array(tracked.hidden)), unrecorded=sql.Literal(array(tracked.unrecorded)),
            of_rows=sql.Literal(array(OF_ROWS)),
        )  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(statement)
            for key, row, after, differing in cursor.fetchall():
                if row is None:
                    yield f"{table} {key} is gone, and no event says so"
                elif after is None:
                    yield f"{table} {key} is there, and no event says how it came"
                else:
                    yield f"{table} {key} is not as its last event left it: {differing}"


def triggers_stand() -> Iterator[str]:
    """Every trigger that writes or protects the trail is there, and always enabled."""
    wanted = dict.fromkeys(followed(), tuple(TRIGGERS)) | _PROTECTED
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A'")
        standing = set(cursor.fetchall())
    for table, triggers in wanted.items():
        for trigger in triggers:
            if (table, trigger) not in standing:
                yield f"the trigger {trigger} of {table} is missing or not always enabled"


CHECKS: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
    ("the audit trail is as it was sealed", chain_holds),
    ("what was dropped of the audit trail is noted on it", drops_are_noted),
    ("events of a row follow from one another", events_follow),
    ("rows are as the audit trail left them", rows_are_as_left),
    ("the audit trail cannot be switched off", triggers_stand),
)
