"""What incidents are to be expected to cost, and how far one of them carries, in all and by tier or model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_scope
from audits.actions.deciding.incidents import Faced, Incidents
from audits.exports.deciding.incidents import NOTHING, sentence
from audits.queries.reports import UNATTRIBUTED
from audits.views.chart import MOST_BARS, dollars
from audits.views.colours import NO_TIER, tier_colours
from audits.views.deciding.page import answered
from audits.views.links import Words, link, words_of

_INCIDENT = {"source": ["incident"]}


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    name: str
    faced: Faced
    tasks_href: str
    entries_href: str
    report_href: str

    @property
    def cost(self) -> int:
        return sum(self.faced.costs)

    @property
    def costliest(self) -> int | None:
        return self.faced.costs[0] if self.faced.costs else None

    @property
    def loss(self) -> int | None:
        return self.faced.expected.loss if self.faced.expected else None

    @property
    def loss_ends(self) -> tuple[int, int] | None:
        return self.faced.expected.loss_ends if self.faced.expected else None

    @property
    def frequency_ends(self) -> tuple[float, float] | None:
        return self.faced.expected.frequency_ends if self.faced.expected else None

    @property
    def without(self) -> int | None:
        return self.faced.one.without if self.faced.one else None

    @property
    def one_more(self) -> int | None:
        return self.faced.one.one_more if self.faced.one else None

    @property
    def bearable(self) -> int | None:
        return self.faced.bearable.amount if self.faced.bearable else None


@require_safe
@needs_scope("read")
def incidents(request: HttpRequest) -> HttpResponse:
    return answered(request, "incidents", _shown)


def _shown(found: Incidents, asked: Words) -> dict[str, Any]:
    words, by = words_of(found.asked.query, asked), found.asked.query.by[0]
    parts = [_line(part.name or UNATTRIBUTED, part, words | {by: [part.name or UNATTRIBUTED]}) for part in found.parts]
    whole = _line("All", found.whole, words)
    borne = [f"{line.name}: {sentence(line.faced)}" for line in parts if line.faced.bearable]
    return {
        "headlines": [sentence(found.whole), *borne[:2]] if found.whole.line.tasks else [NOTHING],
        "lines": [whole, *parts] if found.whole.line.tasks else [],
        "chart_data": {"rows": _chart_rows([whole, *parts], by)},
        "incidents_href": link("incidents", {name: words[name] for name in words if name != "task_type"}),
        "knows_no_cost": any(part.faced.bearable for part in parts),
    }


def _line(name: str, faced: Faced, words: Words) -> Line:
    return Line(name, faced, link("tasks", words), link("entries", words, _INCIDENT), link("report", words))


def _chart_rows(lines: Sequence[Line], by: str) -> list[dict[str, Any]]:
    """Return what the script draws, in dollars: all work, and the parts with the most tasks."""
    colours = tier_colours() if by == "tier" else {}
    known = [line for line in lines if line.loss_ends]
    most = sorted(known, key=lambda line: -line.faced.line.tasks)[:MOST_BARS]
    return [
        {
            "label": line.name,
            "colour": colours.get(line.name, NO_TIER),
            "loss": dollars(line.loss),
            "low": dollars(line.loss_ends[0]),
            "high": dollars(line.loss_ends[1]),
        }
        for line in known
        if line in most and line.loss_ends
    ]
