"""What each way to send work to tiers would cost, and how often it would succeed (DESIGN 3.9; docs/method.md, 22)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from audits.domain.decisions.silent import SilentFailures
from audits.domain.decisions.units import Units
from audits.domain.intervals import Interval

# What a tier does with work that another gave up is seen from so many tasks on; below, independence is assumed.
LEAST_ESCALATED = 30
LEAST_TASKS = 30
DRAWS = 4_000
_SEED = 20261123

Policy = tuple[str, ...]  # tiers in the order in which they try; one: no escalation
Draws = NDArray[np.float64]  # the first is the estimate itself, the others are drawn around it


@dataclass(frozen=True, slots=True)
class Option:
    """A tier as it was seen on its own work: cost of an attempt and first-pass success, and its mean latency.

    `after`: the same of tasks that came to it escalated, by the tier that gave them up.
    """

    units: Units
    latency_ms: float | None = None
    after: Mapping[str, Units] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % ends; equal ends: it is stated, not measured."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Terms:
    """Nanos of a task that ends failed, of the review of one answer, and of the value of a success (None: unknown).

    `detection`: of failed answers, how many the review sends on; `false_alarms`: the same of good ones.
    """

    failure: int
    review: int
    detection: Share
    false_alarms: float = 0.0
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a policy is expected to do: success and fully loaded cost a task, per success, and worth, in nanos.

    `worth`: value of successes less cost, a task; None where value is unknown. `escalated`: share of tasks that reach
    the last tier of a cascade. `assumed`: escalations whose success is not seen (few tasks) but taken to be that of
    the tier's own work, which flatters a cascade: what one tier failed is harder for the next as well.
    """

    policy: Policy
    success: float
    success_ends: Interval
    cost: int
    cost_ends: tuple[int, int]
    cost_per_success: int | None
    cost_per_success_ends: tuple[int, int] | None
    worth: int | None
    worth_ends: tuple[int, int] | None
    escalated: float
    latency_ms: float | None
    assumed: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """The policy that costs least per success, or is worth most where value is known, and how sure that is.

    `overlapping`: policies whose interval overlaps its own: they may be as good.
    """

    best: Outlook
    overlapping: tuple[Policy, ...]


def stated(share: float) -> Share:
    """Return a share that somebody states."""
    if not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1")
    return Share(share, share, share)


def measured_detection(*, caught: int, silent: SilentFailures) -> Share | None:
    """Return how many of all failures review catches: caught / (caught + silent ones), as audits say; None of none."""
    found, most, least = (caught + rate * silent.successes for rate in (silent.rate, silent.high, silent.low))
    if not most:
        return None
    return Share(caught / found if found else 0.0, caught / most, caught / least if least else 1.0)


def policies(options: Mapping[str, Option]) -> list[Policy]:
    """Return each tier alone and each cascade of two or three, cheaper first; not tiers with under 30 tasks."""
    known = [name for name, option in options.items() if option.units.tasks >= LEAST_TASKS]
    by_cost = sorted(known, key=lambda name: (options[name].units.cost_per_task or 0, name))
    return [policy for length in (1, 2, 3) for policy in combinations(by_cost, length)]


def outlook(policy: Policy, options: Mapping[str, Option], terms: Terms) -> Outlook:
    """Work a policy through, for the estimate and for draws around it at once.

    A tier that tries succeeds with p. Of its failures the share d is sent on, of its successes the share a; the rest of
    its failures nobody notices. The last tier's answer stands whatever it is. So with r the share of tasks that reach
    a tier: r' = r ((1 - p) d + p a); success = sum r p (1 - a), of the last r p;
    cost = sum r (c + review) + F (1 - success).
    """
    detection, reach = _shares("detection", terms.detection), np.ones(DRAWS + 1)
    success, cost, latency = np.zeros(DRAWS + 1), np.zeros(DRAWS + 1), 0.0
    for name, before in zip(policy, (None, *policy), strict=False):
        p, c = _drawn(name, before, options[name])
        alarms = 0.0 if name == policy[-1] else terms.false_alarms
        cost += reach * (c + terms.review)
        latency += float(reach[0]) * (options[name].latency_ms or 0)
        success += reach * p * (1 - alarms)
        reach = reach if name == policy[-1] else reach * ((1 - p) * detection + p * alarms)
    cost += terms.failure * (1 - success)
    each = _money_ends(cost / np.maximum(success, 1e-9)) if success[0] else None
    worth = None if terms.value is None else terms.value * success - cost
    return Outlook(
        policy=policy,
        success=float(success[0]),
        success_ends=_ends(success),
        cost=round(float(cost[0])),
        cost_ends=_money_ends(cost),
        cost_per_success=round(float(cost[0] / success[0])) if success[0] else None,
        cost_per_success_ends=each,
        worth=None if worth is None else round(float(worth[0])),
        worth_ends=None if worth is None else _money_ends(worth),
        escalated=float(reach[0]) if len(policy) > 1 else 0.0,
        latency_ms=None if any(options[name].latency_ms is None for name in policy) else latency,
        assumed=tuple(pair for pair in pairwise(policy) if _seen(options[pair[1]], pair[0]) is None),
    )


