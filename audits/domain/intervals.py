"""How far a figure is certain: 95 % intervals of shares, counts and ratios. None where there is nothing to go by."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

from scipy.special import gammaincinv

Interval = tuple[float, float]

_TAIL = 0.025  # on either side of 95 %
_Z = 1.959963984540054  # of the normal distribution at 97.5 %


def wilson(successes: int, n: int) -> Interval | None:
    """Return Wilson's interval of a share: (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n), with z2 = z^2.

    It holds where the normal one fails, at few trials and at shares near 0 and 1, which is where yields live.
    """
    if n <= 0 or not 0 <= successes <= n:  # of adjustments alone there is no share
        return None
    p, z2 = successes / n, _Z * _Z
    middle = p + z2 / (2 * n)
    reach = _Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - reach) / (1 + z2 / n), (middle + reach) / (1 + z2 / n)
    return 0.0 if successes == 0 else low, 1.0 if successes == n else high


def poisson(count: int) -> Interval:
    """Return the exact (Garwood) interval of the expected number where `count` were seen; 3.69 at most where none was.

    The ends are those expectations under which so many, or so few, would be seen 2.5 % of the time.
    """
    low = float(gammaincinv(count, _TAIL)) if count > 0 else 0.0
    return low, float(gammaincinv(max(count, 0) + 1, 1 - _TAIL))


def ratio(*, n: int, sum_x: int, sum_xx: int, sum_y: int, sum_xy: int, shift: int = 0) -> tuple[int, int] | None:
    """Return the interval of R = sum x / sum y over `n` units, whose y is 0 or 1, in whole nanos, half even (R17).

    var R = s^2(x - R y) / (n ybar^2), s^2 with n - 1. As the residuals x - R y sum to 0 and y^2 = y, that is
    n / (n - 1) (sum xx - 2 R sum xy + R^2 sum y) / (sum y)^2. `shift`, cost of no unit, moves R by shift / sum y.
    """
    if n < 2 or sum_y <= 0:
        return None
    # times (sum y)^2, to stay in integers: the difference of near equal squares would lose its digits in floats
    residuals = sum_xx * sum_y * sum_y - 2 * sum_x * sum_y * sum_xy + sum_x * sum_x * sum_y
    if residuals < 0:  # what adjustments alone add up to is no sample
        return None
    reach = Fraction(_Z * sqrt(Fraction(n * residuals, (n - 1) * sum_y**4)))
    middle = Fraction(sum_x + shift, sum_y)
    return max(round(middle - reach), 0), round(middle + reach)
