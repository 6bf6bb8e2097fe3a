"""What the figures are made of: the rows each is the sum of, the ledger entries, the amounts to the last digit."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

from audits.actions.packs import Pack, Sources
from audits.domain.report import ADDITIVE
from audits.exports.asked import Asked
from audits.exports.plain import MONEY
from audits.exports.workbook.book import Book
from audits.exports.workbook.data import SHEETS
from audits.exports.workbook.fields import Field, fields_of
from audits.queries.reports import UNATTRIBUTED
from spend.domain.money import to_text


def write_lineage(book: Book, pack: Pack, asked: Asked, has_sums: bool, title: str) -> None:
    """Write, for every column, how it is made, of which sheet, and where the installation lists its rows."""
    query = pack.asked_for.query
    sheet = book.sheet("Lineage", title=title, at=pack.asked_for.as_of)
    book.text(sheet, 0, 0, "What every figure is made of", "title")
    about = "In a formula {name} is the column of that name in the row, [sums.column] a column of the sheets of sums."
    book.text(sheet, 1, 0, about, "soft")
    book.line(sheet, 3, ["Column", "Name in the API", "Made of", "Sheets", "Its rows, in full"], "head_left")
    for column, width in enumerate((36, 30, 70, 34, 60)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(3)
    for row, field in enumerate(fields_of(query.lens), 4):
        book.text(sheet, row, 0, field.label if field.label not in ("from", "to") else f"{field.name}", "wrap")
        book.text(sheet, row, 1, field.name)
        book.text(sheet, row, 2, field.formula or "a value of the report: it does not add up over rows", "wrap")
        tables = [table for table in SHEETS if f"[{table}." in field.formula] if has_sums else []
        book.text(sheet, row, 3, ", ".join(SHEETS[table] for table in tables), "wrap")
        page = _page_of(field)
        book.link(sheet, row, 4, asked.address(page, query), f"{page} of this report")


def _page_of(field: Field) -> str:
    for table, page in (("ledger", "entries"), ("calls", "calls"), ("tasks", "tasks")):
        if f"[{table}." in field.formula:
            return page
    return {"Token bill": "calls", "Work": "tasks", "Yields": "tasks", "Worth": "tasks"}.get(field.group, "entries")


def write_entries(book: Book, pack: Pack, sources: Sources, asked: Asked, title: str) -> None:
    """Write the latest entries of the ledger with what they were posted for, and how many are left out."""
    query, rows = pack.asked_for.query, sources.entries.rows
    sheet = book.sheet("Ledger entries", title=title, at=pack.asked_for.as_of, wide=2)
    book.text(sheet, 0, 0, "Ledger entries", "title")
    amount = sources.entry_sums["amount_nanos"]
    shown = sum(row["amount_nanos"] for row in rows)
    if sources.entries.cursor is None:
        told = f"All {len(rows):,} entries of the period, the last posted first."
    else:
        told = f"The {len(rows):,} posted last; the address has all of them."
    book.text(sheet, 1, 0, told, "soft")
    book.link(sheet, 1, 7, asked.address("entries", query), "The full list")
    book.line(sheet, 2, ["Listed", "", "Left out", "", "All entries", ""], "soft")
    end = 5 + max(len(rows), 1)
    book.formula(sheet, 2, 1, f"SUM(D6:D{end})", shown, "money9")
    if amount is not None:
        book.figure(sheet, 2, 5, amount, "money9")
        book.formula(sheet, 2, 3, "F3-B3", amount - shown, "money9")
    book.line(sheet, 4, [label for _, label, _ in _ENTRY], "head_left")
    for column, (_, _, width) in enumerate(_ENTRY):
        sheet.set_column(column, column, width)
    for at, row in enumerate(rows, 5):
        for column, (name, _, _) in enumerate(_ENTRY):
            _entry_cell(book, sheet, at, column, name, row[name])
    sheet.freeze_panes(5, 1)
    sheet.repeat_rows(4)
    sheet.autofilter(4, 0, end - 1, len(_ENTRY) - 1)


_ENTRY = (
    ("id", "Entry", 12), ("service_date", "Service date", 18), ("posting_month", "Posting period", 14),
    ("amount_nanos", "Amount, USD", 20), ("nature", "Nature", 12), ("category", "Category", 20), ("rule", "Rule", 14),
    ("source", "Source", 14), ("source_id", "Id of the source", 24), ("team", "Team", 18), ("tier", "Tier", 16),
    ("model", "Model", 28), ("task_type", "Task type", 18), ("task", "Task", 24), ("call", "Call", 24),
    ("state", "State of the task", 16), ("reverses", "Reverses entry", 14), ("policy_version", "Policy", 14),
)  # fmt: skip


def _entry_cell(book: Book, sheet: Worksheet, row: int, column: int, name: str, value: Any) -> None:
    if name == "amount_nanos":
        book.figure(sheet, row, column, value, "money9")
    elif name in ("id", "reverses"):
        book.figure(sheet, row, column, value, "key")
    elif name == "posting_month":
        book.text(sheet, row, column, f"{value:%Y-%m}")
    else:
        book.text(sheet, row, column, "" if value is None else str(value))


def write_exact(book: Book, pack: Pack, title: str) -> None:
    """Write the amounts as text, to the last nano-dollar: a spreadsheet keeps 15 digits of a number."""
    report = pack.asked_for
    columns = [name for name in ADDITIVE if name in MONEY]
    sheet = book.sheet("Exact amounts", title=title, at=report.as_of, wide=2)
    book.text(sheet, 0, 0, "Amounts to the nano-dollar, as text", "title")
    about = "A spreadsheet keeps 15 digits of a number: from 1,000,000 dollars on it drops the last of nine decimals."
    book.text(sheet, 1, 0, about, "soft")
    heads = [*(name.replace("_", " ").capitalize() for name in report.query.by), *columns]
    book.line(sheet, 3, heads, "head_left")
    sheet.set_column(0, len(heads) - 1, 22)
    lines = [*([name or UNATTRIBUTED for name in row.names.values()] for row in report.rows)]
    lines.append(["Total", *[""] * (len(report.query.by) - 1)])
    for at, (names, line) in enumerate(zip(lines, [*(row.line for row in report.rows), report.total], strict=True), 4):
        amounts = [getattr(line, name) for name in columns]
        book.line(sheet, at, [*names, *("" if value is None else to_text(value) for value in amounts)])
    sheet.freeze_panes(4, len(report.query.by))
