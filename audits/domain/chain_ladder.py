"""Rework still to come: what past months came to after the age that this month has now. Chain ladder, with its error.

Formulas: T. Mack, Distribution-free calculation of the standard error of chain ladder reserve estimates, ASTIN Bulletin
23 (1993). In docs/method.md, 14, with a worked example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

LEAST_MONTHS = 6  # past months with a cost at this age: of fewer the error says nothing
STEPS = 6  # months of development; what comes later is not foreseen
_Z = 1.959963984540054  # of the normal distribution at 97.5 %


@dataclass(frozen=True)
class Expected:
    """What is still to come of a month, in nanos: the estimate and its 95 % interval.

    `known` is its cost so far; `share_known` that of the eventual cost that past months had at this age; `factors` by
    how much a month grows, a month at a time; `months` how many past ones this rests on.
    """

    known: int
    amount: int
    low: int
    high: int
    share_known: float
    factors: tuple[float, ...]
    months: int


@dataclass(frozen=True)
class TooLittle:
    """There is not enough history: `months` past ones have a cost, LEAST_MONTHS are needed."""

    months: int


def expected(triangle: Sequence[Sequence[int]]) -> Expected | TooLittle:
    """Return what is to come of the month of the last row.

    A row is a month, the oldest first: its cost in nanos known at the age that the last month has now, a month later,
    and so on to today, so that each row is one longer than the next and the last has one figure. Past months that had
    no cost at the first age are left out; they say nothing of growth.
    """
    *past, this = triangle
    rows = [[float(cost) for cost in row[: STEPS + 1]] for row in past if row[0] > 0]
    if len(rows) < LEAST_MONTHS:
        return TooLittle(len(rows))
    steps = _steps(rows)
    factors = [step.factor for step in steps]
    known = this[0]
    growth = _product(factors)
    error = sqrt(_squared_error(float(known), steps))
    amount = known * growth - known
    return Expected(
        known=known,
        amount=max(round(amount), 0),
        low=max(round(amount - _Z * error), 0),
        high=max(round(amount + _Z * error), 0),
        share_known=1 / growth,
        factors=tuple(factors),
        months=len(rows),
    )


@dataclass(frozen=True)
class _Step:
    """Growth from one age to the next: f = sum C[k+1] / sum C[k]; `base` is sum C[k]."""

    factor: float
    variance: float
    base: float


def _steps(rows: Sequence[Sequence[float]]) -> list[_Step]:
    """Return a step for each age that two months or more have outgrown: of one alone the error is not known."""
    steps: list[_Step] = []
    for age in range(STEPS):
        pairs = [(row[age], row[age + 1]) for row in rows if len(row) > age + 1 and row[age] > 0]
        if len(pairs) < 2:
            break
        steps.append(_step(pairs))
    return steps


def _step(pairs: Sequence[tuple[float, float]]) -> _Step:
    base = sum(before for before, _ in pairs)
    factor = sum(after for _, after in pairs) / base
    variance = sum(before * (after / before - factor) ** 2 for before, after in pairs) / (len(pairs) - 1)
    return _Step(factor, variance, base)


def _squared_error(known: float, steps: Sequence[_Step]) -> float:
    """Mack's: U^2 sum of s^2 / f^2 (1 / C + 1 / base), with C the cost foreseen at the beginning of each step."""
    ultimate, total, foreseen = known * _product([step.factor for step in steps]), 0.0, known
    for step in steps:
        if foreseen > 0 and step.factor > 0:
            total += step.variance / step.factor**2 * (1 / foreseen + 1 / step.base)
        foreseen *= step.factor
    return ultimate**2 * total


def _product(factors: Sequence[float]) -> float:
    product = 1.0
    for factor in factors:
        product *= factor
    return product
