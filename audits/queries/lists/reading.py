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
_OLDER, _NEWER = "older", "newer"
_BAD_CURSOR = {"cursor": ["is not one that this list gave"]}

# So many rows a list adds up one by one; beyond it says that they are too many (docs/performance.md).
MOST_ADDED = 200_000

Row = dict[str, Any]
Sums = dict[str, int | None]  # None: not known without adding up too many rows


@dataclass(frozen=True)
class Page:
    """Some rows, newest first; `cursor` leads to older ones, `newer` back, None when there are none."""

    rows: list[Row]
    cursor: str | None
    newer: str | None = None


@dataclass(frozen=True)
class Order:
    """What rows are ordered by, newest first: SQL, name in the row, and how it is read from a cursor."""

    keys: tuple[tuple[str, str, Callable[[str], Any]], ...]

    def sql(self, cursor: Cursor | None, alias: str = "") -> str:
        """Return the ORDER BY; towards newer rows the oldest of these come first."""
        way = "ASC" if cursor and cursor.to_newer else "DESC"
        names = [f"{alias}.{sql.partition('.')[2]}" if alias else sql for sql, _, _ in self.keys]
        return ", ".join(f"{name} {way}" for name in names)


@dataclass(frozen=True)
class Cursor:
    """From where a page goes on, and which way."""

    values: tuple[Any, ...]
    to_newer: bool


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


def opened(text: str | None, order: Order) -> Cursor | None:
    """Read a cursor that `page` gave. Raises BadQuery for any other."""
    if not text:
        return None
    way, *texts = _opened(text)
    if way not in (_OLDER, _NEWER) or len(texts) != len(order.keys):
        raise BadQuery(_BAD_CURSOR)
    try:
        values = tuple(read(value) for (_, _, read), value in zip(order.keys, texts, strict=True))
    except ValueError as problem:
        raise BadQuery(_BAD_CURSOR) from problem
    return Cursor(values, way == _NEWER)


def after(where: Where, cursor: Cursor | None, order: Order) -> None:
    """Go on behind `cursor`."""
    if cursor is None:
        return
    names = [f"after_{index}" for index in range(len(cursor.values))]
    columns = ", ".join(sql for sql, _, _ in order.keys)
    sign = ">" if cursor.to_newer else "<"
    where.add(
        f"({columns}) {sign} ({', '.join(f'%({name})s' for name in names)})",
        **dict(zip(names, cursor.values, strict=True)),
    )


def page(sql: str, where: Where, order: Order, cursor: Cursor | None, limit: int) -> Page:
    """Run a statement that reads one row more than `limit`, to know whether there are more that way."""
    rows = rows_of(sql, {**where.params, "limit": limit + 1})
    more, rows = len(rows) > limit, rows[:limit]
    to_newer = cursor is not None and cursor.to_newer
    if to_newer:
        rows.reverse()
    names = [name for _, name, _ in order.keys]
    ends = [[row[name] for name in names] for row in (rows[0], rows[-1])] if rows else []
    is_newer = ends and cursor is not None and (more or not to_newer)
    return Page(
        rows,
        cursor=_closed(_OLDER, ends[1]) if ends and (more or to_newer) else None,
        newer=_closed(_NEWER, ends[0]) if is_newer else None,
    )


def rows_of(sql: str, params: Row) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [{name: _whole(name, value) for name, value in zip(names, row, strict=True)} for row in cursor]


def _whole(name: str, value: Any) -> Any:
    """PostgreSQL adds bigints up to a numeric without fraction."""
    return int(value) if name.endswith("_nanos") and value is not None else value


def whole_sums(sql: str, params: Row) -> dict[str, int]:
    """Return the one row of a statement that counts and adds; PostgreSQL adds bigints up to a whole numeric."""
    return {name: int(value or 0) for name, value in rows_of(sql, params)[0].items()}


def _closed(way: str, values: Sequence[Any]) -> str:
    texts = [way, *(value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values)]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")


def _opened(cursor: str) -> list[str]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as problem:
        raise BadQuery(_BAD_CURSOR) from problem
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise BadQuery(_BAD_CURSOR)
    return values
