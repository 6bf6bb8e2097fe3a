"""Which successes people are asked to look at: drawn at random within strata (DESIGN 3.7, R19; docs/method.md, 18).

A draw is by hash: of each stratum the tasks whose hash with the seed is lowest. So it can be drawn again, in whatever
order tasks are read, by whoever doubts it, and says nothing about the tasks.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from typing import Generic, TypeVar

# With fewer than two of a stratum nobody can say how it varies.
LEAST_OF_A_STRATUM = 2


S = TypeVar("S", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Draw(Generic[S]):
    """A task to look at; `probability`, with which each task of its stratum was drawn, is kept with it."""

    task: str
    stratum: S
    probability: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """How many to draw: a `share` of the successes nobody looked at, or a `number` of them. Raises ValueError."""

    share: Fraction | None = None
    number: int | None = None

    def __post_init__(self) -> None:
        if (self.share is None) == (self.number is None):
            raise ValueError("a plan states a share or a number, not both")
        if self.share is not None and not 0 <= self.share <= 1:
            raise ValueError("a share lies between 0 and 1")
        if self.number is not None and self.number < 0:
            raise ValueError("a number is not below 0")

    def size(self, successes: int) -> int:
        """Return how many of so many successes are drawn; a share is rounded up."""
        if self.number is not None:
            return min(self.number, successes)
        return -int(-((self.share or 0) * successes) // 1)


def draw(frame: Mapping[S, Collection[str]], plan: Plan, seed: str) -> list[Draw[S]]:
    """Draw from `frame`, the names of tasks by stratum, by task name within each stratum.

    A seed names the occasion (a plan and a week, say): the next one must differ, or the same tasks come again.
    """
    sizes = allocate({stratum: len(tasks) for stratum, tasks in frame.items()}, plan)
    drawn: list[Draw[S]] = []
    for stratum, tasks in frame.items():
        lowest = sorted(tasks, key=lambda task: (_hash(seed, task), task))[: sizes[stratum]]
        drawn += [Draw(task, stratum, Fraction(sizes[stratum], len(tasks))) for task in sorted(lowest)]
    return drawn


def allocate(successes: Mapping[S, int], plan: Plan) -> dict[S, int]:
    """Share a plan over strata: two of each, or all there are, as far as it reaches, the rest by size.

    What proportion leaves over goes by largest remainder, then to the larger stratum, then to the one that sorts first.
    """
    wanted = plan.size(sum(successes.values()))
    order = sorted(successes, key=lambda stratum: (-successes[stratum], repr(stratum)))
    sizes: dict[S, int] = dict.fromkeys(successes, 0)
    for stratum in order:
        sizes[stratum] = min(LEAST_OF_A_STRATUM, successes[stratum], wanted - sum(sizes.values()))
    room = {stratum: successes[stratum] - sizes[stratum] for stratum in order}
    rest, total = wanted - sum(sizes.values()), sum(room.values())
    if not rest:
        return sizes
    parts = {stratum: divmod(rest * space, total) for stratum, space in room.items()}
    left = rest - sum(whole for whole, _ in parts.values())
    by_remainder = sorted(order, key=lambda stratum: -parts[stratum][1])
    return {stratum: sizes[stratum] + parts[stratum][0] + (stratum in by_remainder[:left]) for stratum in successes}


def _hash(seed: str, task: str) -> bytes:
    return blake2b(task.encode(), key=blake2b(seed.encode(), digest_size=32).digest(), digest_size=16).digest()
