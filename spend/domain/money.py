"""Exact money: integers of nano-US-dollars (10^-9 USD), or Decimal where a caller speaks dollars.

Rounding is half even and happens in `to_nanos` and `divide` only; parts are made by `split`, so that they
sum to the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

NANOS_PER_DOLLAR = 1_000_000_000
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_ONE = Decimal(1)


def to_nanos(dollars: Decimal) -> int:
    """Return `dollars` as whole nano-dollars, half even."""
    return int(_EXACT.multiply(dollars, Decimal(NANOS_PER_DOLLAR)).quantize(_ONE, context=_EXACT))


def to_dollars(nanos: int) -> Decimal:
    """Return nano-dollars as an exact Decimal of dollars."""
    return Decimal(nanos).scaleb(-9, context=_EXACT)


def divide(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded half even; both integers, the denominator above 0."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient % 2):
        return quotient + 1
    return quotient


def split(amount: int, weights: Sequence[Decimal | int]) -> list[int]:
    """Share `amount` nanos by `weights` so that the parts sum to it, by largest remainder.

    The order of `weights` breaks ties: of equal remainders the earlier target takes the nano-dollar, so callers
    sort their targets first (R6). Weights are >= 0 with a positive sum; a weight of 0 takes nothing.

    Raises ValueError when the weights cannot carry the amount.
    """
    scaled = _as_integers(weights)
    total = sum(scaled)
    if any(weight < 0 for weight in scaled) or total <= 0:
        raise ValueError("weights must be >= 0 and must not all be 0")
    if amount < 0:
        raise ValueError("only amounts >= 0 are split; a reversal negates the entries it reverses")
    shares = [divmod(amount * weight, total) for weight in scaled]
    parts = [quotient for quotient, _ in shares]
    left = amount - sum(parts)
    by_remainder = sorted(range(len(shares)), key=lambda index: (-shares[index][1], index))
    for index in by_remainder[:left]:
        parts[index] += 1
    return parts


def _as_integers(weights: Sequence[Decimal | int]) -> list[int]:
    """Scale weights to integers of the same proportions, so that no share is computed inexactly."""
    decimals = [Decimal(weight) for weight in weights]
    places = max((-int(value.as_tuple().exponent) for value in decimals), default=0)
    return [int(_EXACT.scaleb(value, max(places, 0))) for value in decimals]


def to_text(nanos: int) -> str:
    """Return money as it goes out on the wire: plain decimal dollars, two to nine places."""
    sign = "-" if nanos < 0 else ""
    dollars, rest = divmod(abs(nanos), NANOS_PER_DOLLAR)
    places = f"{rest:09d}".rstrip("0").ljust(2, "0")
    return f"{sign}{dollars}.{places}"