def efficient(outlooks: Iterable[Outlook]) -> list[Outlook]:
    """Return those that no other beats in cost without being beaten in success, cheapest first: the frontier.

    Cost is fully loaded, so what a failure costs is in it. Of equal ones all stay.
    """
    found: list[Outlook] = []
    for each in sorted(outlooks, key=lambda one: (one.cost, -one.success, one.policy)):
        is_equal = bool(found) and (each.cost, each.success) == (found[-1].cost, found[-1].success)
        if not found or is_equal or each.success > found[-1].success:
            found.append(each)
    return found


def advise(outlooks: Sequence[Outlook]) -> Advice | None:
    """Return the best policy and those that may be as good; None where none has a success."""
    able = [each for each in outlooks if each.cost_per_success is not None]
    if not able:
        return None
    best = min(able, key=lambda each: (_order(each), each.policy))
    return Advice(best, tuple(each.policy for each in able if each is not best and _overlap(each, best)))


def _order(each: Outlook) -> float:
    return -each.worth if each.worth is not None else float(each.cost_per_success or 0)


def _overlap(one: Outlook, other: Outlook) -> bool:
    """Say whether the intervals of what decides between two policies overlap."""
    first, second = (each.worth_ends or each.cost_per_success_ends for each in (one, other))
    return first is None or second is None or (first[0] <= second[1] and second[0] <= first[1])


def _seen(option: Option, before: str | None) -> Units | None:
    """Return what is known of the tier on tasks that `before` gave up, if it is enough."""
    units = option.after.get(before) if before else None
    return units if units is not None and units.tasks >= LEAST_ESCALATED else None


def _drawn(name: str, before: str | None, option: Option) -> tuple[Draws, Draws]:
    """Draw success of Beta(y + 1/2, t - y + 1/2) and cost of a normal distribution, the same ones for the same tier.

    Policies that share a tier share its draws, and no order of policies or tiers makes others.
    """
    seen = _seen(option, before)
    units, origin = (option.units, name) if seen is None else (seen, f"{before} {name}")
    rng = np.random.default_rng([_SEED, crc32(origin.encode())])
    share, cost = float(units.success_per_task or 0), float(units.cost_per_task or 0)
    p = rng.beta(units.sum_y + 0.5, units.tasks - units.sum_y + 0.5, DRAWS)
    c = np.maximum(rng.normal(cost, np.sqrt(max(units.moments()[0], 0)), DRAWS), 0)
    return np.concatenate(([share], p)), np.concatenate(([cost], c))


def _shares(name: str, share: Share) -> Draws:
    """Draw a share from a triangle over its ends, the estimate at its top; a stated one does not vary."""
    if share.low == share.high:
        return np.full(DRAWS + 1, share.value)
    rng = np.random.default_rng([_SEED, crc32(name.encode())])
    return np.concatenate(([share.value], rng.triangular(share.low, share.value, share.high, DRAWS)))


def _ends(draws: Draws) -> Interval:
    low, high = np.quantile(draws[1:], (0.025, 0.975))
    return min(float(low), float(draws[0])), max(float(high), float(draws[0]))


def _money_ends(draws: Draws) -> tuple[int, int]:
    low, high = _ends(draws)
    return round(low), round(high)
