"""A fixed cost as an asset: what it is worth on the books, month by month.

Straight-line by day. `accrual` makes the entries of the ledger by the same rule (R8); this is its sum over any days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from audits.domain.sources import FixedCost
from spend.domain.money import divide
from spend.domain.periods import Month, Period


@dataclass(frozen=True, slots=True)
class Charged:
    """What some days take off the book value, in nanos: by the day, and at once on the day it was abandoned."""

    amortised: int
    written_off: int

    @property
    def total(self) -> int:
        return self.amortised + self.written_off


@dataclass(frozen=True, slots=True)
class OfMonth:
    month: Month
    opening: int
    charged: Charged

    @property
    def closing(self) -> int:
        return self.opening - self.charged.total


@dataclass(frozen=True, slots=True)
class PerSuccess:
    """What a period of a scope cost, fixed cost apart, in nanos; `own` is what this asset bears of `fixed`.

    Costs of pending tasks are in neither, as in a report. None: there is no success to divide by.
    """

    successes: int
    running: int
    fixed: int
    own: int

    @property
    def running_each(self) -> int | None:
        return self._each(self.running)

    @property
    def fixed_each(self) -> int | None:
        return self._each(self.fixed)

    @property
    def own_each(self) -> int | None:
        return self._each(self.own)

    @property
    def whole_each(self) -> int | None:
        """The true cost per success."""
        return self._each(self.running + self.fixed)

    def _each(self, nanos: int) -> int | None:
        return divide(nanos, self.successes) if self.successes > 0 else None


def charged_before(cost: FixedCost, day: date) -> Charged:
    """Return what all days before `day` bear. The day it is abandoned bears its own share and all that is left."""
    gone = abandoned_on(cost)
    if gone is None or day <= gone:
        return Charged(_straight(cost, day), 0)
    amortised = _straight(cost, gone)
    return Charged(amortised, cost.amount - amortised)


def charged(cost: FixedCost, first: date, end: date) -> Charged:
    """Return what the days of [first, end) bear."""
    before, after = charged_before(cost, first), charged_before(cost, max(first, end))
    return Charged(after.amortised - before.amortised, after.written_off - before.written_off)


def charged_in(cost: FixedCost, period: Period, today: date) -> Charged:
    """Return what the months of `period` bear of it, up to and with today."""
    return charged(cost, period.first_day, min(period.end_day, today + timedelta(days=1)))


def schedule(cost: FixedCost) -> list[OfMonth]:
    """Return its months from the first to the last, or to the one in which it was abandoned."""
    month, last = Month.of(min(cost.starts_on, _end(cost))), Month.of(_end(cost))
    found, book = [], cost.amount
    while month <= last:
        found.append(OfMonth(month, book, charged(cost, month.first_day, month.end_day)))
        month, book = month.next, found[-1].closing
    return found


def per_day(cost: FixedCost) -> int:
    """Return the mean of a day of its period, in nanos, half even; single days differ from it by less than one."""
    return divide(cost.amount, _count(cost))


def per_month(cost: FixedCost) -> int:
    """Return what a twelfth of 365 days bears."""
    return divide(cost.amount * 365, _count(cost) * 12)


def book_values(cost: FixedCost) -> list[tuple[date, int]]:
    """Return where the line of its book value bends or a month begins: (day, nanos in the morning of it).

    The day it was abandoned is there twice: in the morning, and when the rest was written off.
    """
    gone = abandoned_on(cost)
    points = [(cost.starts_on, cost.amount)] if gone is None or gone >= cost.starts_on else []
    for line in schedule(cost):
        if gone is not None and line.charged.written_off:
            return list(dict.fromkeys([*points, (gone, line.charged.written_off), (gone, 0)]))
        points.append((min(line.month.end_day, cost.ends_on), line.closing))
    return points


def abandoned_on(cost: FixedCost) -> date | None:
    """Return the day on which there was something left to write off."""
    gone = cost.abandoned_on
    return gone if gone is not None and gone < cost.ends_on else None


def _end(cost: FixedCost) -> date:
    """The last day that bears anything."""
    return abandoned_on(cost) or cost.ends_on - timedelta(days=1)


def _count(cost: FixedCost) -> int:
    return (cost.ends_on - cost.starts_on).days


def _straight(cost: FixedCost, day: date) -> int:
    """What the days before `day` bear by straight line: the first ones bear the nanos that do not divide evenly."""
    each, left = divmod(cost.amount, _count(cost))
    days = min(max((day - cost.starts_on).days, 0), _count(cost))
    return each * days + min(days, left)
