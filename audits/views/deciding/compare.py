"""Tiers or models on the same mix of work: who costs less per success, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_scope
from audits.actions.deciding.compare import Compared
from audits.domain.comparing import Withheld
from audits.domain.decisions.fair import UNKNOWN, Fair
from audits.domain.strata import COMPLEXITIES
from audits.exports.comparing import reason_of
from audits.exports.deciding.compare import sentences as found_sentences
from audits.queries.reports import UNATTRIBUTED, Row
from audits.views.chart import MOST_BARS, dollars
from audits.views.colours import NO_TIER, tier_colours
from audits.views.deciding.page import answered
from audits.views.links import Words, link, words_of, words_of_row

VERDICTS = {
    "cheaper": "cheaper",
    "dearer": "dearer",
    "uncertain": "uncertain",
    "indistinct": "not distinguishable",
    "withheld": "not compared",
}


MIX_COLUMNS = (*COMPLEXITIES, UNKNOWN)


@dataclass(frozen=True)
class Line:
    """One of those compared, with what it is held against; `pair` None: it is what the others are held against."""

    name: str
    row: Row
    pair: Fair | Withheld | None
    href: str
    tasks_href: str
    crude: int | None

    @property
    def fair(self) -> Fair | None:
        return self.pair if isinstance(self.pair, Fair) else None

    @property
    def verdict(self) -> str:
        if self.pair is None:
            return "held against"
        return VERDICTS["withheld" if isinstance(self.pair, Withheld) else self.pair.verdict]

    @property
    def reason(self) -> str:
        """Why it is not compared, if it is not."""
        return reason_of(self.pair) if isinstance(self.pair, Withheld) else ""

    @property
    def covered(self) -> float | None:
        return float(self.fair.covered) if self.fair else None

    @property
    def ends(self) -> tuple[int, int] | None:
        if self.fair is None:
            return None
        low, high = self.fair.one.ends
        return round(low), round(high)


@require_safe
@needs_scope("read")
def compare(request: HttpRequest) -> HttpResponse:
    return answered(request, "compare", _shown)


def _shown(found: Compared, asked: Words) -> dict[str, Any]:
    words = words_of(found.asked.query, asked)
    lines = [_line(found, row, words) for row in found.candidates]
    compared = [line for line in lines if line.fair]
    return {
        "headlines": found_sentences(found)[: max(len(compared), 1)],
        "lines": lines,
        "turned": [line for line in compared if line.fair and line.fair.reversed],
        "chart_data": _chart_data(compared, found.asked.query.by[0]),
        "hidden": max(0, len(compared) - MOST_BARS),
        "mix": _mix(found, words),
        "complexities": MIX_COLUMNS,
        "comparisons": sum(line.fair is not None for line in lines),
        "may_against": [line.name for line in lines],
    }


def _mix(found: Compared, words: Words) -> list[dict[str, Any]]:
    """Return the mix of work: a row for each task type, its tasks by complexity, the largest first."""
    total = sum(found.mix.values())
    rows = [
        {
            "task_type": task_type or UNATTRIBUTED,
            "tasks": [found.mix.get((task_type, complexity), 0) for complexity in MIX_COLUMNS],
            "share": sum(tasks for (each, _), tasks in found.mix.items() if each == task_type) / total,
            "href": link("tasks", words | {"task_type": [task_type or UNATTRIBUTED]}),
        }
        for task_type in {task_type for task_type, _ in found.mix}
    ]
    return sorted(rows, key=lambda row: (-row["share"], row["task_type"]))


def _line(found: Compared, row: Row, words: Words) -> Line:
    (name,) = row.names.values()
    of_row = words_of_row(words, row.names)
    pair = found.pairs.get(name or "")
    return Line(name or "", row, pair, link("report", of_row), link("tasks", of_row), _crude(found, name, pair))


def _crude(found: Compared, name: str | None, pair: Fair | Withheld | None) -> int | None:
    """Return the crude cost per success; what all are held against has it from any of them."""
    if isinstance(pair, Fair):
        return pair.one.crude
    of_all = (each.other.crude for each in found.pairs.values() if isinstance(each, Fair))
    return next(of_all, None) if name == found.against else None


def _chart_data(lines: Sequence[Line], by: str) -> dict[str, Any]:
    """Return what the script draws, in dollars: those with the most tasks."""
    colours = tier_colours() if by == "tier" else {}
    most = sorted(lines, key=lambda line: -line.row.line.tasks)[:MOST_BARS]
    rows = []
    for line in lines:
        if line in most and line.fair:
            one, other = line.fair.one, line.fair.other
            rows.append(
                {
                    "label": line.name,
                    "colour": colours.get(line.name, NO_TIER),
                    "crude": dollars(one.crude),
                    "adjusted": dollars(one.adjusted),
                    "low": dollars(round(one.ends[0])),
                    "high": dollars(round(one.ends[1])),
                    "otherLow": dollars(round(other.ends[0])),
                    "otherHigh": dollars(round(other.ends[1])),
                    "other": dollars(other.adjusted),
                }
            )
    return {"rows": rows}
