"""The sheets of sums, and how a formula adds them up.

Rows are found by numbers, not by names: a name may hold what a spreadsheet takes for a pattern, or differ from another
only by the case of its letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_range_abs

from audits.exports.workbook.book import Book
from audits.queries.grains import Grains
from audits.queries.reports import UNATTRIBUTED
from audits.queries.sums import CATEGORIES, Sums

FIRST_ROW = 4  # below title, explanation, a gap and the heads
_CALLS = {
    "calls": "count", "priced_calls": "count", "input_tokens": "count", "cache_read_tokens": "count",
    "cache_write_tokens": "count", "output_tokens": "count", "cost": "money9", "wasted": "money9",
    "pending_cost": "money9", "bill_difference": "money9",
}  # fmt: skip
_TASKS = {
    **dict.fromkeys(
        ("tasks", "successes", "counted", "presumed", "amended", "failures", "pending", "first_pass", "judged"), "count"
    ),
    "value": "money9", "valued": "count", "manual": "money9", "with_manual": "count",
}  # fmt: skip
_LEDGER = dict.fromkeys(
    (
        *CATEGORIES, *(f"{name}_labour" for name in CATEGORIES), *(f"{name}_pending" for name in CATEGORIES),
        "allocated", "incident_cost",
    ),
    "money9",
)  # fmt: skip
COLUMNS = {"calls": _CALLS, "tasks": _TASKS, "ledger": _LEDGER}
SHEETS = {"calls": "Sums of calls", "tasks": "Sums of tasks", "ledger": "Sums of the ledger"}
ABOUT = {
    "calls": "Calls of the period by their own day, added up, and what was billed beyond them. Cost and wasted in USD.",
    "tasks": "Tasks that began in the period, by what delivered them, added up. Value and manual cost in USD.",
    "ledger": "The ledger of the period, net of reversals, added up, USD. Labour and pending are parts of a category.",
}


@dataclass
class Keys:
    """Numbers for the values of each dimension, the same on every sheet."""

    _numbers: dict[tuple[str, Any], int] = field(default_factory=dict)

    def of(self, dimension: str, value: Any) -> int:
        return self._numbers.setdefault((dimension, None if value == "" else value), len(self._numbers) + 1)


@dataclass(frozen=True)
class Data:
    """Where the sums stand: the ranges of columns, and of the keys of dimensions, by table."""

    columns: Mapping[tuple[str, str], str]
    keys: Mapping[tuple[str, str], str]

    def added(self, table: str, column: str, where: Mapping[str, str]) -> str:
        """Return the formula that adds up a column; `where` maps dimensions to cells that hold the key wanted."""
        values = self.columns[table, column]
        if not where:
            return f"SUM({values})"
        return f"SUMIFS({values},{','.join(f'{self.keys[table, name]},{cell}' for name, cell in where.items())})"


def where_data_is(grains: Grains) -> Data:
    """Return where the sheets of sums will have everything, before they are written: they come last."""
    columns, keys = {}, {}
    width = 2 * len(grains.by)
    for table, rows in _tables(grains).items():
        last = FIRST_ROW + max(len(rows), 1) - 1
        for at, name in enumerate(grains.by):
            keys[table, name] = _range(SHEETS[table], last, 2 * at + 1)
        for at, name in enumerate(COLUMNS[table]):
            columns[table, name] = _range(SHEETS[table], last, width + at)
    return Data(columns, keys)


def write_data(book: Book, grains: Grains, keys: Keys, title: str, at: datetime) -> None:
    """Write a sheet for each table of sums."""
    for table, rows in _tables(grains).items():
        _write_table(book, table, rows, grains, keys, title, at)


def _write_table(book: Book, table: str, rows: Sums, grains: Grains, keys: Keys, title: str, at: datetime) -> None:
    sheet = book.sheet(SHEETS[table], title=title, at=at, wide=2)
    book.text(sheet, 0, 0, SHEETS[table], "section")
    book.text(sheet, 1, 0, ABOUT[table], "soft")
    width = 2 * len(grains.by)
    for column, name in enumerate(grains.by):
        book.text(sheet, FIRST_ROW - 1, 2 * column, name.replace("_", " ").capitalize(), "head_left")
        book.text(sheet, FIRST_ROW - 1, 2 * column + 1, "Key", "head")
        sheet.set_column(2 * column, 2 * column, 20)
        sheet.set_column(2 * column + 1, 2 * column + 1, 6)
    for column, name in enumerate(COLUMNS[table]):
        book.text(sheet, FIRST_ROW - 1, width + column, name.replace("_", " ").capitalize(), "head")
    sheet.set_column(width, width + len(COLUMNS[table]) - 1, 18)
    for at_row, (key, sums) in enumerate(rows, FIRST_ROW):
        for column, (name, value) in enumerate(zip(grains.by, key, strict=True)):
            book.text(sheet, at_row, 2 * column, grains.names[name](value) or UNATTRIBUTED)
            book.figure(sheet, at_row, 2 * column + 1, keys.of(name, value), "key", "soft")
        for column, (name, kind) in enumerate(COLUMNS[table].items()):
            book.figure(sheet, at_row, width + column, sums[name], kind)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.repeat_rows(FIRST_ROW - 1)
    sheet.autofilter(FIRST_ROW - 1, 0, FIRST_ROW + max(len(rows), 1) - 1, width + len(COLUMNS[table]) - 1)


def _tables(grains: Grains) -> dict[str, Sums]:
    return {"calls": grains.calls, "tasks": grains.tasks, "ledger": grains.ledger}


def _range(sheet: str, last: int, column: int) -> str:
    return f"'{sheet}'!{xl_range_abs(FIRST_ROW, column, last, column)}"


def cell(row: int, column: int) -> str:
    """Return the address of a cell by its place, counted from 0."""
    return f"{xl_col_to_name(column)}{row + 1}"
