"""What each way to send a kind of work to tiers would cost, and how often it would succeed (docs/method.md, 22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import combinations
from typing import Literal

from audits.actions.catch_up import catch_up
from audits.actions.deciding.failure import FailureCost, dollars_of, failure_cost, percent_of
from audits.actions.deciding.seen import mix_of, pooled, silent_of
from audits.domain.comparing import Withheld, obstacle, severity_of
from audits.domain.decisions.routing import (
    Advice,
    Outlook,
    Policy,
    Share,
    Terms,
    Work,
    advise,
    efficient,
    failure_until,
    outlook_on,
    policies,
    stated,
)
from audits.domain.decisions.silent import Stratum
from audits.domain.lines import Line
from audits.queries import strata
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked
from audits.queries.reports import figures, names_of, one_moment
from audits.queries.silent import groups
from audits.queries.strata import Attempts
from audits.queries.sums import Query
from audits.queries.switches import allocated
from spend.queries.zone import reporting_day

OWN = ("failure", "review", "detection", "false_alarms")
# Of failed answers, how many a review finds, where nobody audits and nothing is said.
DETECTION = 0.8
Name = str | None
Doubt = Literal["overlap", "assumed", "mix", "incidents", "allocated"]


@dataclass(frozen=True)
class Today:
    """How the work was routed: success and cost of a task as `Outlook` has them, in nanos."""

    tasks: int
    success: float
    cost: int
    worth: int | None

    @property
    def cost_per_success(self) -> int | None:
        return round(self.cost / self.success) if self.success else None


@dataclass(frozen=True)
class Routed:
    """A task type. `outlooks`: of each policy, cheapest first; `efficient` those that no other beats.

    `bearable`: where no incident was seen, what one may cost in nanos for the advice to stay; None where any may.
    `failure`: as measured; `terms`: those it is worked out with. `by_complexity`: tiers are held against each other on
    the same mix, `covered` of the work; else on what each had.
    `audited`: detection is measured, by the `silent` failures of each tier, not stated.
    """

    task_type: Name
    tasks: int
    mix: Sequence[Work]
    by_complexity: bool
    covered: Fraction
    audited: bool
    failure: FailureCost
    terms: Terms
    outlooks: Sequence[Outlook]
    efficient: Sequence[Outlook]
    advice: Advice | None
    withheld: Withheld | None
    doubts: tuple[Doubt, ...]
    bearable: int | None
    today: Today
    silent: Mapping[str, Share]

    def outlook(self, policy: Policy) -> Outlook | None:
        return next((each for each in self.outlooks if each.policy == policy), None)


@dataclass(frozen=True)
class Routing:
    """`kinds`: task types that any policy is known of, most tried first. `failure` None: as measured of each."""

    asked: Asked
    as_of: datetime
    failure: int | None
    review: int
    detection: float
    false_alarms: float
    kinds: list[Routed]


def answer(asked: Asked, *, at: datetime) -> Routing:
    """Answer as of `at`. Raises BadQuery for terms that are none, and for models: it is of tiers."""
    if asked.query.by != ("tier",):
        raise BadQuery({"by": ["must be tier here"]})
    failure, review = dollars_of(asked, "failure"), dollars_of(asked, "review") or 0
    detection, alarms = percent_of(asked, "detection"), percent_of(asked, "false_alarms") or 0.0
    catch_up(at=at, today=reporting_day(at))
    with one_moment():
        facts = _facts(asked.query, at)
    base = Terms(failure or 0, review, stated(DETECTION if detection is None else detection), alarms)
    kinds = [
        _kind(task_type, facts, base, is_stated=failure is not None, audits=detection is None)
        for task_type in facts.attempts
    ]
    known = sorted((kind for kind in kinds if kind.outlooks), key=lambda kind: (-kind.tasks, kind.task_type or ""))
    return Routing(asked, at, failure, review, base.detection.value, alarms, known)


@dataclass(frozen=True)
class _Facts:
    """By task type: tries by complexity and tier, tasks by complexity, lines of the report, what audits say by tier."""

    attempts: Mapping[Name, Mapping[str, Mapping[str, Attempts]]]
    mix: Mapping[Name, Mapping[str, int]]
    lines: Mapping[Name, Line]
    by_tier: Mapping[tuple[Name, Name], Line]
    audits: Mapping[Name, Mapping[str, Sequence[Stratum]]]
    more: Mapping[str, int]
    severity: Fraction | None


def _facts(query: Query, at: datetime) -> _Facts:
    attempts: dict[Name, dict[str, dict[str, Attempts]]] = defaultdict(lambda: defaultdict(dict))
    for tier, found in strata.attempt_units(query).items():
        for (task_type, complexity), tries in found.items():
            if tier is not None:
                attempts[task_type][complexity][tier] = tries
    mix: dict[Name, dict[str, int]] = defaultdict(dict)
    for (task_type, complexity), tasks in strata.mix(query).items():
        mix[task_type][complexity] = tasks
    whole, parts = (
        figures(replace(query, by=by), records=query.period, as_of=at) for by in (("task_type",), ("task_type", "tier"))
    )
    lines = {row.names["task_type"]: row.line for row in whole.rows}
    by_tier = {(row.names["task_type"], row.names["tier"]): row.line for row in parts.rows}
    return _Facts(attempts, mix, lines, by_tier, _audits(query, at), _more(query), severity_of(whole.total))


def _audits(query: Query, at: datetime) -> dict[Name, dict[str, list[Stratum]]]:
    found = groups(query, today=reporting_day(at))
    names = names_of(("task_type", "tier"), {"task_type": set(), "tier": set()})
    strata: dict[Name, dict[str, list[Stratum]]] = defaultdict(lambda: defaultdict(list))
    for each in found:
        if (tier := names["tier"](each.tier)) is not None:
            strata[names["task_type"](each.task_type)][tier].append(each.stratum)
    return strata


def _more(query: Query) -> dict[str, int]:
    """Return the nanos a task of fixed and shared cost of each tier."""
    costs: dict[str, tuple[int, int]] = {}
    for (name, _), (cost, tasks) in allocated(query).items():
        if name is not None:
            known = costs.get(name, (0, 0))
            costs[name] = known[0] + cost, known[1] + tasks
    return {name: round(cost / tasks) for name, (cost, tasks) in costs.items() if tasks and cost}


def _kind(task_type: Name, facts: _Facts, base: Terms, *, is_stated: bool, audits: bool) -> Routed:
    whole = facts.lines.get(task_type)
    failure = failure_cost(whole, facts.severity) if whole else FailureCost(None)
    value = whole.value_per_success if whole else None
    terms = replace(base, failure=base.failure if is_stated else failure.each or 0, value=value)
    successes = {tier: line.successes for (kind, tier), line in facts.by_tier.items() if kind == task_type and tier}
    silent = silent_of(facts.audits.get(task_type, {}), successes) if audits else {}
    mix, by_complexity, covered = mix_of(facts.attempts[task_type], facts.mix.get(task_type, {}), silent)
    ways = policies(pooled(facts.attempts[task_type], silent))
    outlooks = sorted((outlook_on(way, mix, terms) for way in ways), key=lambda each: (each.cost, each.policy))
    tiers = {name for way in ways for name in way}
    withheld = _withheld(task_type, tiers, facts)
    advice = advise(outlooks) if len(outlooks) > 1 and withheld is None else None
    other = () if is_stated or failure.ends is None else failure.ends
    doubts = _doubts(advice, ways, mix, terms, by_complexity=by_complexity, failures=other, more=facts.more)
    tasks = sum(facts.mix.get(task_type, {}).values())
    until = failure_until(advice.best, outlooks, terms.failure) if advice and not is_stated else None
    return Routed(
        task_type, tasks, mix, by_complexity, covered, bool(silent), failure, terms,
        outlooks, efficient(outlooks), advice, withheld, doubts,
        None if until is None else failure.bearable(until),
        _today(facts.attempts[task_type], silent, terms), silent,
    )  # fmt: skip


def _withheld(task_type: Name, tiers: set[str], facts: _Facts) -> Withheld | None:
    """Return why tiers cannot be held against each other; how many successes are enough the intervals say."""
    for pair in combinations(sorted(tiers), 2):
        compared = {name: facts.by_tier[task_type, name] for name in pair if (task_type, name) in facts.by_tier}
        if compared and (found := obstacle(compared, unless="few")):
            return found
    return None


def _doubts(
    advice: Advice | None, ways: Sequence[Policy], mix: Sequence[Work], terms: Terms, *,
    by_complexity: bool, failures: Sequence[int], more: Mapping[str, int],
) -> tuple[Doubt, ...]:  # fmt: skip
    """Return why the advice may be wrong."""
    if advice is None:
        return ()

    def turns(other: Terms) -> bool:
        found = advise([outlook_on(way, mix, other) for way in ways])
        return found is not None and found.best.policy != advice.best.policy

    why: dict[Doubt, bool] = {
        "overlap": bool(advice.overlapping),
        "assumed": bool(advice.best.assumed),
        "mix": not by_complexity,
        "incidents": any(turns(replace(terms, failure=failure)) for failure in failures),
        "allocated": bool(more) and turns(replace(terms, more=more)),
    }
    return tuple(name for name, holds in why.items() if holds)


def _today(by_complexity: Mapping[str, Mapping[str, Attempts]], silent: Mapping[str, Share], terms: Terms) -> Today:
    """Return what the work came to as it was routed, by the same terms."""
    tries = [(name, attempts) for tiers in by_complexity.values() for name, attempts in tiers.items()]
    tasks = sum(attempts.first.tasks for _, attempts in tries)
    if not tasks:
        return Today(0, 0.0, 0, None)
    passed = sum(attempts.all.sum_y * (1 - (silent[name].value if name in silent else 0.0)) for name, attempts in tries)
    cost = sum(attempts.all.sum_x + attempts.all.tasks * terms.review for _, attempts in tries)
    success = passed / tasks
    each = cost / tasks + terms.failure * (1 - success)
    worth = None if terms.value is None else round(terms.value * success - each)
    return Today(tasks, success, round(each), worth)
