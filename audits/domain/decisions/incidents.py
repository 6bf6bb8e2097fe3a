"""What incidents may cost: how often they come times what one costs, apart from all other cost (docs/method.md, 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from audits.domain.intervals import poisson
from spend.domain.money import divide

PER = 10_000
DRAWS = 10_000
_SEED = 20261123  # the same facts give the same interval whenever they are looked at


@dataclass(frozen=True, slots=True)
class Expected:
    """Loss per 10,000 tasks in nanos, with its 95 % ends, and the incidents per 10,000 tasks with theirs.

    `loss` None: tasks without incidents, and no cost of any is known. `bearable` is then what says something.
    """

    count: int
    frequency: float
    frequency_ends: tuple[float, float]
    loss: int | None
    loss_ends: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class OneIncident:
    """Cost per success in nanos as seen, without the costliest incident, and with one more like it."""

    seen: int
    without: int
    one_more: int


def expected_loss(*, tasks: int, costs: Sequence[int], elsewhere: Sequence[int] = ()) -> Expected | None:
    """Return what incidents are to be expected to cost per 10,000 tasks; None of no tasks.

    `costs`: nanos of each incident of these tasks, a cost of 0 too; `elsewhere`: of incidents of other work, which
    say what one costs where none of these did. Frequency is Poisson with Garwood's exact ends; severity is what
    incidents cost, by Rubin's Bayesian bootstrap (*Annals of Statistics* 9, 1981), for the upper end with the
    costliest once more. Where all cost the same the ends are exactly Garwood's times that cost.
    """
    if tasks <= 0:
        return None
    count, known = len(costs), list(costs) or list(elsewhere)
    low, high = (end * PER / tasks for end in poisson(count))
    frequency = count * PER / tasks
    if not known:
        return Expected(count, frequency, (low, high), None, None)
    return Expected(count, frequency, (low, high), divide(sum(costs) * PER, tasks), _loss_ends(tasks, count, known))


def bearable(*, saving: int, tasks: int) -> int:
    """Return what one incident may cost at most, in nanos, for `saving` a task to outweigh what none seen still allows.

    None seen in `tasks` tasks agrees with up to 3.69 of them, so an incident may cost saving x tasks / 3.69.
    """
    return int(saving * tasks / Fraction(poisson(0)[1]))


def one_incident(*, cost: int, successes: int, largest: int) -> OneIncident | None:
    """Return how far a single incident carries the cost per success; `cost` includes `largest`. None of no success."""
    if successes <= 0:
        return None
    return OneIncident(*(divide(each, successes) for each in (cost, cost - largest, cost + largest)))


def _loss_ends(tasks: int, count: int, known: Sequence[int]) -> tuple[int, int]:
    """Garwood's ends are quantiles of gamma distributions of shape count and count + 1: each is drawn, times a mean.

    A mean of few costs seldom has seen the costliest there is. So its upper end takes the costliest seen twice.
    """
    if len(set(known)) == 1:
        fewest, most = (Fraction(end) * known[0] * PER / tasks for end in poisson(count))
        return round(fewest), round(most)
    rng = np.random.default_rng(_SEED)
    low = _quantile(rng, count, known, 2.5) if count else 0.0
    high = _quantile(rng, count + 1, [*known, max(known)], 97.5)
    return round(low * PER / tasks), round(high * PER / tasks)


def _quantile(rng: np.random.Generator, shape: int, costs: Sequence[int], percent: float) -> float:
    weights = rng.standard_exponential((DRAWS, len(costs)))
    means = weights @ np.asarray(costs, float) / weights.sum(axis=1)
    return float(np.percentile(rng.standard_gamma(shape, DRAWS) * means, percent))
