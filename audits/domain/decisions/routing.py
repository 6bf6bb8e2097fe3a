"""What each way to send work to tiers would cost, and how often it would succeed (DESIGN 3.9; docs/method.md, 22)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from audits.domain.decisions.units import Units
from audits.domain.intervals import Interval

# What a tier does with work that another gave up is seen from so many tasks on; below, independence is assumed.
LEAST_ESCALATED = 30
LEAST_TASKS = 30
DRAWS = 4_000
_SEED = 20261123
_Z = 1.959963984540054

Policy = tuple[str, ...]  # tiers in the order in which they try; one: no escalation
Draws = NDArray[np.float64]  # the first is the estimate itself, the others are drawn around it


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % ends; equal ends: it is stated, not measured."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Option:
    """A tier as it was seen where it was the first to try: cost of a try with its review, first-pass success, latency.

    `after`: the same of tasks that came to it escalated, by the tier that gave them up. `silent`: of its successes, the
    share that failed in silence, as audits say; None where nobody audits.
    """

    units: Units
    latency_ms: float | None = None
    after: Mapping[str, Units] = field(default_factory=dict)
    silent: Share | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Work that is alike, `tasks` of it, with the tiers that tried it."""

    name: str
    tasks: int
    options: Mapping[str, Option]


@dataclass(frozen=True, slots=True)
class Terms:
    """Nanos of a task that ends failed, of more review of an answer than it has, and of a success (None: unknown).

    `detection`: of failed answers, how many the review sends on, where audits do not say; `false_alarms`: the same of
    good ones. `more`: nanos that a try costs beyond what it is seen to cost, by tier.
    """

    failure: int
    review: int
    detection: Share
    false_alarms: float = 0.0
    value: int | None = None
    more: Mapping[str, int] = field(default_factory=dict)


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


def policies(options: Mapping[str, Option]) -> list[Policy]:
    """Return each tier alone and each cascade of two or three, cheaper first, of which enough is known.

    A tier alone, or the first to try, did 30 tasks as the first; a later one did so, or 30 that the one before gave up.
    """
    by_cost = sorted(options, key=lambda name: (_own(options[name]).cost_per_task or 0, name))
    every = (policy for length in (1, 2, 3) for policy in combinations(by_cost, length))
    return [policy for policy in every if _is_known(policy, options)]


def _own(option: Option) -> Units:
    """Return what is known of a tier by itself: where it was the first to try, else all that came to it."""
    return option.units if option.units.tasks >= LEAST_TASKS else sum(option.after.values(), option.units)


def _is_known(policy: Policy, options: Mapping[str, Option]) -> bool:
    return options[policy[0]].units.tasks >= LEAST_TASKS and all(
        _seen(options[name], before) is not None or options[name].units.tasks >= LEAST_TASKS
        for before, name in pairwise(policy)
    )


def outlook(policy: Policy, options: Mapping[str, Option], terms: Terms) -> Outlook:
    """Work a policy through on work that is all alike."""
    return outlook_on(policy, [Work("", 1, options)], terms)


def outlook_on(policy: Policy, mix: Sequence[Work], terms: Terms) -> Outlook:
    """Work a policy through on a mix of work, for the estimate and for draws around it at once.

    A tier that tries succeeds with p. Of its failures the share d is sent on, of its successes the share a; the rest of
    its failures nobody notices. The last tier's answer stands whatever it is. So with r the share of tasks that reach
    a tier: r' = r ((1 - p) d + p a); success = sum r p (1 - a), of the last r p;
    cost = sum r (c + review) + F (1 - success). Where audits say that a share s of the successes failed in silence,
    p = q (1 - s) and d = (1 - q) / (1 - p), q what was seen to pass. Kinds of work count by their tasks.
    """
    whole = sum(work.tasks for work in mix)
    parts = [(work.tasks / whole, _worked_through(policy, work, terms)) for work in mix]
    success, cost, reach = (_weighted([(weight, part[place]) for weight, part in parts]) for place in range(3))
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
        latency_ms=_latency(policy, mix, parts),
        assumed=tuple(pair for pair in pairwise(policy) if any(_is_assumed(pair, work.options) for work in mix)),
    )


def _weighted(parts: Sequence[tuple[float, Any]]) -> Draws:
    found: Draws = np.sum([weight * draws for weight, draws in parts], axis=0)
    return found


