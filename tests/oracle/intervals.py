"""95 % intervals, the slow way, in floats."""

from __future__ import annotations

from math import exp, fsum, lgamma, log, sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
Interval = tuple[float | None, float | None]


def wilson(hits: int, n: int) -> Interval:
    if n == 0:
        return None, None
    share = hits / n
    middle = share + Z * Z / (2 * n)
    reach = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return (middle - reach) / (1 + Z * Z / n), (middle + reach) / (1 + Z * Z / n)


def poisson(seen: int, tasks: int) -> Interval:
    """Exact 95 % interval of a Poisson count, per 10,000 tasks."""
    if tasks == 0:
        return None, None
    low = 0.0 if seen == 0 else where(lambda mean: 1 - at_most(seen - 1, mean), 0.025, seen)
    high = where(lambda mean: -at_most(seen, mean), -0.025, seen)
    return low * 10_000 / tasks, high * 10_000 / tasks


def at_most(count: int, mean: float) -> float:
    """P(X <= count) of a Poisson variable."""
    return sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(count + 1))


def where(rising, level: float, seen: int) -> float:
    """The mean at which a rising function reaches `level`, by bisection."""
    low, high = 1e-9, 10.0 * seen + 50.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return low


def ratio_interval(x: list[float], y: list[float], shift: float) -> Interval:
    """sum x / sum y with its spread over the units; `shift` is cost of no unit (R17). `fsum` is deaf to order."""
    n, successes = len(x), sum(y)
    if n < 2 or successes == 0:
        return None, None
    centre = fsum(x) / successes
    residuals = [a - centre * b for a, b in zip(x, y, strict=True)]
    middle = fsum(residuals) / n
    spread = fsum((residual - middle) ** 2 for residual in residuals) / (n - 1)
    error = sqrt(spread / n) / (successes / n)
    return max(0.0, centre + shift / successes - Z * error), centre + shift / successes + Z * error
