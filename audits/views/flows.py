"""Where the money of a month went: from the tier that caused it to the part of true cost it became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audits.domain.lines import Line
from audits.queries.overview import LinesByTier
from audits.queries.parts import PARTS
from audits.queries.reports import UNATTRIBUTED
from audits.views.chart import LABELS, dollars
from audits.views.colours import NO_TIER, tier_colours
from audits.views.links import Words, link
from audits.views.months import words_of_month
from spend.domain.periods import Month

MOST_TIERS = 8  # as many as there are colours; the rest flows together, the table has all


@dataclass(frozen=True)
class Amount:
    """Nanos, with the list they are made of; None: calls, of which none is priced."""

    nanos: int | None
    href: str
    incomplete: bool = False


@dataclass(frozen=True)
class Flow:
    """What one tier cost, by part, and in all."""

    name: str
    colour: str
    parts: list[Amount]
    total: Amount


@dataclass(frozen=True)
class Flows:
    rows: list[Flow]
    labels: list[str]
    hidden: int

    def as_data(self) -> dict[str, Any]:
        """Return what the script draws, in dollars: tiers with the most first, then the rest as one."""
        by_cost = sorted(self.rows, key=lambda row: -(row.total.nanos or 0))
        shown, rest = by_cost[:MOST_TIERS], by_cost[MOST_TIERS:]
        sources = [(row.name, row.colour, [row]) for row in shown]
        if rest:
            sources.append((f"{len(rest)} other tiers", NO_TIER, rest))
        return {
            "tiers": [{"label": name, "colour": colour, "parts": _summed(rows)} for name, colour, rows in sources],
            "parts": [{"label": LABELS[name], "colour": f"--bar-{name.replace('_', '-')}"} for name in PARTS],
        }


def flows(lines: LinesByTier, month: Month) -> Flows:
    """Return the tiers that cost something in a month, the dearest first."""
    colours = tier_colours()
    rows = [
        _flow(name, line, colours, words_of_month(month))
        for name, line in lines.items()
        if line.true_cost or line.calls
    ]
    rows.sort(key=lambda row: -(row.total.nanos or 0))
    return Flows(rows, list(LABELS.values()), max(0, len(rows) - MOST_TIERS))


def _flow(name: str | None, line: Line, colours: dict[str, str], month: Words) -> Flow:
    words: Words = {**month, "tier": [name or UNATTRIBUTED]}
    return Flow(
        name=name or UNATTRIBUTED,
        colour=colours.get(name or "", NO_TIER),
        parts=[_part(part, line, words) for part in PARTS],
        total=Amount(line.true_cost, link("entries", words), line.incomplete),
    )


def _part(part: str, line: Line, words: Words) -> Amount:
    if part == "token_bill":
        return Amount(line.token_bill, link("calls", words), line.incomplete)
    return Amount(getattr(line, part), link("entries", words, {"category": [part]}))


def _summed(rows: list[Flow]) -> list[float | None]:
    return [dollars(sum(row.parts[at].nanos or 0 for row in rows)) for at in range(len(PARTS))]
