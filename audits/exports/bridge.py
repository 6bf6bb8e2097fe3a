"""The bridge of a closed month in words, as plain values, and as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

from audits.domain.bridge import COUNTS, MONEY, Bridge, Line, Measures, Movement
from audits.exports.plain import safe
from spend.domain.money import to_text
from spend.domain.periods import Month

# What each kind of line is called, and what moved there.
LABELS = {
    "earlier_months": "Adjustments of earlier months, booked in this one",
    "late_calls": "Calls that came late",
    "late_tasks": "Tasks first seen in late calls",
    "crossing_calls": "Calls on their way while it was closed",
    "repriced_calls": "Calls with another price",
    "repeated_calls": "Calls that turned out to repeat others",
    "late_corrections": "Corrections that came late",
    "revised_corrections": "Corrections revised",
    "withdrawn_corrections": "Corrections withdrawn",
    "placed_corrections": "Corrections with another rate or place",
    "confirmed_incidents": "Incidents opened or confirmed late",
    "revised_incidents": "Incidents revised",
    "withdrawn_incidents": "Incidents withdrawn, dismissed or opened again",
    "placed_incidents": "Incidents with another rate or place",
    "fixed_costs": "Fixed costs",
    "accruals": "Accrual of rework to come, reversed",
    "bill_changed": "Bill changed",
    "bill_followed": "Rest of the bill, as logged calls moved",
    "status_changes": "Tasks that stand otherwise",
    "unexplained": "Not explained",
}
MONEY_COLUMNS = ("true_cost", *MONEY)


def told(month: Month, bridge: Bridge) -> dict[str, Any]:
    """Return the bridge as the API answers it."""
    return {
        "month": str(month),
        "currency": "USD",
        "reported": figures(bridge.reported),
        "lines": [_line(line) for line in bridge.lines],
        "restated": figures(bridge.restated),
        "difference": figures(bridge.difference),
    }


def figures(moved: Measures) -> dict[str, Any]:
    money = {name: to_text(getattr(moved, name)) for name in MONEY_COLUMNS}
    return money | {name: getattr(moved, name) for name in COUNTS}


def _line(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "label": LABELS[line.kind],
        "count": line.count,
        "first_posted_at": line.first_at and line.first_at.isoformat(),
        "last_posted_at": line.last_at and line.last_at.isoformat(),
        "by": list(line.by),
        **figures(line.moved),
        "parts": [_part(part) for part in line.parts],
    }


def _part(part: Movement) -> dict[str, Any]:
    return {
        "id": part.key,
        "name": part.name,
        "count": part.count,
        "first_posted_at": part.first_at and part.first_at.isoformat(),
        "last_posted_at": part.last_at and part.last_at.isoformat(),
        "by": list(part.by),
        "reason": part.why,
        **figures(part.moved),
    }


_HEADER = ("line", "what", "name", "id", "count", "first_posted_at", "last_posted_at", "by", "reason")


def as_csv(month: Month, bridge: Bridge) -> str:
    """Return reported, every movement, and restated; the rows in between sum to the difference of the ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*_HEADER, *MONEY_COLUMNS, *COUNTS])
    writer.writerow(_end(f"Reported for {month}", bridge.reported))
    for line in bridge.lines:
        for part in line.parts:
            times = [at.isoformat() if at else "" for at in (part.first_at, part.last_at)]
            texts = [safe(part.name), safe(part.key), part.count, *times, safe(", ".join(part.by)), safe(part.why)]
            writer.writerow([line.kind, LABELS[line.kind], *texts, *figures(part.moved).values()])
    writer.writerow(_end(f"Restated for {month}", bridge.restated))
    return out.getvalue()


def _end(label: str, total: Measures) -> list[Any]:
    return [label, *[""] * (len(_HEADER) - 1), *figures(total).values()]
