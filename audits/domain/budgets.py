"""How a budget stands in the middle of a month: what is spent, and where a straight line leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from spend.domain.money import divide
from spend.domain.periods import Month


@dataclass(frozen=True, slots=True)
class Standing:
    """A month of a budget, money in nanos. `spent` None: there were calls, and none has a price."""

    month: Month
    today: date
    amount: int
    spent: int | None

    @property
    def days(self) -> int:
        return (self.month.end_day - self.month.first_day).days

    @property
    def days_begun(self) -> int:
        """How many days of the month are over, with the one that is running."""
        return min((self.today - self.month.first_day).days + 1, self.days)

    @property
    def days_left(self) -> int:
        """How many are to come after it."""
        return self.days - self.days_begun

    @property
    def forecast(self) -> int | None:
        """What the month costs if each day to come costs what a day did so far.

        The running day counts as a whole one: early in it this is low, and never raises an alert for nothing.
        """
        return None if self.spent is None else divide(self.spent * self.days, self.days_begun)

    @property
    def share(self) -> Decimal | None:
        return None if self.spent is None else Decimal(self.spent) / self.amount

    @property
    def forecast_share(self) -> Decimal | None:
        return None if self.forecast is None else Decimal(self.forecast) / self.amount

    @property
    def left(self) -> int | None:
        """What is left of it; below 0 it is overspent."""
        return None if self.spent is None else self.amount - self.spent
