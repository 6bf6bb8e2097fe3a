"""Days and months of the reporting zone. A period is half-open; nobody else does date arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


def day_of(instant: datetime, zone: tzinfo) -> date:
    """Return the day of the reporting zone in which `instant` (aware) lies."""
    return instant.astimezone(zone).date()


def start_of(day: date, zone: tzinfo) -> datetime:
    """Return the UTC instant at which `day` begins in the reporting zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month of the reporting zone."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2026-10`; raise ValueError for anything else, and for years beside which there are no dates."""
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text) or not 1000 <= int(text[:4]) <= 9998:
            raise ValueError(f"not a month like 2026-10: {text!r}")
        return cls(int(text[:4]), int(text[5:]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def next(self) -> Month:
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> Month:
        return Month.of(self.first_day - timedelta(days=1))

    @property
    def end_day(self) -> date:
        """The day after the last, as a period's exclusive end."""
        return self.next.first_day


@dataclass(frozen=True, order=True)
class Days:
    """Days from `first_day` to before `end_day`."""

    first_day: date
    end_day: date

    @property
    def period(self) -> Period:
        """The months that these days touch."""
        return Period(Month.of(self.first_day), Month.of(self.end_day - timedelta(days=1)))


@dataclass(frozen=True)
class Period:
    """Whole months from `first` to `last`, both included."""

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period cannot end ({self.last}) before it begins ({self.first})")

    @property
    def first_day(self) -> date:
        return self.first.first_day

    @property
    def end_day(self) -> date:
        """The day after the last, exclusive."""
        return self.last.end_day

    def months(self) -> Iterator[Month]:
        month = self.first
        while month <= self.last:
            yield month
            month = month.next
