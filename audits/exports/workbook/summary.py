"""The first sheet: what was asked, the headline, what it says, and that the sheets agree with each other."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from audits.actions.packs import Pack
from audits.exports.asked import Asked
from audits.exports.describing import SIMULATED, described, of_tiers
from audits.exports.wording import period_name, sentence
from audits.exports.workbook.book import Book
from audits.exports.workbook.views import ViewSheet

HEADLINE = (
    ("true_cost_per_success", "True cost per successful task", "money4"),
    ("true_cost_per_success_low", "95 % interval without incidents, from", "money4"),
    ("true_cost_per_success_high", "to", "money4"),
    ("token_cost_per_task", "Token cost per task, what a token dashboard shows", "money4"),
    ("multiplier", "Multiplier: true cost / compute", "ratio"),
    ("true_cost", "True cost", "money2"),
    ("token_bill", "of it token bill", "money2"),
    ("fixed_compute", "of it fixed compute", "money2"),
    ("prevention", "of it prevention", "money2"),
    ("appraisal", "of it appraisal", "money2"),
    ("internal_failure", "of it internal failure", "money2"),
    ("external_failure", "of it external failure", "money2"),
    ("cash", "True cost, cash", "money2"),
    ("labour", "True cost, labour", "money2"),
    ("tasks", "Tasks", "count"),
    ("successes", "Successes", "count"),
    ("counted_successes", "of them counted in the cost per success", "count"),
    ("presumed", "of them presumed", "count"),
    ("pending", "Pending tasks", "count"),
    ("pending_cost", "Their cost", "money2"),
    ("final_yield", "Final yield", "percent"),
    ("first_pass_yield", "First-pass yield", "percent"),
    ("incidents", "Incidents", "count"),
    ("incident_cost", "Their cost", "money2"),
)


def write_summary(book: Book, sheet: Worksheet, pack: Pack, views: Sequence[ViewSheet], asked: Asked) -> None:
    """Fill the first sheet, whose figures are those of the total line of the view asked for."""
    report = pack.asked_for
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 8, 14)
    book.text(sheet, 0, 0, f"True cost of AI work, {period_name(report.query.period)}", "title")
    row = 2
    if pack.is_simulated:
        book.text(sheet, row, 0, SIMULATED, "warn")
        row += 1
    for text in (sentence(report), of_tiers(pack)):
        sheet.merge_range(row, 0, row, 8, "", book.format("text", "wrap"))
        book.text(sheet, row, 0, text, "wrap")
        sheet.set_row(row, 32)
        row += 1
    row = _headline(book, sheet, row + 1, pack, views[0])
    if views[0].chart_rows:
        sheet.insert_chart(row - len(HEADLINE), 3, views[0].chart())
    row = _described(book, sheet, row + 1, pack, asked)
    _checks(book, sheet, row + 1, views)


def _headline(book: Book, sheet: Worksheet, row: int, pack: Pack, main: ViewSheet) -> int:
    book.text(sheet, row, 0, "Headline", "section")
    sheet.set_row(row + 1, 20)
    total = pack.asked_for.total
    for at, (name, label, kind) in enumerate(HEADLINE):
        look = "" if at else "main"
        book.text(sheet, row + 1 + at, 0, label, look)
        source = main.total(name)
        book.formula(sheet, row + 1 + at, 1, f'IF({source}="","",{source})', getattr(total, name), kind, look or "left")
    return row + 1 + len(HEADLINE)


def _described(book: Book, sheet: Worksheet, row: int, pack: Pack, asked: Asked) -> int:
    book.text(sheet, row, 0, "What was asked", "section")
    found = described(pack, asked)
    for at, (label, text) in enumerate(found.items(), row + 1):
        book.text(sheet, at, 0, label)
        if text.startswith(("http://", "https://")):
            book.link(sheet, at, 1, text, text)
        else:
            book.text(sheet, at, 1, text)
    return row + 1 + len(found)


def _checks(book: Book, sheet: Worksheet, row: int, views: Sequence[ViewSheet]) -> None:
    """Every view adds up to the same true cost: the differences are formulas, and 0."""
    book.text(sheet, row, 0, "The views agree: difference of their true cost from the headline", "section")
    for at, view in enumerate(views, row + 1):
        book.text(sheet, at, 0, view.name)
        book.formula(
            sheet, at, 1, f"ROUND({view.total('true_cost')}-{views[0].total('true_cost')},6)", 0, "money2", "left"
        )
