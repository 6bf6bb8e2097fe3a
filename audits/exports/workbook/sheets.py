"""The sheets beside the views: cost of quality, claims, coverage, lineage, entries, exact amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from audits.actions.packs import Pack, Sources, View
from audits.domain.report import ADDITIVE
from audits.exports.asked import Asked
from audits.exports.bars import LABELS
from audits.exports.colours import colour, part_colours
from audits.exports.plain import MONEY
from audits.exports.workbook.book import Book
from audits.exports.workbook.data import ABOUT, SHEETS, Data, Keys, cell
from audits.exports.workbook.fields import Field, fields_of, share, wilson
from audits.exports.workbook.views import ViewSheet
from audits.queries.claims import Claim
from audits.queries.grains import Grains
from audits.queries.reports import UNATTRIBUTED
from audits.queries.sums import CATEGORIES
from spend.domain.money import to_text
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
