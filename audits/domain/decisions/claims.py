"""What tiers claim to fail at, held against what they did (docs/method.md, 24)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scipy.special import ndtri

from audits.domain.intervals import Interval, wilson

# Of 30 tries a 95 % interval is up to 34 points wide: a claim is beaten or broken by that much, or nothing is said.
LEAST_TRIES = 30

Verdict = Literal["fails_more", "fails_less", "as_claimed", "few", "no_claim"]


@dataclass(frozen=True, slots=True)
class Measured:
    """Tries of a tier, and how many of them failed or were escalated."""

    missed: int
    tries: int


@dataclass(frozen=True, slots=True)
class Held:
    """A claim against one measurement. `ends`: 95 % of the measured rate, shared by all rows of one claim.

    `as_claimed`: the claim lies within the ends, so nothing speaks against it, which is no proof of it. `claimed` None:
    the tier claims nothing.
    """

    claimed: float | None
    measured: float | None
    ends: Interval | None
    missed: int
    tries: int
    verdict: Verdict


def hold(claimed: float | None, by_complexity: Mapping[str, Measured]) -> tuple[Held, dict[str, Held]]:
    """Return the verdict on all tries together, and by complexity.

    A claim on easy work says little of hard work, so a tier may well hold it on one and break it on the other. The m
    rows share 5 % (Bonferroni): each interval is at 1 - 5 % / m.
    """
    if claimed is not None and not 0 <= claimed <= 1:
        raise ValueError("a claimed fail rate lies between 0 and 1")
    rows = by_complexity.values()
    whole = Measured(sum(row.missed for row in rows), sum(row.tries for row in rows))
    level = 0.05 / max(sum(row.tries >= LEAST_TRIES for row in rows), 1)
    return _held(claimed, whole, 0.05), {name: _held(claimed, row, level) for name, row in by_complexity.items()}


def _held(claimed: float | None, row: Measured, level: float) -> Held:
    ends = wilson(row.missed, row.tries, float(ndtri(1 - level / 2)))
    measured = row.missed / row.tries if ends else None
    return Held(claimed, measured, ends, row.missed, row.tries, _verdict(claimed, row, ends))


def _verdict(claimed: float | None, row: Measured, ends: Interval | None) -> Verdict:
    if claimed is None:
        return "no_claim"
    if ends is None or row.tries < LEAST_TRIES:
        return "few"
    if claimed < ends[0]:
        return "fails_more"
    return "fails_less" if claimed > ends[1] else "as_claimed"
