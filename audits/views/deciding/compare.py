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
from audits.domain.decisions.fair import Fair
from audits.exports.deciding.compare import fair_sentence
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


@dataclass(frozen=True)
class Line:
    """One of those compared, with what it is held against; `pair` None: it is what the others are held against."""

    name: str
    row: Row
    pair: Fair | Withheld | None
    href: str
    tasks_href: str

    @property
    def fair(self) -> Fair | None:
        return self.pair if isinstance(self.pair, Fair) else None

    @property
    def verdict(self) -> str:
        if self.pair is None:
            return "what the others are held against"
        return VERDICTS["withheld" if isinstance(self.pair, Withheld) else self.pair.verdict]

    @property
    def sentence(self) -> str:
        return "" if self.pair is None else fair_sentence(self.pair)

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
        "lines": lines,
        "reversed": [line for line in compared if line.fair and line.fair.reversed],
        "chart_data": _chart_data(compared, found.asked.query.by[0]),
        "hidden": max(0, len(compared) - MOST_BARS),
        "strata": [
            {
                "task_type": task_type or UNATTRIBUTED,
                "complexity": complexity,
                "tasks": tasks,
                "share": tasks / sum(found.mix.values()),
                "href": link("tasks", words | {"task_type": [task_type or UNATTRIBUTED]}),
            }
            for (task_type, complexity), tasks in found.mix.items()
        ],
        "comparisons": sum(line.fair is not None for line in lines),
        "may_against": [line.name for line in lines],
    }


def _line(found: Compared, row: Row, words: Words) -> Line:
    (name,) = row.names.values()
    of_row = words_of_row(words, row.names)
    return Line(name or "", row, found.pairs.get(name or ""), link("report", of_row), link("tasks", of_row))


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
