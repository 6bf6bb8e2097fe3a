"""The twelve months to the last full one, their working days, and moments of them as RFC 3339 text."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

MONTHS = 12
SATURDAY = 5
DAY_MS = 24 * 60 * 60 * 1000
OPENING_MS = 7 * 60 * 60 * 1000
HOURS_OPEN_MS = 11 * 60 * 60 * 1000


def last_full_month_end(today: date) -> date:
    """Return the last day of the month before the one of `today`."""
    return today.replace(day=1) - timedelta(days=1)


def twelve_months(until: date) -> list[date]:
    """Return the first days of the twelve months of which the last ends with `until`."""
    if until.day != monthrange(until.year, until.month)[1]:
        raise ValueError(f"{until} is not the last day of a month")
    first = until.year * MONTHS + until.month - MONTHS
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, first + MONTHS)]


def working_days(month: date) -> list[date]:
    days = (month + timedelta(days=n) for n in range(monthrange(month.year, month.month)[1]))
    return [day for day in days if day.weekday() < SATURDAY]


def moment(day: date, ms: int) -> str:
    """Return the instant `ms` after midnight UTC of `day`; never past the day's end."""
    seconds, millis = divmod(min(ms, DAY_MS - 1), 1000)
    minutes, second = divmod(seconds, 60)
    return f"{day}T{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}.{millis:03d}Z"
