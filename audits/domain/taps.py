"""Verdicts given with one tap: the minutes they stand for, which of them ask for the real minutes, and what the answers
say of all of them. The rules: docs/method.md, 9.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import blake2b
from math import sqrt

from scipy.special import stdtrit

# One in twenty is asked: seldom enough not to be in the way, often enough that a team of 50 taps a week has thirty
# answers a quarter.
ONE_IN = 20
# Below these a median, or a ratio, is an anecdote: of five values the middle one is the first with two on either side;
# under ten answers the interval of a ratio is wider than the ratio.
FEWEST_RECORDS = 5
FEWEST_ANSWERS = 10

ACTIVITY_OF_VERDICT = {"accepted": "review", "amended": "fix", "rejected": "redo"}
_TAIL = 0.975
_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Typical:
    """The work that usually comes with a verdict: the activity most often recorded with it, and its median minutes."""

    activity: str
    minutes: Decimal
    records: int


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """How many times the median the real minutes were, with a 95 % interval, of `answered` among `asked`."""

    ratio: float
    low: float
    high: float
    answered: int
    asked: int


def typical_work(records: Iterable[tuple[str, Decimal]]) -> Typical | None:
    """Return what `records` (activity, minutes) of one task type and verdict have in common; None where they are few.

    Of activities recorded equally often the one that sorts first counts.
    """
    by_activity: dict[str, list[Decimal]] = {}
    for activity, minutes in records:
        by_activity.setdefault(activity, []).append(minutes)
    counts = Counter({activity: len(minutes) for activity, minutes in sorted(by_activity.items())})
    for activity, count in counts.most_common(1):
        if count >= FEWEST_RECORDS:
            return Typical(activity, median(by_activity[activity]), count)
    return None


def median(values: Sequence[Decimal]) -> Decimal:
    """Return the middle value, of an even number the mean of the two, to four places."""
    ordered, half = sorted(values), len(values) // 2
    if len(ordered) % 2:
        return ordered[half]
    return ((ordered[half - 1] + ordered[half]) / 2).quantize(_STEP, rounding=ROUND_HALF_EVEN)


def is_drawn(record_id: str) -> bool:
    """Whether the record of this id asks for its real minutes: the same answer whenever, and wherever, it is asked."""
    digest = blake2b(record_id.encode(), digest_size=8, person=b"minute prompts").digest()
    return int.from_bytes(digest, "big") % ONE_IN == 0


def extrapolation(answers: Sequence[tuple[Decimal, Decimal]], asked: int) -> Extrapolation | None:
    """Return the ratio of real minutes to the medians they replaced, from `answers` (real, median); None if too few.

    R = sum real / sum median; var R = s^2(real - R median) / (n mean(median)^2); Student's t with n - 1.
    """
    n = len(answers)
    total = float(sum(guess for _, guess in answers))
    if n < FEWEST_ANSWERS or not total:
        return None
    ratio = float(sum(real for real, _ in answers)) / total
    residuals = sum((float(real) - ratio * float(guess)) ** 2 for real, guess in answers)
    reach = float(stdtrit(n - 1, _TAIL)) * sqrt(residuals / (n - 1) * n) / total
    return Extrapolation(ratio, max(ratio - reach, 0.0), ratio + reach, n, asked)
