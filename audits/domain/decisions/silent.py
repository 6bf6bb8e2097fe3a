"""How many successes failed in silence, by what a random sample of them says (DESIGN 3.7, R19; docs/method.md, 18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from audits.domain.intervals import Interval, jeffreys
from spend.domain.money import divide

# Where fewer answered, a stratum says too little by itself: Jeffreys' prior, half a failure in one task, would count
# for more than a twentieth of it. Such strata are taken to fail at one rate.
LEAST_ANSWERED = 20
DRAWS = 10_000
_SEED = 20261123
_MOST_AUDITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Stratum:
    """Successes that nobody had looked at when the sample was drawn, how many were drawn, answered, and had failed.

    Reviews of tasks somebody chose are not in here: who chooses looks where something is wrong.
    """

    successes: int
    drawn: int
    answered: int
    failed: int

    def __post_init__(self) -> None:
        if not 0 <= self.failed <= self.answered <= self.drawn <= self.successes:
            raise ValueError("failed <= answered <= drawn <= successes does not hold")

    @property
    def ends(self) -> Interval | None:
        """Jeffreys' 95 % interval of the stratum's rate; None where nobody answered."""
        return jeffreys(self.failed, self.answered) if self.answered else None


@dataclass(frozen=True, slots=True)
class SilentFailures:
    """The share of unreviewed successes that failed, with its 95 % ends.

    `response`: of the draws, how many were answered. `worst`: the rate if every draw without an answer had failed.
    `borrowed`: the share of successes in strata whose rate rests on other strata, as fewer than 20 answered.
    """

    rate: float
    low: float
    high: float
    successes: int
    answered: int
    failed: int
    response: float
    worst: float
    borrowed: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The observed figure's twin with silent failures taken off: successes, yield, and cost per success in nanos."""

    successes: float
    successes_ends: Interval
    final_yield: float
    yield_ends: Interval
    cost_per_success: int
    cost_ends: tuple[int, int]


class Advice(NamedTuple):
    """`more`: audits that settle it if failures go on as they did, 0 where it is settled, None where none would."""

    more: int | None
    settled: bool


def silent_failures(strata: Sequence[Stratum]) -> SilentFailures | None:
    """Estimate the rate over all strata; None where nobody answered or there is nothing to ask about.

    Each answered draw stands for successes / answered tasks of its stratum (Horvitz-Thompson, answers taken to be
    missing at random within a stratum). The interval combines Beta(failed + 1/2, answered - failed + 1/2) of each
    stratum by simulation, and, as a stratum is finite, only what was not looked at is unknown.
    """
    asked = [stratum for stratum in strata if stratum.successes]
    if not any(stratum.answered for stratum in asked):
        return None
    total = sum(stratum.successes for stratum in asked)
    drawn, answered, failed = (sum(getattr(each, name) for each in asked) for name in ("drawn", "answered", "failed"))
    draws = _drawn_failures(asked) / total
    low, high = (float(end) for end in np.quantile(draws, (0.025, 0.975)))
    rate = sum(each.successes * rate for each, rate in zip(asked, _rates(asked), strict=True)) / total
    return SilentFailures(
        rate=rate,
        low=min(low, rate) if failed else 0.0,  # Jeffreys' own rule: none found may be none
        high=max(high, rate) if failed < answered else 1.0,
        successes=total,
        answered=answered,
        failed=failed,
        response=answered / drawn,
        worst=_worst(asked) / total,
        borrowed=sum(each.successes for each in asked if each.answered < LEAST_ANSWERED) / total,
    )


def adjusted(
    strata: Sequence[Stratum], *, reviewed: int, failures: int, cost: int, cost_ends: tuple[int, int]
) -> Adjusted | None:
    """Take silent failures off; None where nobody answered or no success would be left.

    `reviewed`: successes somebody had looked at, which stay. `failures`: those observed. `cost`: nanos of the successes
    and failures together, `cost_ends` the interval of it per observed success (R17). What is not known of the cost and
    of silent failures is taken to be independent.
    """
    found = silent_failures(strata)
    if found is None:
        return None
    observed, rng = reviewed + found.successes, np.random.default_rng(_SEED + 1)
    silent = _drawn_failures([each for each in strata if each.successes])
    left, kept = observed - silent, observed - found.rate * found.successes
    if kept <= 0 or np.quantile(left, 0.025) <= 0:
        return None
    low, high = cost_ends
    costs = rng.normal(cost / observed, (high - low) / (2 * 1.959963984540054), DRAWS)
    share_low, share_high = (observed - end * found.successes for end in (found.high, found.low))
    ends = np.quantile(np.maximum(costs, 0) * observed / left, (0.025, 0.975))
    per_success = divide(round(cost * 1_000_000), round(kept * 1_000_000))
    return Adjusted(
        successes=kept,
        successes_ends=(share_low, share_high),
        final_yield=kept / (observed + failures),
        yield_ends=(share_low / (observed + failures), share_high / (observed + failures)),
        cost_per_success=per_success,
        cost_ends=(min(round(float(ends[0])), per_success), max(round(float(ends[1])), per_success)),
    )


