"""A sheet for each view of the report: its rows as formulas over the sheets of sums, its total, its chart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from audits.actions.packs import View
from audits.domain.lines import Line
from audits.exports.axis import ticks
from audits.exports.bars import LABELS
from audits.exports.colours import colour, part_colours
from audits.exports.workbook.book import Book
from audits.exports.workbook.data import Data, Keys, cell
from audits.exports.workbook.fields import Field, fields_of
from audits.queries.parts import PARTS, Parts
from audits.queries.reports import UNATTRIBUTED, Row
from spend.domain.money import to_dollars

HEAD = 4  # the row of the heads, below title, explanation, a gap and the groups
_REFERENCE = re.compile(r"\{(\w+)\}|\[(\w+)\.(\w+)\]")


@dataclass(frozen=True)
class Where:
    """What a row of a sheet is about: `keys` maps dimensions to cells, `rows` what a total or subtotal adds up."""

    row: int
    keys: Mapping[str, str]
    rows: tuple[int, int] | None = None
    look: str = ""


def sheet_name(by: Sequence[str]) -> str:
    return f"By {' and '.join(name.replace('_', ' ') for name in by)}"


class ViewSheet:
    """Writes one view. `cells` says where a figure of its total line stands, for other sheets to show."""

    def __init__(self, book: Book, view: View, subtotals: View | None, data: Data | None, keys: Keys) -> None:
        self.book, self.view, self.subtotals, self.data, self.keys = book, view, subtotals, data, keys
        self.by = view.by
        self.name = sheet_name(view.by)
        self.fields = fields_of(view.report.query.lens)
        self.first = 2 * len(self.by)
        self.columns = {field.name: self.first + at for at, field in enumerate(self.fields)}
        self.total_row = 0
        self.chart_rows: list[int] = []

    def total(self, name: str) -> str:
        """Return the reference to a figure of the total line from another sheet."""
        return f"'{self.name}'!{cell(self.total_row, self.columns[name])}"

    def write(self, title: str) -> Worksheet:
        sheet = self.book.sheet(self.name, title=title, at=self.view.report.as_of, wide=6)
        self._heads(sheet)
        row = HEAD + 1
        for _, rows in groupby(
            zip(self.view.report.rows, self.view.parts, strict=True), lambda pair: next(iter(pair[0].ids.values()))
        ):
            row = self._group(sheet, row, list(rows))
        self.total_row = row
        self.book.text(sheet, row, 0, "Total", "total")
        for column in range(1, self.first):
            self.book.text(sheet, row, column, "", "total")
        where = Where(row, {}, (HEAD + 1, row - 1), "total")
        self._figures(sheet, where, self.view.report.total, {})
        sheet.freeze_panes(HEAD + 1, len(self.by))
        sheet.repeat_rows(HEAD - 1, HEAD)
        sheet.repeat_columns(0, len(self.by) - 1)
        self._charts(sheet, row + 2)
        return sheet

    def _heads(self, sheet: Worksheet) -> None:
        self.book.text(sheet, 0, 0, self.name, "title")
        self.book.text(sheet, 1, 0, _EXPLAINED if self.data else _TOO_MANY, "soft")
        for at, name in enumerate(self.by):
            self.book.text(sheet, HEAD, at, name.replace("_", " ").capitalize(), "head_left")
            self.book.text(sheet, HEAD, len(self.by) + at, "Key", "head")
        sheet.set_column(0, len(self.by) - 1, 26)
        sheet.set_column(len(self.by), self.first - 1, 5)
        sheet.set_column(self.first, self.first + len(self.fields) - 1, 14)
        sheet.set_row(HEAD, 48)
        column = self.first
        for group, fields in groupby(self.fields, lambda field: field.group):
            for at, field in enumerate(fields):
                self.book.text(sheet, HEAD - 1, column, "" if at else group, "group")
                self.book.text(sheet, HEAD, column, field.label, "head")
                column += 1

    def _group(self, sheet: Worksheet, row: int, pairs: Sequence[tuple[Row, Parts]]) -> int:
        """Write rows that share the first dimension, by two dimensions a subtotal below; return the next row."""
        begin = row
        for found, parts in pairs:
            self._names(sheet, row, found)
            cells = {name: f"${cell(row, len(self.by) + at)}" for at, name in enumerate(self.by)}
            self._figures(sheet, Where(row, cells), found.line, parts)
            if found.line.counted_successes:
                self.chart_rows.append(row)
            row += 1
        if self.subtotals is None:
            return row
        name = self.by[0]
        ids = pairs[0][0].ids[name]
        line, parts = next(
            (row.line, parts)
            for row, parts in zip(self.subtotals.report.rows, self.subtotals.parts, strict=True)
            if row.ids[name] == ids
        )
        self.book.text(sheet, row, 0, f"{pairs[0][0].names[name] or UNATTRIBUTED}: subtotal", "subtotal")
        for column in range(1, self.first):
            self.book.text(sheet, row, column, "", "subtotal")
        self.book.figure(sheet, row, len(self.by), self.keys.of(name, ids), "key", "subtotal")
        where = Where(row, {name: f"${cell(row, len(self.by))}"}, (begin, row - 1), "subtotal")
        self._figures(sheet, where, line, parts)
        return row + 1

    def _names(self, sheet: Worksheet, row: int, found: Row) -> None:
        for at, (name, text) in enumerate(found.names.items()):
            self.book.text(sheet, row, at, text or UNATTRIBUTED)
            self.book.figure(sheet, row, len(self.by) + at, self.keys.of(name, found.ids[name]), "key", "soft")

    def _figures(self, sheet: Worksheet, where: Where, line: Line, parts: Parts) -> None:
        for field in self.fields:
            column, value = self.columns[field.name], field.of(line, parts)
            formula = self._formula(field, where)
            if formula and not (where.look and field.group in _ROWS_ONLY):
                self.book.formula(sheet, where.row, column, formula, value, field.kind, where.look)
            else:
                shown = None if where.look and field.group in _ROWS_ONLY else value
                self.book.figure(sheet, where.row, column, shown, field.kind, where.look)

    def _formula(self, field: Field, where: Where) -> str:
        """Return the formula of a cell; empty where it holds a value."""
        if where.rows and field.adds:
            begin, end = where.rows
            if end < begin:
                return "0"
            letter = xl_col_to_name(self.columns[field.name])
            return f"SUBTOTAL(9,{letter}{begin + 1}:{letter}{end + 1})"
        if not field.formula or (self.data is None and "[" in field.formula):
            return ""
        return _REFERENCE.sub(lambda found: self._reference(found, where), field.formula)

    def _reference(self, found: re.Match[str], where: Where) -> str:
        name, table, column = found.groups()
        if name:
            return cell(where.row, self.columns[name])
        if self.data is None:
            raise ValueError(f"no sheets of sums for {table}.{column}")
        return self.data.added(table, column, where.keys)

    def _charts(self, sheet: Worksheet, row: int) -> None:
        if self.chart_rows:
            sheet.insert_chart(row, self.first, self.chart())  # names are repeated on every page

    def chart(self) -> Any:
        """Return the chart of what a success costs: a stack of its parts, and the interval without incidents."""
        begin, end = self.chart_rows[0], self.chart_rows[-1]
        categories = [self.name, begin, 0, end, len(self.by) - 1]
        chart = self.book.chart({"type": "column", "subtype": "stacked"})
        colours = part_colours()
        for part in PARTS:
            column = self.columns[f"success_{part}"]
            chart.add_series({
                "name": LABELS[part], "categories": categories, "values": [self.name, begin, column, end, column],
                "fill": {"color": colours[part]}, "border": {"none": True}, "gap": 60,
            })  # fmt: skip
        chart.combine(self._interval(categories, begin, end))
        chart.set_title({"name": f"What a successful task costs, {self.name.lower()}", "name_font": {"size": 12}})
        chart.set_x_axis({"name": " and ".join(name.replace("_", " ") for name in self.by).capitalize()})
        chart.set_y_axis({"name": "USD per successful task", "num_format": '"$"#,##0.00##', **self._ends()})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": min(1_800, max(760, 120 + 55 * (end - begin + 1))), "height": 380})
        return chart

    def _ends(self) -> dict[str, float]:
        """Return where the axis ends: some programs look at the bars alone and cut the interval off."""
        lines = [row.line for row in self.view.report.rows]
        longest = max(max(line.true_cost_per_success or 0, line.true_cost_per_success_high or 0) for line in lines)
        return {"min": 0, "max": float(to_dollars(ticks(longest)[1]))}

    def _interval(self, categories: list[Any], begin: int, end: int) -> Any:
        middle, reach = self.columns["interval_middle"], self.columns["interval_reach"]
        ends = f"='{self.name}'!${xl_col_to_name(reach)}${begin + 1}:${xl_col_to_name(reach)}${end + 1}"
        line = self.book.chart({"type": "line"})
        line.add_series({
            "name": "95 % interval without incidents", "categories": categories,
            "values": [self.name, begin, middle, end, middle], "line": {"none": True},
            "marker": {"type": "diamond", "size": 5, "fill": {"color": colour("--bar-error")},
                       "border": {"color": colour("--bar-error")}},
            "y_error_bars": {"type": "custom", "plus_values": ends, "minus_values": ends,
                             "line": {"color": colour("--bar-error")}},
        })  # fmt: skip
        return line


_ROWS_ONLY = {"Of the cost of a success", "For the chart"}
_EXPLAINED = (
    "USD. Figures are formulas over the sheets of sums; those that do not add up over rows (tasks touched, tasks tried,"
    " incidents, latencies, intervals of the cost of a success) are values of the report. Empty: not known."
)
_TOO_MANY = (
    "USD. There are too many sums for a spreadsheet to add up, so what they make is a value of the report here; ratios"
    " and totals are formulas. Ask for fewer months, or filter, to have all as formulas. Empty: not known."
)
