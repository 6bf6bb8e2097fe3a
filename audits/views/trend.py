"""Twelve months and the one so far by tier: what a success cost, with its interval; months without one are gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audits.domain.lines import Line
from audits.queries.overview import Overview
from audits.queries.reports import UNATTRIBUTED
from audits.views.chart import dollars
from audits.views.colours import NO_TIER, tier_colours
from audits.views.links import link
from audits.views.months import words_of_month
from spend.domain.periods import Month

MOST_LINES = 8  # as many as there are colours; the table has all


@dataclass(frozen=True)
class Point:
    """What a success cost in a month, in nanos; None in a month without one."""

    cost: int | None
    ends: tuple[int, int] | None
    href: str
    incomplete: bool


@dataclass(frozen=True)
class Series:
    name: str
    colour: str
    points: list[Point]


@dataclass(frozen=True)
class Trend:
    """`drawn` are the series of the chart, those that cost most in all; `series` all of them."""

    months: list[str]
    series: list[Series]
    drawn: list[Series]

    @property
    def rows(self) -> list[tuple[str, list[Point]]]:
        """The table: a month a row, the latest first."""
        by_month = [(month, [each.points[at] for each in self.series]) for at, month in enumerate(self.months)]
        return by_month[::-1]

    def as_data(self) -> dict[str, Any]:
        """Return what the script draws, in dollars."""
        return {
            "months": self.months,
            "series": [
                {"label": each.name, "colour": each.colour, "points": [_told(point) for point in each.points]}
                for each in self.drawn
            ],
        }


def trend(found: Overview) -> Trend:
    """Return the tiers that had a success in these months, by name."""
    colours = tier_colours()
    costs: dict[str | None, int] = {}
    for lines in found.trend.values():
        for name, line in lines.items():
            costs[name] = costs.get(name, 0) + (line.true_cost if line.successes else 0)
    series = {
        name: Series(name or UNATTRIBUTED, colours.get(name or "", NO_TIER), _points(found, name))
        for name in sorted(costs, key=lambda name: (name is None, name))
    }
    shown = {name: each for name, each in series.items() if any(point.cost is not None for point in each.points)}
    dearest = sorted(shown, key=lambda name: -costs[name])[:MOST_LINES]
    drawn = [each for name, each in shown.items() if name in dearest]
    return Trend([_label(month, found.this) for month in found.span], list(shown.values()), drawn)


def _points(found: Overview, name: str | None) -> list[Point]:
    return [_point(found.trend.get(month, {}), name, month) for month in found.span]


def _point(lines: Mapping[str | None, Line], name: str | None, month: Month) -> Point:
    line = lines.get(name)
    if line is None or line.true_cost_per_success is None:
        return Point(None, None, "", False)
    low, high = line.true_cost_per_success_low, line.true_cost_per_success_high
    href = link("entries", words_of_month(month), {"tier": [name or UNATTRIBUTED]})
    ends = None if low is None or high is None else (low, high)
    return Point(line.true_cost_per_success, ends, href, line.incomplete)


def _label(month: Month, this: Month) -> str:
    return f"{month} so far" if month == this else str(month)


def _told(point: Point) -> dict[str, float | None]:
    low, high = point.ends or (None, None)
    return {"cost": dollars(point.cost), "low": dollars(low), "high": dollars(high)}
