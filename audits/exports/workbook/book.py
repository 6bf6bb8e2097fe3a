"""A workbook being written: its formats, and cells that no text can turn into a formula."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from audits.exports.colours import colour
from spend.domain.money import to_dollars
from spend.queries.zone import reporting_zone

_LONGEST = 32_767  # characters that a cell holds
_LONGEST_LINK = 2_000
NUMBER_FORMATS = {
    "count": "#,##0",
    "money2": '"$"#,##0.00;-"$"#,##0.00',
    "money4": '"$"#,##0.0000;-"$"#,##0.0000',
    "money9": '"$"#,##0.000000000;-"$"#,##0.000000000',
    "percent": "0.0%",
    "ratio": '#,##0.00"\N{MULTIPLICATION SIGN}"',
    "number": "#,##0.00",
    "key": "0",
    "text": "General",
}
Look = dict[str, Any]


class Book:
    """Sheets share formats here; `text` is the only way in which a name, a title or a note reaches a cell."""

    def __init__(self, properties: dict[str, Any]) -> None:
        self._file = BytesIO()
        self._workbook = Workbook(
            self._file,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._workbook.set_properties(properties)
        self._workbook.set_calc_mode("auto")
        self._formats: dict[tuple[str, str], Format] = {}

    def sheet(self, name: str, *, title: str, at: datetime, wide: int = 1) -> Worksheet:
        """Return a new sheet, set up to be printed `wide` pages wide."""
        sheet = self._workbook.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        sheet.fit_to_pages(wide, 0)
        sheet.set_row(0, 24)
        local = at.astimezone(reporting_zone())
        sheet.set_header(f"&L{_printed(title)}&R{_printed(name)}")
        sheet.set_footer(f"&LTruecost, as of {local:%Y-%m-%d %H:%M} {_printed(str(reporting_zone()))}&RPage &P of &N")
        return sheet

    def format(self, kind: str, look: str = "") -> Format:
        """Return the format of a kind of figure; `look`: head, group, total, title, soft, key, wrap."""
        found = self._formats.get((kind, look))
        if found is None:
            found = self._workbook.add_format({"num_format": NUMBER_FORMATS[kind], "valign": "top", **_LOOKS[look]()})
            self._formats[kind, look] = found
        return found

    def chart(self, options: Look) -> Any:
        return self._workbook.add_chart(options)

    def text(self, sheet: Worksheet, row: int, column: int, text: str, look: str = "") -> None:
        sheet.write_string(row, column, text[:_LONGEST], self.format("text", look))

    def figure(self, sheet: Worksheet, row: int, column: int, value: Any, kind: str, look: str = "") -> None:
        """Write a number, or nothing where none is known; money comes in nanos."""
        number = shown(value, kind)
        if number is None:
            sheet.write_blank(row, column, None, self.format(kind, look))
        else:
            sheet.write_number(row, column, number, self.format(kind, look))

    def formula(
        self, sheet: Worksheet, row: int, column: int, formula: str, value: Any, kind: str, look: str = ""
    ) -> None:
        """Write a formula, with its result for readers that do not calculate, such as previews."""
        number = shown(value, kind)
        sheet.write_formula(row, column, f"={formula}", self.format(kind, look), "" if number is None else number)

    def line(self, sheet: Worksheet, row: int, texts: Sequence[str], look: str = "", column: int = 0) -> None:
        for at, text in enumerate(texts, column):
            self.text(sheet, row, at, text, look)

    def link(self, sheet: Worksheet, row: int, column: int, address: str, text: str) -> None:
        """Write a link of our own installation; one too long for a spreadsheet stays text."""
        if len(address) > _LONGEST_LINK:
            self.text(sheet, row, column, address)
        else:
            sheet.write_url(row, column, address, self.format("text", "link"), text)

    def close(self) -> bytes:
        self._workbook.close()
        return self._file.getvalue()


def shown(value: Any, kind: str) -> float | int | None:
    """Return what a cell holds: dollars for nanos. A spreadsheet keeps 15 digits of it (docs/report.md)."""
    if value is None:
        return None
    return float(to_dollars(value)) if kind.startswith("money") else value


def _printed(text: str) -> str:
    """Spell a text for a header, in which & begins a code."""
    return text.replace("&", "&&")[:120]


_LOOKS: dict[str, Any] = {
    "": dict,
    "head": lambda: {"bold": True, "bottom": 1, "text_wrap": True, "align": "right", "valign": "bottom"},
    "head_left": lambda: {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"},
    "group": lambda: {"bold": True, "bg_color": "#eef1f5", "align": "left"},
    "subtotal": lambda: {"bold": True, "bg_color": "#eef1f5"},
    "total": lambda: {"bold": True, "top": 1, "bottom": 6},
    "title": lambda: {"bold": True, "font_size": 16},
    "section": lambda: {"bold": True, "font_size": 12},
    "main": lambda: {"bold": True, "font_size": 14, "align": "left"},
    "left": lambda: {"align": "left"},
    "soft": lambda: {"font_color": colour("--ink-soft")},
    "link": lambda: {"font_color": colour("--link"), "underline": 1},
    "wrap": lambda: {"text_wrap": True},
    "warn": lambda: {"bold": True, "font_color": colour("--warn-ink"), "bg_color": colour("--warn-paper")},
}
