"""Exact numbers: fractions, nano-dollars, shares; days of a zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any

NANOS = 1_000_000_000


def exact(value: Any) -> Fraction:
    """A JSON or YAML number as its decimal text says (R6)."""
    return Fraction(str(value))


def nanos(dollars: Any) -> int:
    """Whole nano-dollars, half even (`round` of a fraction is half even)."""
    return round(exact(dollars) * NANOS)


def share(amount: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Parts of `amount` by largest remainder; of equal remainders the first takes the nano-dollar."""
    whole = sum(weights)
    ideal = [amount * Fraction(weight) / whole for weight in weights]
    parts = [int(part) for part in ideal]
    most_behind_first = sorted(range(len(parts)), key=lambda i: (parts[i] - ideal[i], i))
    for i in most_behind_first[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def ratio(above: int | Fraction | None, below: int | Fraction | None) -> Fraction | None:
    if above is None or not below:
        return None
    return Fraction(above) / Fraction(below)


def as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def as_instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def day_in(instant: datetime, zone: tzinfo) -> date:
    return instant.astimezone(zone).date()


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def days(start: date, end: date) -> list[date]:
    """The days of [start, end)."""
    return [start + timedelta(days=n) for n in range((end - start).days)]
