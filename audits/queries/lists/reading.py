"""How every list is read: conditions from what is asked, newest first, a page at a time by key, not by offset."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from audits.queries.asking import BadQuery
from audits.queries.lists.asking import Listing

PAGE = 50
AT_MOST = 1_000
_BAD_CURSOR = {"cursor": ["is not one that this list gave"]}

Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Some rows, newest first; `cursor` leads to the next ones, None when these are the last."""

    rows: list[Row]
    cursor: str | None


@dataclass
class Where:
    """Conditions joined by AND, with the values of their parameters."""

    parts: list[str] = field(default_factory=list)
    params: Row = field(default_factory=dict)

    def add(self, condition: str, **params: Any) -> None:
        self.parts.append(condition)
        self.params |= params

    def __str__(self) -> str:
        return " AND ".join(self.parts) or "true"


def asked(listing: Listing, dimensions: Mapping[str, str], when: str) -> Where:
    """Return the conditions that every list has; `dimensions` says how a report's dimensions are spelt."""
    where = Where()
    if listing.period:
        first, end = listing.period.first_day, listing.period.end_day
        where.add(f"{when} >= %(first)s AND {when} < %(end)s", first=first, end=end)
    if listing.teams is not None:
        where.add(f"{dimensions['team']} = ANY(%(reach)s)", reach=sorted(listing.teams))
    for name, wanted in listing.filters.items():
        either = f"{dimensions[name]} = ANY(%({name})s)"
        none = f" OR {dimensions[name]} IS NULL" if None in wanted else ""
        where.add(f"({either}{none})", **{name: [value for value in wanted if value is not None]})
    if listing.routes:
        where.add(f"{dimensions['route']} = ANY(%(route)s)", route=list(listing.routes))
    return where


def said(where: Where, listing: Listing, columns: Mapping[str, str]) -> None:
    """Add the words whose values a column holds as they are."""
    for word, column in columns.items():
        if values := listing.only.get(word):
            where.add(f"{column} = ANY(%(word_{word})s)", **{f"word_{word}": list(values)})


def yes_no(where: Where, listing: Listing, conditions: Mapping[str, str]) -> None:
    """Add the words that are answered yes or no."""
    for word, condition in conditions.items():
        if values := listing.only.get(word):
            where.add(condition if values[-1] == "yes" else f"NOT ({condition})")


def after(where: Where, cursor: str | None, keys: Mapping[str, Callable[[str], Any]]) -> None:
    """Go on behind `cursor`; `keys` maps what rows are ordered by to how it is read from text."""
    if not cursor:
        return
    values = _opened(cursor)
    if len(values) != len(keys):
        raise BadQuery(_BAD_CURSOR)
    try:
        read = [parse(value) for parse, value in zip(keys.values(), values, strict=True)]
    except ValueError as problem:
        raise BadQuery(_BAD_CURSOR) from problem
    names = [f"after_{index}" for index in range(len(read))]
    where.add(
        f"({', '.join(keys)}) < ({', '.join(f'%({name})s' for name in names)})", **dict(zip(names, read, strict=True))
    )


def page(sql: str, where: Where, order: Sequence[str], limit: int) -> Page:
    """Run a statement that reads one row more than `limit`, to know whether there are more."""
    rows = rows_of(sql, {**where.params, "limit": limit + 1})
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, _closed([rows[-1][name] for name in order]) if more else None)


def rows_of(sql: str, params: Row) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [{name: _whole(name, value) for name, value in zip(names, row, strict=True)} for row in cursor]


def _whole(name: str, value: Any) -> Any:
    """PostgreSQL adds bigints up to a numeric without fraction."""
    return int(value) if name.endswith("_nanos") and value is not None else value


def sums(sql: str, params: Row) -> dict[str, int]:
    """Return the one row of a statement that counts and adds; PostgreSQL adds bigints up to a whole numeric."""
    return {name: int(value or 0) for name, value in rows_of(sql, params)[0].items()}


def _closed(values: Sequence[Any]) -> str:
    texts = [value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def _opened(cursor: str) -> list[str]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as problem:
        raise BadQuery(_BAD_CURSOR) from problem
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadQuery(_BAD_CURSOR)
    return values
