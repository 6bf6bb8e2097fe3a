"""How far a figure is certain: 95 % intervals of shares, counts and ratios. None where there is nothing to go by."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf, sqrt
from typing import Literal

from scipy.special import betaincinv, gammaincinv

Interval = tuple[float, float]

_TAIL = 0.025  # on either side of 95 %
_Z = 1.959963984540054  # of the normal distribution at 97.5 %


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a quotient may lie: `between` low and high, `outside` them (below low or above high), or `anywhere`."""

    shape: Literal["between", "outside", "anywhere"]
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        inside = self.low <= value <= self.high
        return self.shape == "anywhere" or inside == (self.shape == "between") or value in (self.low, self.high)


def wilson(successes: int, n: int, quantile: float = _Z) -> Interval | None:
    """Return Wilson's interval of a share: (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n), with z2 = z^2.

    It holds where the normal one fails, at few trials and at shares near 0 and 1, which is where yields live. 95 %
    unless `quantile`, of the normal distribution, says otherwise.
    """
    if n <= 0 or not 0 <= successes <= n:  # of adjustments alone there is no share
        return None
    p, z2 = successes / n, quantile * quantile
    middle = p + z2 / (2 * n)
    reach = quantile * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - reach) / (1 + z2 / n), (middle + reach) / (1 + z2 / n)
    return 0.0 if successes == 0 else low, 1.0 if successes == n else high


def poisson(count: int) -> Interval:
    """Return the exact (Garwood) interval of the expected number where `count` were seen; 3.69 at most where none was.

    The ends are those expectations under which so many, or so few, would be seen 2.5 % of the time.
    """
    low = float(gammaincinv(count, _TAIL)) if count > 0 else 0.0
    return low, float(gammaincinv(max(count, 0) + 1, 1 - _TAIL))


def jeffreys(found: float, n: float) -> Interval:
    """Return Jeffreys' interval of a share: quantiles of Beta(found + 1/2, n - found + 1/2), its end where none or all.

    Brown, Cai and DasGupta, *Interval estimation for a binomial proportion*, Statistical Science 16 (2001). `n` may be
    an effective size, so neither need be whole.
    """
    low, high = (float(betaincinv(found + 0.5, n - found + 0.5, tail)) for tail in (_TAIL, 1 - _TAIL))
    return 0.0 if found <= 0 else low, 1.0 if found >= n else high


def ratio(
    *, n: int, sum_x: int, sum_xx: int, sum_y: int, sum_xy: int, sum_yy: int | None = None, shift: int = 0
) -> tuple[int, int] | None:
    """Return the interval of R = sum x / sum y over `n` units, in whole nanos, half even (R17).

    var R = s^2(x - R y) / (n ybar^2), s^2 with n - 1. As the residuals x - R y sum to 0, that is
    n / (n - 1) (sum xx - 2 R sum xy + R^2 sum yy) / (sum y)^2. `shift`, cost of no unit, moves R by shift / sum y.
    Where y is 0 or 1, sum yy is sum y and may be left out; of clusters, whose y is a count, it must be given.
    """
    if n < 2 or sum_y <= 0:
        return None
    # times (sum y)^2, to stay in integers: the difference of near equal squares would lose its digits in floats
    squares = sum_y if sum_yy is None else sum_yy
    residuals = sum_xx * sum_y * sum_y - 2 * sum_x * sum_y * sum_xy + sum_x * sum_x * squares
    if residuals < 0:  # what adjustments alone add up to is no sample
        return None
    reach = Fraction(_Z * sqrt(Fraction(n * residuals, (n - 1) * sum_y**4)))
    middle = Fraction(sum_x + shift, sum_y)
    return max(round(middle - reach), 0), round(middle + reach)


def fieller(a: float, b: float, *, var_a: float, var_b: float, cov: float = 0.0, quantile: float = _Z) -> Bounds:
    """Return where a / b may lie, by Fieller's theorem: all t with (a - t b)^2 <= q^2 (var a - 2 t cov + t^2 var b).

    That is A t^2 - 2 B t + C <= 0 with A = b^2 - q^2 var b, B = a b - q^2 cov, C = a^2 - q^2 var a. Where b is not
    apart from 0 (A <= 0) the quotient is not bounded, and no interval that says otherwise keeps its promise.
    E. C. Fieller, *Some problems in interval estimation*, J. R. Statist. Soc. B 16 (1954).
    """
    square = quantile * quantile
    first, second, third = b * b - square * var_b, a * b - square * cov, a * a - square * var_a
    inner = second * second - first * third
    if first == 0:
        return _half_line(second, third)
    if inner < 0:  # only where A < 0
        return Bounds("anywhere", -inf, inf)
    low, high = sorted((second + sign * sqrt(inner)) / first for sign in (-1, 1))
    return Bounds("between" if first > 0 else "outside", low, high)


def _half_line(second: float, third: float) -> Bounds:
    if second == 0:
        return Bounds("anywhere", -inf, inf)
    end = third / (2 * second)
    return Bounds("between", end, inf) if second > 0 else Bounds("between", -inf, end)
