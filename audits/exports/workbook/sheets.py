"""The sheets beside the views: cost of quality, claims, coverage, lineage, entries, exact amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from audits.actions.packs import Pack, View
from audits.exports.bars import LABELS
from audits.exports.colours import colour, part_colours
from audits.exports.workbook.book import Book
from audits.exports.workbook.data import ABOUT, SHEETS, Data, Keys, cell
from audits.exports.workbook.fields import share, wilson
from audits.exports.workbook.views import ViewSheet
from audits.queries.claims import Claim
from audits.queries.grains import Grains
from audits.queries.reports import UNATTRIBUTED
from audits.queries.sums import CATEGORIES
from spend.templatetags.figures import plain_money

_PAF = [name for name in CATEGORIES if name != "fixed_compute"]


def write_quality(book: Book, view: View, grains: Grains, data: Data, keys: Keys, title: str) -> None:
    """Write the cost of quality by category and tier, cash and labour apart, as formulas."""
    sheet = book.sheet("Cost of quality", title=title, at=view.report.as_of)
    book.text(sheet, 0, 0, "Cost of quality by category and tier", "title")
    book.text(sheet, 1, 0, "USD. Prevention and appraisal go into getting it right, failure into having got it wrong.",
              "soft")  # fmt: skip
    _quality_heads(book, sheet)
    known = _ledger_by_tier(grains)
    row = 5
    for found in view.report.rows:
        tier = found.ids["tier"]
        book.text(sheet, row, 0, found.names["tier"] or UNATTRIBUTED)
        book.figure(sheet, row, 1, keys.of("tier", tier), "key", "soft")
        sums = known.get(tier, {})
        for at, category in enumerate(_PAF):
            labour = data.added("ledger", f"{category}_labour", {"tier": f"$B{row + 1}"})
            whole = data.added("ledger", category, {"tier": f"$B{row + 1}"})
            paid, spent = sums.get(category, 0), sums.get(f"{category}_labour", 0)
            first = 2 + 3 * at
            book.formula(sheet, row, first, f"{whole}-{labour}", paid - spent, "money2")
            book.formula(sheet, row, first + 1, labour, spent, "money2")
            book.formula(sheet, row, first + 2, f"{cell(row, first)}+{cell(row, first + 1)}", paid, "money2")
        row += 1
    _quality_totals(book, sheet, row, known)
    if row > 5:
        sheet.insert_chart(row + 2, 0, _quality_chart(book, row))


def _quality_heads(book: Book, sheet: Worksheet) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 5)
    sheet.set_column(2, 1 + 3 * len(_PAF), 14)
    book.line(sheet, 4, ["Tier", "Key"], "head_left")
    for at, category in enumerate(_PAF):
        book.line(sheet, 3, [LABELS[category], "", ""], "group", 2 + 3 * at)
        book.line(sheet, 4, ["Cash", "Labour", "Together"], "head", 2 + 3 * at)
    sheet.freeze_panes(5, 1)
    sheet.repeat_rows(3, 4)


def _quality_totals(book: Book, sheet: Worksheet, row: int, known: Mapping[Any, Mapping[str, int]]) -> None:
    book.line(sheet, row, ["Total", ""], "total")
    for at, category in enumerate(_PAF):
        paid = sum(sums[category] for sums in known.values())
        spent = sum(sums[f"{category}_labour"] for sums in known.values())
        for column, value in enumerate((paid - spent, spent, paid), 2 + 3 * at):
            letter = xl_col_to_name(column)
            formula = f"SUM({letter}6:{letter}{row})" if row > 5 else "0"
            book.formula(sheet, row, column, formula, value, "money2", "total")


def _ledger_by_tier(grains: Grains) -> dict[Any, dict[str, int]]:
    at = grains.by.index("tier")
    found: dict[Any, dict[str, int]] = {}
    for key, sums in grains.ledger:
        own = found.setdefault(key[at], dict.fromkeys(sums, 0))
        for name, value in sums.items():
            own[name] += value
    return found


def _quality_chart(book: Book, end: int) -> Any:
    chart = book.chart({"type": "bar", "subtype": "stacked"})
    for at, category in enumerate(_PAF):
        column = 4 + 3 * at
        chart.add_series({
            "name": LABELS[category], "categories": ["Cost of quality", 5, 0, end - 1, 0],
            "values": ["Cost of quality", 5, column, end - 1, column],
            "fill": {"color": part_colours()[category]}, "border": {"none": True}, "gap": 60,
        })  # fmt: skip
    chart.set_title({"name": "Cost of quality by tier", "name_font": {"size": 12}})
    chart.set_x_axis({"name": "USD", "min": 0, "num_format": '"$"#,##0'})
    chart.set_y_axis({"name": "Tier", "reverse": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 760, "height": min(900, 220 + 28 * (end - 5))})
    return chart


def write_claims(book: Book, pack: Pack, title: str) -> None:
    """Write the fail rate that each tier claims beside the one measured, always of its own attempts."""
    name = "Claimed and measured"
    sheet = book.sheet(name, title=title, at=pack.asked_for.as_of)
    book.text(sheet, 0, 0, "Attempt fail rate: claimed and measured", "title")
    about = "Measured: failed or escalated, of the tasks in which the tier tried, in the responsible lens."
    book.text(sheet, 1, 0, about, "soft")
    book.line(sheet, 3, ["Tier"], "head_left")
    heads = ["Claimed", "Measured", "95 % from", "to", "Tasks tried", "Failed or escalated", "Reach down", "Reach up"]
    book.line(sheet, 3, heads, "head", 1)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, len(heads), 14)
    sheet.freeze_panes(4, 1)
    for row, claim in enumerate(pack.claims, 4):
        _write_claim(book, sheet, row, claim)
    if pack.claims:
        end = 3 + len(pack.claims)
        sheet.insert_chart(end + 2, 0, _claims_chart(book, name, end))


def _write_claim(book: Book, sheet: Worksheet, row: int, claim: Claim) -> None:
    book.text(sheet, row, 0, claim.tier or UNATTRIBUTED)
    book.figure(sheet, row, 1, claim.claimed, "percent")
    tried, missed, measured = cell(row, 5), cell(row, 6), cell(row, 2)
    low, high = claim.ends or (None, None)
    down, up = (None, None) if low is None or high is None else (claim.measured - low, high - claim.measured)
    for column, formula, value in (
        (2, share(missed, tried), claim.measured),
        (3, wilson(missed, tried, "-"), low),
        (4, wilson(missed, tried, "+"), high),
        (7, f"{measured}-{cell(row, 3)}", down),
        (8, f"{cell(row, 4)}-{measured}", up),
    ):
        book.formula(sheet, row, column, formula, value, "percent")
    book.figure(sheet, row, 5, claim.attempts, "count")
    book.figure(sheet, row, 6, claim.missed, "count")


def _claims_chart(book: Book, name: str, end: int) -> Any:
    chart = book.chart({"type": "column"})
    reach = {
        "type": "custom", "plus_values": f"='{name}'!$I$5:$I${end + 1}", "minus_values": f"='{name}'!$H$5:$H${end + 1}",
        "line": {"color": colour("--bar-error")},
    }  # fmt: skip
    for column, label, shade, bars in (
        (1, "Claimed", "--bar-token-only", {}),
        (2, "Measured, with its 95 % interval", "--bar-internal-failure", {"y_error_bars": reach}),
    ):
        chart.add_series({
            "name": label, "categories": [name, 4, 0, end, 0], "values": [name, 4, column, end, column],
            "fill": {"color": colour(shade)}, "border": {"none": True}, **bars,
        })  # fmt: skip
    chart.set_title({"name": "Attempt fail rate by tier", "name_font": {"size": 12}})
    chart.set_x_axis({"name": "Tier"})
    chart.set_y_axis({"name": "Share of the tasks tried", "min": 0, "num_format": "0%"})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 760, "height": 340})
    return chart


def write_coverage(book: Book, pack: Pack, main: ViewSheet, title: str) -> None:
    """Write how much of the report is known."""
    report = pack.asked_for
    sheet = book.sheet("Coverage", title=title, at=report.as_of)
    book.text(sheet, 0, 0, "How much of it is known", "title")
    book.line(sheet, 2, ["", "Figure", "What it says"], "head_left")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 2, 90)
    row = 3
    for name, label, about in _SHARES:
        value = getattr(report.coverage, name)
        book.text(sheet, row, 0, label)
        if name in main.columns:
            book.formula(sheet, row, 1, f'IF({main.total(name)}="","",{main.total(name)})', value, "percent")
        else:
            book.figure(sheet, row, 1, value, "percent")
        book.text(sheet, row, 2, about, "soft")
        row += 1
    book.text(sheet, row, 0, "Unpriced calls")
    book.formula(
        sheet, row, 1, f"{main.total('calls')}-{main.total('priced_calls')}", report.coverage.unpriced_calls, "count"
    )
    book.text(sheet, row, 2, "Calls without a known price: in no cost, never free", "soft")
    for name, label, kind, about in _AMOUNTS:
        row += 1
        book.text(sheet, row, 0, label)
        book.figure(sheet, row, 1, getattr(report.coverage, name), kind)
        book.text(sheet, row, 2, about, "soft")


_SHARES = (
    ("calls_priced", "Calls priced", "Share of calls with a known cost"),
    ("tasks_judged", "Tasks judged", "Share of tasks with an outcome or a verdict"),
    ("presumed_share", "Successes presumed", "Share of successes of which nobody said how they went"),
    ("corrections_linked", "Corrections linked", "Share of those that name a task or call, all of it known"),
    ("incidents_linked", "Incidents linked", "The same of confirmed incidents"),
)
_AMOUNTS = (
    ("unattributed_cost", "Unattributed cost", "money2", "Entries that could be given to no tier"),
    ("other_months_token_bill", "Token bill of other months", "money2",
     "Calls of the period whose task began outside it"),
    ("open_incidents", "Open incidents", "count", "No cost until confirmed"),
)  # fmt: skip


def write_notes(book: Book, pack: Pack, notes: Sequence[str], has_sums: bool, title: str) -> None:
    """Write what a reader must know, and how far the figures of this file are exact."""
    sheet = book.sheet("Notes", title=title, at=pack.asked_for.as_of)
    book.text(sheet, 0, 0, "What finance noted, what is uncertain, and how to read this file", "title")
    sheet.set_column(0, 0, 130)
    largest = max((abs(getattr(pack.asked_for.total, name) or 0) for name in ("true_cost", "token_bill")), default=0)
    texts = [*notes, *_READING]
    if largest >= 10**15:
        texts.append(f"Amounts reach {plain_money(largest)}: see Exact amounts for their last decimals.")
    texts += [f"{SHEETS[table]}: {about}" for table, about in ABOUT.items()] if has_sums else []
    for row, text in enumerate(texts, 2):
        book.text(sheet, row, 0, text, "wrap")


_READING = (
    "Every ratio, subtotal and total is a formula over the sheets of sums, in the manner of docs/method.md, section 7.",
    "Money is kept in nano-dollars. A spreadsheet keeps 15 digits, so sums below 1,000,000 dollars are exact to the"
    " nano-dollar here; the sheet Exact amounts has all amounts as text, whatever their size.",
    "Key: a number for each name, the same on all sheets of this file; formulas find rows by it.",
    "Names that begin like a formula are text here and stay text.",
)
