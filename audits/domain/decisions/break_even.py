"""From which cost of a failure on the dearer tier pays off (DESIGN 3.9, R20; docs/method.md, 20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Literal

from scipy.special import stdtrit

from audits.domain.decisions.units import Units
from audits.domain.intervals import Bounds, fieller

# As many as say anything of a yield: of 30 tasks a 95 % interval is still some 30 points wide.
LEAST_TASKS = 30

Verdict = Literal["break_even", "dominates", "no_difference"]


@dataclass(frozen=True, slots=True)
class BreakEven:
    """`at`: nanos of one failure from which `dear` costs less, where the verdict is `break_even`, else None.

    `cheap` is the one that costs less, of equal costs the one with the better yield; where it `dominates`, its yield is
    no worse either, and it is better at any cost of a failure.

    `bounds`: where that lies, 95 %, in nanos; outside or anywhere where the yields are not told apart, which is to say
    that no cost of a failure is sure to settle it. `told_apart`: bounded, and above 0.
    """

    cheap: str
    dear: str
    verdict: Verdict
    at: int | None
    bounds: Bounds
    told_apart: bool

    def better(self, failure: int) -> str | None:
        """Name the tier that costs less where a failure costs `failure` nanos; None where the two cost the same."""
        if self.at is None:
            return self.cheap if self.verdict == "dominates" else None
        return None if failure == self.at else self.dear if failure > self.at else self.cheap

    def is_sure(self, *failures: int) -> bool:
        """Say whether all of `failures` lie on one side of where break-even may be, so that one tier is sure to win."""
        sides = {self.better(failure) for failure in failures}
        return self.told_apart and len(sides) == 1 and not any(failure in self.bounds for failure in failures)


@dataclass(frozen=True, slots=True)
class Reign:
    """A tier has the lowest expected cost of a task where a failure costs from `start` to `end` nanos (None: any)."""

    name: str
    start: int
    end: int | None


def break_even(one: tuple[str, Units], other: tuple[str, Units]) -> BreakEven | None:
    """Compare two tiers by name; None where either has fewer than 30 tasks.

    x of a unit is the cost of the attempt with its review and without any failure, y whether the first pass succeeded.
    F* = (c_B - c_A) / (p_B - p_A), only where the dearer B is also the better: else one is better at any F >= 0 (R20).
    """
    if min(one[1].tasks, other[1].tasks) < LEAST_TASKS:
        return None
    (cheap, low), (dear, high) = sorted((one, other), key=lambda side: (_cost(side[1]), -_share(side[1]), side[0]))
    cost, share = _cost(high) - _cost(low), _share(high) - _share(low)
    bounds = _bounds(low, high)
    if cost > 0 and share > 0:
        sure = bounds.shape == "between" and bounds.low > 0 and bounds.high < inf
        return BreakEven(cheap, dear, "break_even", round(cost / share), bounds, sure)
    verdict: Verdict = "no_difference" if cost == 0 and share == 0 else "dominates"
    return BreakEven(cheap, dear, verdict, None, bounds, told_apart=False)


def expected_cost(units: Units, failure: int) -> int | None:
    """Return c + F (1 - p) in nanos: what a task costs where a failure costs `failure`; None of no tasks."""
    return round(_cost(units) + failure * (1 - _share(units))) if units.tasks else None


def reigns(tiers: Mapping[str, Units]) -> list[Reign]:
    """Say which tier costs least at which cost of a failure, from 0 up: the lower envelope of the lines c + F (1 - p).

    Of equal lines the first name. Tiers with fewer than 30 tasks are left out.
    """
    known = {name: units for name, units in sorted(tiers.items()) if units.tasks >= LEAST_TASKS}
    if not known:
        return []
    name = min(known, key=lambda each: (_cost(known[each]), -_share(known[each])))
    found, start = [], Fraction(0)
    while better := _next(known, name):
        follower, at = better
        found.append(Reign(name, round(start), round(at)))
        name, start = follower, at
    return [*found, Reign(name, round(start), None)]


def _next(tiers: Mapping[str, Units], name: str) -> tuple[str, Fraction] | None:
    """Return which tier takes over from `name` first, and where; of those at one point the one with the best yield."""
    cost, share = _cost(tiers[name]), _share(tiers[name])
    crossings = [
        ((_cost(units) - cost) / (_share(units) - share), -_share(units), each)
        for each, units in tiers.items()
        if _share(units) > share
    ]
    if not crossings:
        return None
    at, _, follower = min(crossings)
    return follower, at


def _bounds(low: Units, high: Units) -> Bounds:
    """Fieller's bounds of the two differences, which vary together as cost and success of a task do."""
    (x_low, y_low, both_low), (x_high, y_high, both_high) = low.moments(), high.moments()
    quantile = float(stdtrit(min(low.n, high.n) - 1, 0.975))
    return fieller(
        float(_cost(high) - _cost(low)),
        float(_share(high) - _share(low)),
        var_a=x_low + x_high,
        var_b=y_low + y_high,
        cov=both_low + both_high,
        quantile=quantile,
    )


def _cost(units: Units) -> Fraction:
    return Fraction(units.sum_x, units.tasks)


def _share(units: Units) -> Fraction:
    return Fraction(units.sum_y, units.tasks)
