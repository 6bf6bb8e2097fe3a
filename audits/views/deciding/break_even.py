"""Break-even: which tier costs least at which cost of a failure, by task type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_scope
from audits.actions.deciding.break_even import BrokenEven, Kind
from audits.domain.comparing import Withheld
from audits.domain.decisions.break_even import BreakEven, expected_cost
from audits.domain.decisions.units import Units
from audits.exports.deciding.break_even import failure_of, sentence
from audits.queries.reports import UNATTRIBUTED
from audits.views.chart import dollars
from audits.views.colours import NO_TIER, tier_colours
from audits.views.deciding.page import answered
from audits.views.links import Words, link, words_of

_LEAST_REACH = 1_000_000_000  # a dollar: what a chart reaches where nothing says how far


@dataclass(frozen=True)
class TierLine:
    name: str
    units: Units
    expected: int | None
    href: str

    @property
    def cost(self) -> int | None:
        cost = self.units.cost_per_task
        return None if cost is None else round(cost)

    @property
    def share(self) -> float:
        return float(self.units.success_per_task or 0)


@dataclass(frozen=True)
class Shown:
    """A task type as the page shows it, at the cost of a failure that is asked about or measured."""

    kind: Kind
    failure: int | None
    lines: list[TierLine]
    sentences: list[str]
    report_href: str

    @property
    def name(self) -> str:
        return self.kind.task_type or UNATTRIBUTED

    @property
    def is_compared(self) -> bool:
        """Whether nothing stands in the way of saying which tier costs least."""
        return not any(isinstance(pair, Withheld) for pair in self.kind.pairs.values())

    @property
    def told_apart(self) -> list[str]:
        """The sentences that are sure from where on a tier pays off."""
        pairs = zip(self.kind.pairs.values(), self.sentences, strict=True)
        return [said for pair, said in pairs if isinstance(pair, BreakEven) and pair.told_apart]

    @property
    def least(self) -> str | None:
        """The tier with the lowest expected cost; of two as low the first."""
        known = [line for line in self.lines if line.expected is not None and self.is_compared]
        return min(known, key=lambda line: line.expected or 0).name if len(known) > 1 else None


@require_safe
@needs_scope("read")
def break_even(request: HttpRequest) -> HttpResponse:
    return answered(request, "break-even", _shown)


def _shown(found: BrokenEven, asked: Words) -> dict[str, Any]:
    words = words_of(found.asked.query, asked)
    kinds = [_kind(found, kind, words) for kind in found.kinds]
    several = [kind for kind in kinds if len(kind.lines) > 1]
    first = next((kind for kind in several if kind.told_apart), several[0] if several else None)
    return {
        "headlines": [_headline(first)],
        "kinds": kinds,
        "first": first,
        "chart_data": _chart_data(first) if first else None,
        "failure": "" if found.failure is None else f"{dollars(found.failure):g}",
        "most": _most(first) if first else None,
    }


def _headline(first: Shown | None) -> str:
    if first is None:
        return "No task type has two tiers with 30 tries each: there is nothing to break even."
    return f"{first.name}: {[*first.told_apart, *first.sentences][0]}"


def _kind(found: BrokenEven, kind: Kind, words: Words) -> Shown:
    cost, of_kind = failure_of(found, kind), words | {"task_type": [kind.task_type or UNATTRIBUTED]}
    lines = [
        TierLine(
            name, units, None if cost.each is None else expected_cost(units, cost.each),
            link("tasks", of_kind | {"tier": [name], "tried": ["all"]}),
        )
        for name, units in kind.tiers.items()
    ]  # fmt: skip
    said = [sentence(names, pair, cost) for names, pair in kind.pairs.items()]
    return Shown(kind, cost.each, lines, said, link("report", of_kind))


def _most(shown: Shown) -> int:
    """Return how far the chart reaches, in whole dollars: past what is measured and every point that is told apart."""
    ends = [shown.failure or 0, shown.kind.failure.each or 0, *(reign.start for reign in shown.kind.reigns)]
    return -(-max(*ends, _LEAST_REACH // 2) * 3 // 2 // 1_000_000_000)


def _chart_data(shown: Shown) -> dict[str, Any]:
    """Return what the script draws, in dollars: a line for each tier, and what is marked on it."""
    colours, most = tier_colours(), _most(shown)
    return {
        "most": most,
        "measured": dollars(shown.kind.failure.each),
        "asked": dollars(shown.failure) if shown.failure != shown.kind.failure.each else None,
        "bands": [
            {"low": dollars(round(pair.bounds.low)), "high": dollars(round(pair.bounds.high)), "at": dollars(pair.at)}
            for pair in shown.kind.pairs.values()
            if isinstance(pair, BreakEven) and pair.told_apart
        ],
        "lines": [
            {
                "label": line.name,
                "colour": colours.get(line.name, NO_TIER),
                "start": dollars(line.cost),
                "end": dollars(expected_cost(line.units, most * 1_000_000_000)),
            }
            for line in shown.lines
        ],
    }