def _worked_through(policy: Policy, work: Work, terms: Terms) -> tuple[Draws, Draws, Draws, float]:
    """Return success and cost of a task, the share that reaches the last tier, and latency, unknown ones as none."""
    reach, success, cost, latency = np.ones(DRAWS + 1), np.zeros(DRAWS + 1), np.zeros(DRAWS + 1), 0.0
    for name, before in zip(policy, (None, *policy), strict=False):
        option, is_last = work.options[name], name == policy[-1]
        passed, c = _drawn(name, before, option, work.name)
        p, detection = _truly(name, passed, option, terms)
        alarms = 0.0 if is_last else terms.false_alarms
        cost += reach * (c + terms.review + terms.more.get(name, 0))
        latency += float(reach[0]) * (option.latency_ms or 0)
        success += reach * p * (1 - alarms)
        reach = reach if is_last else reach * ((1 - p) * detection + p * alarms)
    return success, cost + terms.failure * (1 - success), reach, latency


def _truly(name: str, passed: Draws, option: Option, terms: Terms) -> tuple[Draws, Draws]:
    """Return with which share a tier truly succeeds, and of its failures the share that is noticed."""
    if option.silent is None:
        return passed, _shares("detection", terms.detection)
    truly = passed * (1 - _shares(f"silent {name}", option.silent))
    return truly, np.divide(1 - passed, 1 - truly, out=np.ones(DRAWS + 1), where=truly < 1)


def _latency(
    policy: Policy, mix: Sequence[Work], parts: Sequence[tuple[float, tuple[Draws, Draws, Draws, float]]]
) -> float | None:
    if any(work.options[name].latency_ms is None for work in mix for name in policy):
        return None
    return sum(weight * part[3] for weight, part in parts)


def _is_assumed(pair: tuple[str, str], options: Mapping[str, Option]) -> bool:
    return _seen(options[pair[1]], pair[0]) is None


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


def failure_until(best: Outlook, outlooks: Iterable[Outlook], failure: int) -> float | None:
    """Return from which cost of a failure, in nanos, another policy is better than `best`; None where none ever is.

    Worth falls by 1 - s for each nano of it, s the success of a policy, and cost per success rises by (1 - s) / s.
    """
    crossings = [
        failure + (_order(other) - _order(best)) / (_fall(best) - _fall(other))
        for other in outlooks
        if other.cost_per_success is not None and _fall(other) < _fall(best)
    ]
    return min(crossings, default=None)


def _fall(each: Outlook) -> float:
    """Return by how much a policy is worse for each nano that a failure costs more."""
    return (1 - each.success) / (each.success if each.worth is None else 1)


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


def _drawn(name: str, before: str | None, option: Option, work: str) -> tuple[Draws, Draws]:
    """Draw success of Beta(y + 1/2, t - y + 1/2) and cost of a normal distribution, the same ones for the same tier.

    Policies that share a tier share its draws, and no order of policies or tiers makes others.
    """
    seen = _seen(option, before)
    units, origin = (option.units, name) if seen is None else (seen, f"{before} {name}")
    rng = np.random.default_rng([_SEED, crc32(f"{origin} {work}".strip().encode())])
    share, cost = float(units.success_per_task or 0), float(units.cost_per_task or 0)
    p = rng.beta(units.sum_y + 0.5, units.tasks - units.sum_y + 0.5, DRAWS)
    c = np.maximum(rng.normal(cost, np.sqrt(max(units.moments()[0], 0)), DRAWS), 0)
    return np.concatenate(([share], p)), np.concatenate(([cost], c))


def _shares(name: str, share: Share) -> Draws:
    """Draw a share from two halves of normal distributions that meet in the estimate, its 95 % ends theirs."""
    if share.low == share.high:
        return np.full(DRAWS + 1, share.value)
    rng = np.random.default_rng([_SEED, crc32(name.encode())])
    z = rng.standard_normal(DRAWS) / _Z
    spread = np.where(z > 0, share.high - share.value, share.value - share.low)
    return np.concatenate(([share.value], np.clip(share.value + z * spread, 0, 1)))


def _ends(draws: Draws) -> Interval:
    low, high = np.quantile(draws[1:], (0.025, 0.975))
    return min(float(low), float(draws[0])), max(float(high), float(draws[0]))


def _money_ends(draws: Draws) -> tuple[int, int]:
    low, high = _ends(draws)
    return round(low), round(high)
