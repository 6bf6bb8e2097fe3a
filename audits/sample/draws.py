"""Random draws of the sample, all from one seeded source."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp
from typing import TypeVar

T = TypeVar("T")

# How far a log-normal spreads: the published traces have 0.8 to 1.4; less keeps a year of few tasks near its mean.
TOKEN_SPREAD = 0.5
COUNT_SPREAD = 0.45
MINUTE_SPREAD = 0.6
LATENCY_SPREAD = 0.55

# Strength with which a yes-or-no draw is steered back to its rate.
STEERING = 0.2


class Draw:
    """A seeded source with the few shapes the sample needs."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)  # noqa: S311  a sample is to be repeatable, not secret

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def around(self, mean: float, spread: float) -> float:
        """Log-normal with this mean."""
        return mean * exp(self.random.gauss(0.0, spread) - spread * spread / 2)

    def about(self, median: float, spread: float) -> float:
        """Log-normal with this median."""
        return median * exp(self.random.gauss(0.0, spread))

    def whole(self, value: float) -> int:
        """Round up or down by chance, so that the mean stays."""
        return int(value + self.random.random())

    def count(self, mean: float) -> int:
        return 1 if mean <= 1 else max(1, self.whole(self.around(mean, COUNT_SPREAD)))

    def tokens(self, mean: float) -> int:
        return int(self.around(mean, TOKEN_SPREAD)) + 1

    def minutes(self, mean: float) -> int:
        return max(1, self.whole(self.around(mean, MINUTE_SPREAD)))

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[int(self.random.random() * len(choices))]

    def some_of(self, choices: Sequence[T], k: int) -> list[T]:
        return self.random.sample(choices, min(k, len(choices)))


@dataclass
class Steered:
    """Yes-or-no draws whose share stays near its rate: what was drawn too often becomes rarer.

    Independent draws of 500 tasks miss a cited rate by two points as often as not; a sample should show the cited rate.
    """

    owed: float = field(default=0.0)

    def draw(self, draw: Draw, rate: float) -> bool:
        hit = draw.chance(rate + STEERING * self.owed)
        self.owed += rate - hit
        return hit
