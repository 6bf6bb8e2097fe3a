"""The table of all figures: rows in the order asked for, and by two dimensions a subtotal for each of the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from audits.domain.lines import Line
from audits.queries.asking import BadQuery
from audits.queries.reports import Row, TrueCost
from audits.views.columns import Cell, Column, cells, columns_of
from audits.views.links import Words, link, words_of_row


@dataclass(frozen=True)
class TableRow:
    names: list[str | None]
    cells: list[Cell]


@dataclass(frozen=True)
class Group:
    """Rows that share the value of the first of two dimensions, under their subtotal; by one there is no subtotal."""

    rows: list[TableRow]
    subtotal: TableRow | None = None


@dataclass(frozen=True)
class Heading:
    """The head of a column: `href` sorts by it, `order` says how it is sorted now, in the words of aria-sort."""

    column: Column
    href: str
    order: str = ""


@dataclass(frozen=True)
class Sorting:
    """By which column rows are sorted; by none they stand in the order of their names."""

    column: Column | None = None
    is_falling: bool = False

    @property
    def order(self) -> str:
        return "descending" if self.is_falling else "ascending"


@dataclass(frozen=True)
class Table:
    headings: list[tuple[str, list[Heading]]]
    groups: list[Group]
    total: TableRow
    unsorted_href: str  # empty where the rows stand in the order of their names
    by: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> list[TableRow]:
        return [row for group in self.groups for row in group.rows]


def sorting_of(words: Words, known: Sequence[Column]) -> Sorting:
    """Return what `sort` says: a column, with a minus for the largest first. Raises BadQuery."""
    asked = words.get("sort", [""])[-1]
    column = next((column for column in known if column.name == asked.removeprefix("-")), None)
    if asked and column is None:
        raise BadQuery({"sort": [f"{asked!r} is not a column"]})
    return Sorting(column, asked.startswith("-"))


def table(report: TrueCost, words: Words, asked: Words, sorting: Sorting) -> Table:
    """Return the table of a report; `words` are those of its lists, `asked` those of its own address."""
    shown = columns_of(report)
    query = report.query

    def row_of(row: Row) -> TableRow:
        return TableRow(list(row.names.values()), cells(shown, row.line, words_of_row(words, row.names), query))

    by_first: dict[str | None, list[Row]] = {}
    for row in report.rows:
        by_first.setdefault(row.names[query.by[0]], []).append(row)
    if len(query.by) > 1:
        firsts = _sorted(report.groups, sorting)
        groups = [
            Group([row_of(row) for row in _sorted(by_first[first.names[query.by[0]]], sorting)], row_of(first))
            for first in firsts
        ]
    else:
        groups = [Group([row_of(row) for row in _sorted(report.rows, sorting)])]
    return Table(
        headings=_headings(shown, asked, sorting),
        groups=groups,
        total=TableRow([], cells(shown, report.total, words, query)),
        unsorted_href=link("report", _without_sort(asked)) if sorting.column else "",
        by=query.by,
    )


def _sorted(rows: Iterable[Row], sorting: Sorting) -> list[Row]:
    """Sort by the column, what is not known last in either direction; equals stay in the order of their names."""
    column = sorting.column
    if column is None:
        return list(rows)
    known = [row for row in rows if column.of(row.line) is not None]
    unknown = [row for row in rows if column.of(row.line) is None]
    return sorted(known, key=lambda row: _value(column, row.line), reverse=sorting.is_falling) + unknown


def _value(column: Column, line: Line) -> Any:
    return column.of(line)


def _headings(
    shown: Sequence[tuple[str, list[Column]]], asked: Words, sorting: Sorting
) -> list[tuple[str, list[Heading]]]:
    return [(group, [_heading(column, asked, sorting) for column in columns]) for group, columns in shown]


def _heading(column: Column, asked: Words, sorting: Sorting) -> Heading:
    """First press: the largest first; second: the smallest; third: by name again."""
    rest = _without_sort(asked)
    if sorting.column is None or sorting.column.name != column.name:
        return Heading(column, link("report", {**rest, "sort": [f"-{column.name}"]}))
    following = {"sort": [column.name]} if sorting.is_falling else {}
    return Heading(column, link("report", {**rest, **following}), sorting.order)


def _without_sort(asked: Words) -> Words:
    return {name: values for name, values in asked.items() if name != "sort"}
