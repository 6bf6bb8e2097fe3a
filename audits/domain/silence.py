"""Whether a source has been silent for longer than usual: held against its own pauses, not against a fixed time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

# Fewer days with calls say nothing of what is usual.
LEAST_ACTIVE_DAYS = 5


class Silence(NamedTuple):
    """Days since the last one with calls, and the longest such pause before."""

    days: int
    usual: int


def silence(calls_a_day: Sequence[int]) -> Silence | None:
    """Return the silence of a source by its calls of each day, oldest first, today last; None where it is none.

    One that sends on working days pauses three days over a weekend, and is silent on the fourth.
    """
    active = [day for day, calls in enumerate(calls_a_day) if calls]
    if len(active) < LEAST_ACTIVE_DAYS:
        return None
    usual = max(after - before for before, after in pairwise(active))
    days = len(calls_a_day) - 1 - active[-1]
    return Silence(days, usual) if days > usual else None
