"""What was expected of a policy, held against what came (docs/method.md, 22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from audits.domain.decisions.routing import LEAST_TASKS, Policy
from audits.domain.decisions.units import Units

_Z = 1.959963984540054
# Where fewer tasks went the planned way, what came says nothing of the plan.
LEAST_FOLLOWED = 0.5

Verdict = Literal["few", "not_followed", "as_expected", "cheaper", "dearer"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What was kept of a policy: nanos of a failure and of more review, silent failures by tier; and of a task then.

    `cost` and `cost_ends` in nanos; `success` a share.
    """

    policy: Policy
    failure: int
    review: int
    silent: Mapping[str, float]
    success: float
    success_ends: tuple[float, float]
    cost: int
    cost_ends: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Actual:
    """What came: `tasks`, success and fully loaded cost of one in nanos, and the share that went the planned way."""

    tasks: int
    success: float
    cost: int
    cost_ends: tuple[int, int]
    followed: float
    verdict: Verdict


def held_against(plan: Plan, tries: Sequence[tuple[str, Units]], *, tasks: int, followed: float) -> Actual | None:
    """Return what came of `tasks` by the terms of `plan`; None of none.

    `tries`: of each tier its tries, x their cost with review, y first-pass success; those of one task, at several
    tiers, are taken to vary independently.
    """
    if not tasks:
        return None
    passed = sum(units.sum_y * (1 - plan.silent.get(tier, 0.0)) for tier, units in tries)
    spent = sum(units.sum_x + units.tasks * plan.review for _, units in tries)
    success = passed / tasks
    cost = spent / tasks + plan.failure * (1 - success)
    squares = sum(float(units.n * _spread(units, plan, tier)) for tier, units in tries if units.n > 1)
    half = _Z * sqrt(max(squares, 0.0)) / tasks
    ends = round(cost - half), round(cost + half)
    return Actual(tasks, success, round(cost), ends, followed, _verdict(plan, tasks, followed, ends))


def _spread(units: Units, plan: Plan, tier: str) -> float:
    """Return the variance of what a try costs less what its success spares."""
    var_x, var_y, cov = units.moments()
    spared = plan.failure * (1 - plan.silent.get(tier, 0.0))
    return (var_x + spared * spared * var_y - 2 * spared * cov) * units.tasks * units.tasks / units.n


def _verdict(plan: Plan, tasks: int, followed: float, ends: tuple[int, int]) -> Verdict:
    if tasks < LEAST_TASKS:
        return "few"
    if followed < LEAST_FOLLOWED:
        return "not_followed"
    if ends[1] < plan.cost_ends[0]:
        return "cheaper"
    return "dearer" if ends[0] > plan.cost_ends[1] else "as_expected"


def is_followed(route: Sequence[str], policy: Policy) -> bool:
    """Say whether a task went as planned: to the first tier, and on in order as far as it went."""
    return bool(route) and tuple(route) == policy[: len(route)]
