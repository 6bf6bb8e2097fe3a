"""Money in sentences: as many places as it takes to tell amounts apart."""

from __future__ import annotations

from spend.domain.money import to_dollars
from spend.templatetags.figures import plain_money


def short_money(nanos: int) -> str:
    return plain_money(nanos, 2 if to_dollars(abs(nanos)) >= 1 else 4)


def short_range(low: int, high: int) -> str:
    """Say from where to where, both ends to as many places."""
    places = 2 if to_dollars(max(abs(low), abs(high))) >= 1 else 4
    return f"{plain_money(low, places)} to {plain_money(high, places)}"
