"""A report as plain values and as CSV: money as decimal text, shares as numbers, dimensions by name (DESIGN 4.1)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from audits.domain.lines import Line
from audits.queries.reports import TrueCost
from spend.domain.money import to_text

MONEY = frozenset(
    {
        "token_bill", "bill_difference",
        "fixed_compute", "prevention", "appraisal", "internal_failure", "external_failure", "true_cost",
        "cash", "labour", "allocated", "wasted_tokens", "pending_cost", "token_cost_per_task",
        "true_cost_per_success", "true_cost_per_success_low", "true_cost_per_success_high", "manual_cost_per_task",
        "value_per_success", "margin_per_success", "incident_cost",
    }
)  # fmt: skip
COLUMNS = [field.name for field in fields(Line) if field.name != "key"]
COVERAGE_MONEY = ("unattributed_cost", "other_months_token_bill")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would execute


def told(report: TrueCost) -> dict[str, Any]:
    """Return the report as the API answers it."""
    query = report.query
    return {
        "period": {"from": str(query.period.first), "to": str(query.period.last)},
        "currency": "USD",
        "lens": query.lens,
        "basis": query.basis,
        "success": query.success,
        "bill": query.bill,
        "closed": report.closed,
        "as_of": report.as_of.isoformat(),
        "rows": [{**row.names, **_line(row.line)} for row in report.rows],
        "total": _line(report.total),
        "coverage": _coverage(report),
        "bills": [
            {
                "provider": each.provider,
                "month": str(each.month),
                "difference": to_text(each.difference),
                "decision": each.choice,
            }
            for each in report.bills
        ],
    }


def _coverage(report: TrueCost) -> dict[str, Any]:
    facts = asdict(report.coverage)
    return facts | {name: to_text(facts[name]) for name in COVERAGE_MONEY}


def _line(line: Line) -> dict[str, Any]:
    return {name: _value(name, getattr(line, name)) for name in COLUMNS}


def _value(name: str, value: Any) -> Any:
    return to_text(value) if name in MONEY and value is not None else value


def told_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a list: `cost_nanos` becomes `cost_usd`, numbers with a point their text, a month its name."""
    return dict(_told(name, value) for name, value in row.items())


def _told(name: str, value: Any) -> tuple[str, Any]:
    if name.endswith("_nanos"):
        return f"{name.removesuffix('_nanos')}_usd", None if value is None else to_text(value)
    if isinstance(value, Decimal):
        return name, f"{value.normalize():f}"
    if name == "posting_month":
        return name, f"{value:%Y-%m}"
    return name, value


def as_csv(report: TrueCost) -> str:
    """Return the rows and, last, the total; an empty cell is not known, `unattributed` has no value in a dimension."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*report.query.by, *COLUMNS])
    for row in report.rows:
        names = ("unattributed" if name is None else name for name in row.names.values())
        writer.writerow([*map(safe, names), *_cells(row.line)])
    writer.writerow([*["total"][: len(report.query.by)], *[""] * (len(report.query.by) - 1), *_cells(report.total)])
    return out.getvalue()


def _cells(line: Line) -> list[Any]:
    return ["" if value is None else value for value in _line(line).values()]


def safe(text: str) -> str:
    """Keep a name from being run as a formula by a spreadsheet."""
    return f"'{text}" if text.startswith(_FORMULA) else text
