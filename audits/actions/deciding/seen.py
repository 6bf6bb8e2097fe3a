"""What tiers were seen to do, as the options of routing: on the same mix of work as far as all did it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from audits.domain.decisions.routing import LEAST_TASKS, Option, Share, Work, policies
from audits.domain.decisions.silent import LEAST_ANSWERED, Stratum, silent_failures
from audits.domain.decisions.units import NONE
from audits.queries.strata import Attempts

LEAST_IN_STRATUM = 10
LEAST_COVERED = Fraction(1, 2)


def pooled(by_complexity: Mapping[str, Mapping[str, Attempts]], silent: Mapping[str, Share]) -> dict[str, Option]:
    """Return the tiers with all that they tried of a task type, whatever its complexity."""
    tries: dict[str, list[Attempts]] = defaultdict(list)
    for tiers in by_complexity.values():
        for name, attempts in tiers.items():
            tries[name].append(attempts)
    return {name: _option(found, silent.get(name)) for name, found in tries.items()}


def _option(found: Sequence[Attempts], silent: Share | None) -> Option:
    after = {name for each in found for name in each.after}
    weights = [(each.latency_ms, each.all.tasks) for each in found if each.latency_ms is not None]
    timed = sum(tasks for _, tasks in weights)
    return Option(
        sum((each.first for each in found), NONE),
        sum((latency or 0) * tasks for latency, tasks in weights) / timed if timed else None,
        {name: sum((each.after.get(name, NONE) for each in found), NONE) for name in after},
        silent,
    )


def mix_of(
    by_complexity: Mapping[str, Mapping[str, Attempts]], tasks: Mapping[str, int], silent: Mapping[str, Share]
) -> tuple[list[Work], bool, Fraction]:
    """Return the work by complexity as far as all tiers did it, if that is most of it; else all of it together."""
    every, whole = pooled(by_complexity, silent), sum(tasks.values())
    known = {name for way in policies(every) for name in way}
    works = [
        Work(complexity, tasks[complexity], _of_stratum(tiers, every, silent))
        for complexity, tiers in sorted(by_complexity.items())
        if tasks.get(complexity) and all(_has_enough(tiers.get(name), every[name]) for name in known)
    ]
    covered = Fraction(sum(work.tasks for work in works), whole) if whole else Fraction(0)
    if covered >= LEAST_COVERED:
        return works, True, covered
    return [Work("", max(whole, 1), every)], False, Fraction(1)


def _has_enough(tries: Attempts | None, whole: Option) -> bool:
    """Whether a tier did enough of a kind of work: as the first to try, or as a later one if it is only that."""
    if tries is None:
        return False
    own = tries.first if whole.units.tasks >= LEAST_TASKS else tries.all
    return own.tasks >= LEAST_IN_STRATUM


def _of_stratum(
    tiers: Mapping[str, Attempts], every: Mapping[str, Option], silent: Mapping[str, Share]
) -> dict[str, Option]:
    """Return the tiers of one complexity. What one did after another is taken of all complexities where too few."""
    options = {}
    for name, tries in tiers.items():
        own = _option([tries], silent.get(name))
        seen = {before: units for before, units in own.after.items() if units.tasks >= LEAST_TASKS}
        options[name] = replace(own, after={**every[name].after, **seen})
    return options


def silent_of(audits: Mapping[str, Sequence[Stratum]], successes: Mapping[str, int]) -> dict[str, Share]:
    """Return the share of each tier's successes that failed in silence: by its own audits, else by the type's."""
    every = [stratum for found in audits.values() for stratum in found]
    if sum(stratum.answered for stratum in every) < LEAST_ANSWERED:
        return {}
    shares: dict[str, Share] = {}
    for tier, found in audits.items():
        has_enough = sum(stratum.answered for stratum in found) >= LEAST_ANSWERED
        rate = silent_failures(found if has_enough else every)
        if rate is not None and successes.get(tier):
            unseen = min(1.0, sum(stratum.successes for stratum in found) / successes[tier])
            shares[tier] = Share(rate.rate * unseen, rate.low * unseen, rate.high * unseen)
    return shares
