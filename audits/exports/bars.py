"""The bars of a report's chart: what the cost of a success is made of, row by row. Pages and files draw the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audits.domain.lines import Line
from audits.queries.parts import PARTS, Parts
from audits.queries.reports import UNATTRIBUTED, TrueCost
from spend.domain.money import divide

MOST_BARS = 12  # what stays readable; the table has all
LABELS = dict(
    zip(
        PARTS,
        ("Token bill", "Fixed compute", "Prevention", "Appraisal", "Internal failure", "External failure"),
        strict=True,
    )
)


@dataclass(frozen=True)
class Bar:
    """One row of the chart: parts of the cost of a success, beside what tokens alone cost a task. In nanos."""

    label: str
    parts: list[int]
    total: int
    token_only: int | None
    low: int | None
    high: int | None
    incomplete: bool = False


def bars(report: TrueCost, parts: Sequence[Parts]) -> list[Bar]:
    """Return the rows that have a success, the dearest in all where there are too many, in the table's order."""
    pairs = [pair for pair in zip(report.rows, parts, strict=True) if pair[0].line.counted_successes]
    shown = sorted(pairs, key=lambda pair: -pair[0].line.true_cost)[:MOST_BARS]
    kept = {id(row) for row, _ in shown}
    return [_bar(list(row.names.values()), row.line, some) for row, some in pairs if id(row) in kept]


def _bar(names: Sequence[str | None], line: Line, parts: Parts) -> Bar:
    return Bar(
        label=" · ".join(name or UNATTRIBUTED for name in names),
        parts=[divide(parts[name], line.counted_successes) for name in PARTS],
        total=line.true_cost_per_success or 0,
        token_only=line.token_cost_per_task,
        low=line.true_cost_per_success_low,
        high=line.true_cost_per_success_high,
        incomplete=line.incomplete,
    )
