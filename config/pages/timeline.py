"""The prices of a model on a line of time: which holds when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from spend.domain.pricing import STANDARD
from spend.models import Price

BEFORE_FIRST, AFTER_TODAY = timedelta(days=30), timedelta(days=90)
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Bar:
    """A price as long as it holds; `x` and `width` are percent of the line."""

    price: Price
    x: float
    width: float
    until: date | None


@dataclass(frozen=True)
class Line:
    """Prices that take over from each other: of one kind, service tier and threshold."""

    label: str
    source: str
    bars: list[Bar]


@dataclass(frozen=True)
class Timeline:
    first: date
    last: date
    today: float
    lines: list[Line]


def timeline(prices: Sequence[Price], *, today: date) -> Timeline | None:
    """Return the line of prices in force, from the first of the last three years to some months ahead."""
    if not prices:
        return None
    last = max(today, *(price.starts_on for price in prices)) + AFTER_TODAY
    first = max(min(price.starts_on for price in prices) - BEFORE_FIRST, last - LONGEST)
    days = (last - first).days

    def percent(day: date) -> float:
        return round(100 * (min(max(day, first), last) - first).days / days, 2)

    groups: dict[tuple[str, str, int], list[Price]] = defaultdict(list)
    for price in sorted(prices, key=lambda price: price.starts_on):
        groups[price.source, price.service_tier, price.context_over].append(price)
    lines = []
    for (source, tier, over), rows in sorted(groups.items(), key=_standard_first):
        next_starts = [*(price.starts_on for price in rows[1:]), None]
        bars = []
        for price, taken_over in zip(rows, next_starts, strict=True):
            until = min((day for day in (price.ends_on, taken_over) if day is not None), default=None)
            x, end = percent(price.starts_on), percent(until or last)
            bars.append(Bar(price, x, max(end - x, 0.5), until))
        over_text = f", over {over:,} tokens" if over else ""
        kind = "contract" if source == Price.CONTRACT else "list"
        lines.append(Line(f"{tier}{over_text}: {kind} price", source, bars))
    return Timeline(first, last, percent(today), lines)


def _standard_first(group: tuple[tuple[str, str, int], list[Price]]) -> tuple[bool, str, int, str]:
    source, tier, over = group[0]
    return tier != STANDARD, tier, over, source
