"""From which cost of a failure on does the dearer tier pay off, by task type (docs/method.md, 20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations

from audits.actions.catch_up import catch_up
from audits.actions.deciding.failure import FailureCost, dollars_of, failure_cost
from audits.domain.comparing import Withheld, obstacle, severity_of
from audits.domain.decisions.break_even import LEAST_TASKS, BreakEven, Reign, break_even, reigns
from audits.domain.decisions.units import NONE, Units
from audits.domain.lines import Line
from audits.queries import strata
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked
from audits.queries.reports import figures, one_moment
from audits.queries.sums import Query
from spend.queries.zone import reporting_day

OWN = ("failure",)
Name = str | None


@dataclass(frozen=True)
class Kind:
    """A task type. `tiers`: tries, x the cost of one with its review, y first-pass success; those with 30 or more.

    `pairs`: each two of them, or why nothing is said of them. `failure`: what a task that did not pass at first cost.
    """

    task_type: Name
    tiers: Mapping[str, Units]
    pairs: Mapping[tuple[str, str], BreakEven | Withheld]
    reigns: list[Reign]
    failure: FailureCost

    @property
    def tasks(self) -> int:
        return sum(units.tasks for units in self.tiers.values())


@dataclass(frozen=True)
class BrokenEven:
    """`failure`: the nanos of a failure that were asked about, None: as measured. `kinds`: most tried first."""

    asked: Asked
    as_of: datetime
    failure: int | None
    kinds: list[Kind]


def answer(asked: Asked, *, at: datetime) -> BrokenEven:
    """Answer as of `at`. Raises BadQuery for a cost of a failure that is none, and for models: it is of tiers."""
    if asked.query.by != ("tier",):
        raise BadQuery({"by": ["must be tier here"]})
    failure = dollars_of(asked, "failure")
    catch_up(at=at, today=reporting_day(at))
    with one_moment():
        tried = strata.attempt_units(asked.query)
        lines = _lines(asked.query, ("task_type", "tier"), at)
        whole = figures(replace(asked.query, by=("task_type",)), records=asked.query.period, as_of=at)
    by_type: dict[Name, dict[str, Units]] = defaultdict(dict)
    for tier, found in tried.items():
        for (task_type, _), attempts in found.items():
            if tier is not None:
                by_type[task_type][tier] = by_type[task_type].get(tier, NONE) + attempts.all
    severity = severity_of(whole.total)
    costs = {row.names["task_type"]: failure_cost(row.line, severity) for row in whole.rows}
    kinds = [_kind(task_type, tiers, lines, costs[task_type]) for task_type, tiers in by_type.items()]
    known = [kind for kind in kinds if kind.tiers]
    return BrokenEven(asked, at, failure, sorted(known, key=lambda kind: (-kind.tasks, kind.task_type or "")))


def _lines(query: Query, by: tuple[str, ...], at: datetime) -> dict[tuple[Name, ...], Line]:
    report = figures(replace(query, by=by), records=query.period, as_of=at)
    return {tuple(row.names[name] for name in by): row.line for row in report.rows}


def _kind(
    task_type: Name, tiers: Mapping[str, Units], lines: Mapping[tuple[Name, ...], Line], cost: FailureCost
) -> Kind:
    known = {name: units for name, units in sorted(tiers.items()) if units.tasks >= LEAST_TASKS}
    return Kind(
        task_type,
        known,
        {(one, other): _pair(one, other, task_type, known, lines) for one, other in combinations(known, 2)},
        reigns(known),
        cost,
    )


def _pair(
    one: str, other: str, task_type: Name, tiers: Mapping[str, Units], lines: Mapping[tuple[Name, ...], Line]
) -> BreakEven | Withheld:
    """Say nothing for the reasons of section 8; how many successes are enough is for the bounds to say."""
    compared = {name: lines[task_type, name] for name in (one, other) if (task_type, name) in lines}
    if found := obstacle(compared, unless="few"):
        return found
    even = break_even((one, tiers[one]), (other, tiers[other]))
    if even is None:
        raise ValueError(f"{one} and {other} have too few tries")
    return even
