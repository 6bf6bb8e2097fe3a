"""What the overview shows: three months, a year by tier, and what needs attention. Monthly rows, however many calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from audits.domain.comparing import severity_of
from audits.domain.lines import Line
from audits.queries.attention import Attention, attention
from audits.queries.reports import figures, one_moment
from audits.queries.sums import Query
from spend.domain.periods import Month, Period

TREND_MONTHS = 12  # whole ones, besides the month so far

LinesByTier = dict[str | None, Line]


@dataclass(frozen=True)
class Overview:
    """`months` are the twelve last ones and this one so far, `trend` the same by tier; those with anything in them.

    `severity` is what an incident cost on average over all of them, in nanos.
    """

    as_of: datetime
    today: date
    months: Mapping[Month, Line]
    trend: Mapping[Month, LinesByTier]
    severity: Fraction | None
    attention: Attention

    @property
    def this(self) -> Month:
        return Month.of(self.today)

    @property
    def last(self) -> Month:
        return self.this.previous

    @property
    def shown(self) -> Month:
        """The month that sentence and flows are of: the last full one, or where it is empty the month so far."""
        has_work = any(line.tasks or line.calls for line in self.trend.get(self.last, {}).values())
        return self.last if has_work or self.this not in self.trend else self.this

    @property
    def span(self) -> list[Month]:
        """The months of the trend, those without anything too."""
        return list(trend_period(self.this).months())


def trend_period(this: Month) -> Period:
    first = this
    for _ in range(TREND_MONTHS):
        first = first.previous
    return Period(first, this)


def overview(*, teams: frozenset[int] | None, at: datetime, today: date) -> Overview:
    """Return the overview of somebody who may see `teams`, None for all, as the rows have it."""
    this = Month.of(today)
    recent, year = Period(this.previous, this), Query(trend_period(this), by=("month", "tier"), teams=teams)
    with one_moment():
        report = figures(year, records=recent, as_of=at)
        needs = attention(recent, report, at=at, today=today)
    trend: dict[Month, LinesByTier] = defaultdict(dict)
    for row in report.rows:
        trend[Month.of(row.ids["month"])][row.names["tier"]] = row.line
    return Overview(
        as_of=at,
        today=today,
        months={Month.of(row.ids["month"]): row.line for row in report.groups},
        trend=dict(trend),
        severity=severity_of(report.total),
        attention=needs,
    )
