"""The chart of a report as its script takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audits.exports.bars import LABELS, MOST_BARS, Bar, bars
from audits.queries.parts import PARTS
from spend.domain.money import to_dollars

__all__ = ["LABELS", "MOST_BARS", "Bar", "bars", "chart_data"]


def chart_data(shown: Sequence[Bar]) -> dict[str, Any]:
    """Return what the script draws, in dollars."""
    return {
        "parts": [{"label": LABELS[name], "colour": f"--bar-{name.replace('_', '-')}"} for name in PARTS],
        "bars": [
            {
                "label": bar.label,
                "parts": [dollars(part) for part in bar.parts],
                "total": dollars(bar.total),
                "tokenOnly": dollars(bar.token_only),
                "low": dollars(bar.low),
                "high": dollars(bar.high),
                "incomplete": bar.incomplete,
            }
            for bar in shown
        ],
    }


def dollars(nanos: int | None) -> float | None:
    return None if nanos is None else float(to_dollars(nanos))
