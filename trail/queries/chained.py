"""Reads the trail as the chain has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from trail.domain.chain import Event, Seal, mark_of, sealed
from trail.models import Day

_COLUMNS = (
    "id, at, transaction, action, object, key, before::text, after::text, actor_kind, actor, person_id, role, address,"
    " request, reason"
)
_AT_ONCE = 10_000


def days_to_seal(*, after: date | None, before: date) -> list[date]:
    """Return the days (UTC) between these, both excluded, that have events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM trail_event WHERE at >= %s AND at < %s ORDER BY 1",
            [_start(after + timedelta(days=1)) if after else datetime.min.replace(tzinfo=UTC), _start(before)],
        )
        return [day for (day,) in cursor.fetchall()]


def marks_of(day: date) -> list[tuple[int, bytes]]:
    """Return id and mark of each event of a day, in order, the marks made anew of what the events say."""
    return [(event.id, mark_of(event)) for event, _ in events_of(day)]


def events_of(day: date) -> Iterator[tuple[Event, bytes]]:
    """Yield the events of a day in order, each with the mark it carries."""
    return _events("at >= %s AND at < %s", [_start(day), _start(day + timedelta(days=1))])


def events_since(day: date | None) -> Iterator[tuple[Event, bytes]]:
    """Yield the events after this day, those that no seal covers yet."""
    if day is None:
        return _events("true", [])
    return _events("at >= %s", [_start(day + timedelta(days=1))])


def _events(which: str, values: list[Any]) -> Iterator[tuple[Event, bytes]]:
    last = -(2**63)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS}, mark FROM trail_event WHERE {which} AND id > %s ORDER BY id LIMIT {_AT_ONCE}",
                [*values, last],
            )
            rows = cursor.fetchall()
        for *fields, mark in rows:
            yield Event(*fields), bytes(mark)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1][0]


def seals() -> Iterator[Seal]:
    """Yield the seals in order, a few at a time: their marks are large."""
    for row in Day.objects.order_by("day").iterator(chunk_size=10):
        yield Seal(
            row.day, row.events, bytes(row.marks), bytes(row.content), bytes(row.previous), bytes(row.digest),
            row.dropped_at is not None,
        )  # fmt: skip


def unsealed(today: date) -> Seal:
    """Return what the seal of all since the last seal would be now."""
    last = Day.objects.last()
    marks = [(event.id, mark_of(event)) for event, _ in events_since(last.day if last else None)]
    return sealed(today, marks, bytes(last.digest) if last else b"")


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
