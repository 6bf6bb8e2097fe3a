"""Events, newest first, narrowed down by who, what, of what and when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from trail.followed import followed
from trail.models import Event

PAGE, AT_MOST = 50, 1_000
SESSION = "session"
ACTIONS = ("insert", "update", "delete", "kept", "login", "login failed", "logout", "export", "drop")
_LONGEST = 200


class BadAsked(Exception):
    """What was asked cannot be answered; `errors` maps each word to the reason."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(reasons)}" for name, reasons in errors.items()))
        self.errors = errors


@dataclass(frozen=True)
class Asked:
    """`who` is the beginning of a name, `object` a table or what else events are about; days include both ends.

    `record` is the identity that all versions of a correction, incident or note have in common.
    """

    who: str = ""
    action: str = ""
    object: str = ""
    key: str = ""
    request: str = ""
    record: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Page:
    rows: list[Event]
    cursor: int | None


def labels() -> dict[str, str]:
    """Return how each table that is followed is called."""
    return {table: tracked.label for table, tracked in followed().items()}


def restricted_objects() -> list[str]:
    """Return what is about people and keys: administrators alone handle it, and read of it."""
    return [SESSION, *(table for table, tracked in followed().items() if tracked.restricted)]


def parse(words: Mapping[str, Sequence[str]]) -> Asked:
    """Read the words of an address. Raises BadAsked."""
    errors: dict[str, list[str]] = {}
    said = {name: values[-1].strip() for name, values in words.items() if values}
    for name in set(said) - {"who", "action", "object", "key", "request", "record", "from", "to"}:
        errors[name] = ["is not known here"]
    for name, value in said.items():
        if len(value) > _LONGEST or "\x00" in value:
            errors[name] = [f"must be up to {_LONGEST} characters"]
    if said.get("action") and said["action"] not in ACTIONS:
        errors["action"] = [f"must be one of {', '.join(ACTIONS)}"]
    since, until = _day(said, "from", errors), _day(said, "to", errors)
    if since and until and until < since:
        errors["to"] = ["must not be before `from`"]
    if errors:
        raise BadAsked(errors)
    names = {label: table for table, label in labels().items()}
    about = said.get("object", "")
    return Asked(
        said.get("who", ""), said.get("action", ""), names.get(about, about), said.get("key", ""),
        said.get("request", ""), said.get("record", ""), since, until,
    )  # fmt: skip


def _day(said: Mapping[str, str], name: str, errors: dict[str, list[str]]) -> date | None:
    if not said.get(name):
        return None
    try:
        return date.fromisoformat(said[name])
    except ValueError:
        errors[name] = ["must be a day like 2026-10-31"]
        return None


def narrowed(asked: Asked, *, all_of_it: bool) -> QuerySet[Event]:
    """Return the events, newest first; without `all_of_it` none about people and keys."""
    zone = ZoneInfo(settings.REPORTING_TIME_ZONE)
    only = Q()
    if asked.who:
        only &= Q(actor__istartswith=asked.who)
    for name in ("action", "object", "key", "request"):
        if wanted := getattr(asked, name):
            only &= Q(**{name: wanted})
    if asked.record:
        only &= Q(after__identity=asked.record)
    if asked.since:
        only &= Q(at__gte=_start(asked.since, zone))
    if asked.until and asked.until < date.max:
        only &= Q(at__lt=_start(asked.until + timedelta(days=1), zone))
    events = Event.objects.filter(only)
    return (events if all_of_it else events.exclude(object__in=restricted_objects())).order_by("-id")


def page(asked: Asked, *, all_of_it: bool, cursor: str = "", limit: int = PAGE) -> Page:
    """Return a page of them; `cursor` is that of the page before. Raises BadAsked."""
    events = narrowed(asked, all_of_it=all_of_it)
    if cursor:
        if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18):
            raise BadAsked({"cursor": ["is not one that was given out"]})
        events = events.filter(id__lt=int(cursor))
    rows = list(_exact(events)[: limit + 1])
    return Page([_read(row) for row in rows[:limit]], rows[limit - 1].pk if len(rows) > limit else None)


def each(events: QuerySet[Event]) -> Iterator[Event]:
    """Yield them all, however many."""
    for row in _exact(events).iterator(chunk_size=1_000):
        yield _read(row)


def _exact(events: QuerySet[Event]) -> QuerySet[Event]:
    """Ask for `before` and `after` as text: their numbers are exact, which floats are not."""
    return events.defer("before", "after").annotate(
        before_text=Cast(F("before"), TextField()), after_text=Cast(F("after"), TextField())
    )


def _read(row: Event) -> Event:
    told: Any = row
    row.before, row.after = (_values(text) for text in (told.before_text, told.after_text))
    return row


def _values(text: str | None) -> dict[str, Any] | None:
    """Return the values of a row; numbers with a point as their text."""
    found: dict[str, Any] | None = None if text is None else json.loads(text, parse_float=str)
    return found


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