def advise(*, failed: float, answered: float, threshold: float) -> Advice:
    """Say how many more audits tell whether the silent failure rate is below or above `threshold`.

    Settled is where Jeffreys' interval leaves the threshold out. The answer supposes that failures go on at the rate
    seen, (failed + 1/2) / (answered + 1), so that none seen is not taken for none to come.
    """
    rate = (failed + 0.5) / (answered + 1)

    def settles(more: int) -> bool:
        low, high = jeffreys(failed + rate * more, answered + more)
        return threshold < low or threshold > high

    if answered and settles(0):
        return Advice(0, settled=True)
    if not settles(_MOST_AUDITS):
        return Advice(None, settled=False)
    few, enough = 0, _MOST_AUDITS
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if settles(middle) else (middle, enough)
    return Advice(enough, settled=False)


def advise_on(strata: Sequence[Stratum], *, threshold: float) -> Advice:
    """Say the same of a stratified sample: settled is where the interval of all strata leaves the threshold out.

    How many more is reckoned with as many answers of equal weight as those there are worth (Kish).
    """
    found = silent_failures(strata)
    if found is None:
        return advise(failed=0, answered=0, threshold=threshold)
    if not found.low <= threshold <= found.high:
        return Advice(0, settled=True)
    seen = [each for each in strata if each.answered]
    worth = sum(each.successes for each in seen) ** 2 / sum(each.successes**2 / each.answered for each in seen)
    more = advise(failed=found.rate * worth, answered=worth, threshold=threshold).more
    return Advice(None if more is None else max(more, 1), settled=False)


def audits_for(*, rate: float, half_width: float) -> int:
    """Return how many audits state a rate of about `rate` to within `half_width`: 1.96^2 p (1 - p) / half_width^2."""
    if not 0 < half_width < 1:
        raise ValueError("half a width lies between 0 and 1")
    return ceil(1.959963984540054**2 * rate * (1 - rate) / half_width**2)


def _rates(strata: Sequence[Stratum]) -> list[float]:
    """A stratum's own rate, or for those with few answers their common one, weighted by what each answer stands for."""
    common, _ = _common(strata)
    return [each.failed / each.answered if each.answered >= LEAST_ANSWERED else common for each in strata]


def _common(strata: Sequence[Stratum]) -> tuple[float, float]:
    """Return the rate of the strata with few answers, and of how many equal answers it is worth (Kish)."""
    few = [each for each in strata if 0 < each.answered < LEAST_ANSWERED]
    if not few:  # strata nobody answered in: what the others say
        few = [each for each in strata if each.answered]
    weights = [each.successes / each.answered for each in few]
    total = sum(weight * each.answered for weight, each in zip(weights, few, strict=True))
    rate = sum(weight * each.failed for weight, each in zip(weights, few, strict=True)) / total
    return rate, total**2 / sum(weight**2 * each.answered for weight, each in zip(weights, few, strict=True))


def _drawn_failures(strata: Sequence[Stratum]) -> NDArray[np.float64]:
    """Draw how many of all successes failed: those found, and of the rest as many as each drawn rate makes fail."""
    rng = np.random.default_rng(_SEED)
    common, worth = _common(strata)
    shared = rng.beta(common * worth + 0.5, (1 - common) * worth + 0.5, DRAWS)
    failures = np.zeros(DRAWS)
    for each in strata:
        own = each.answered >= LEAST_ANSWERED
        rate = rng.beta(each.failed + 0.5, each.answered - each.failed + 0.5, DRAWS) if own else shared
        failures += each.failed + rng.binomial(each.successes - each.answered, rate)
    return failures


def _worst(strata: Sequence[Stratum]) -> float:
    """Count failures as if every draw without an answer were one; of strata without a draw nothing is known."""
    rates = _rates(strata)
    return sum(
        each.successes * ((each.failed + each.drawn - each.answered) / each.drawn if each.drawn else rate)
        for each, rate in zip(strata, rates, strict=True)
    )


def overturning(*, unseen: int, successes: int, cost: int, rival: int) -> float | None:
    """Return the silent failure rate of `unseen` successes with which each success costs as much as the `rival` does.

    `cost` is that of all `successes` together, `rival` one success of the other; in nanos. None where no rate does.
    """
    if not unseen or rival <= 0:
        return None
    rate = (successes - cost / rival) / unseen
    return rate if 0 < rate < 1 else None
