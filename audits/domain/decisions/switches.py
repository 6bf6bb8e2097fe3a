"""When a team changed tiers for a kind of work, and what that saved and cost (DESIGN 3.9, 3.10; docs/method.md, 21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import groupby, pairwise
from math import sqrt
from typing import Literal

from scipy.special import stdtrit

from audits.domain.comparing import MOST_COVERAGE_APART, MOST_PRESUMED
from audits.domain.decisions.incidents import PER, bearable, expected_loss
from audits.domain.decisions.units import NONE, Units

# Of fewer tasks a month a majority is chance.
LEAST_TASKS = 30
# A quarter on either side: long enough to hold an incident or two, short enough that little else has changed.
WINDOW = 3

Doubt = Literal["few", "noise", "incidents", "allocated", "presumed", "coverage"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Tasks of a month by the tier, or model, that delivered them; None is an unknown one."""

    month: date
    tasks: Mapping[str | None, int]


@dataclass(frozen=True, slots=True)
class Switch:
    """From `month` on most tasks went to `after`, up to then to `before`. `held`: the next month known agrees."""

    month: date
    before: str
    after: str
    held: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """Tasks of a month with their token and failure cost in nanos, incidents apart."""

    tasks: int
    tokens: int
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What is known of how a month's tasks went: `judged` of them have an outcome or verdict."""

    tasks: int = 0
    successes: int = 0
    presumed: int = 0
    judged: int = 0

    def __add__(self, other: Outcomes) -> Outcomes:
        return Outcomes(
            self.tasks + other.tasks,
            self.successes + other.successes,
            self.presumed + other.presumed,
            self.judged + other.judged,
        )


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a team's work of one task type: by stratum of its mix (complexity), and nanos of each incident.

    `units`: its decided tasks with their whole cost without incidents, by how far that varies.
    """

    month: date
    strata: Mapping[str, Cost]
    incidents: Sequence[int] = field(default=())
    units: Units = NONE
    outcomes: Outcomes = field(default_factory=Outcomes)

    @property
    def tasks(self) -> int:
        return sum(cost.tasks for cost in self.strata.values())


@dataclass(frozen=True, slots=True)
class Windows:
    """The months compared. `seasonal`: before is the same months of the year before, else those right before."""

    before: Sequence[Month]
    after: Sequence[Month]
    seasonal: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What a switch does in a month, in nanos, for as much work of each kind as there is now.

    `net` = `saving` in tokens - `failures`, the change of failure cost with incidents. `bare_ends`: 95 % of net without
    incidents, for the cost of tasks varies; `net_ends` with what incidents may cost as well, exact frequency times
    severity. `bearable`: where no cost of an incident is known, what one may cost at most for the saving to last.
    `payback`: months until what the switch cost is back, None where it never is. `largest`: the costliest incident
    after it; `eaten`: months of saving it ate, None where nothing is saved. `covered`: share of the tasks now that are
    of a kind there was before.
    """

    saving: int
    failures: int
    net: int
    bare_ends: tuple[int, int]
    net_ends: tuple[int, int]
    bearable: int | None
    payback: float | None
    largest: int
    eaten: float | None
    covered: Fraction


def switches(months: Sequence[Counts]) -> list[Switch]:
    """Return the changes of majority, oldest first; months without one (no more than half, few tasks) are passed over.

    A majority of one month between two of another is an exception, not a switch. The last month may start one that
    has not `held` yet.
    """
    known = [
        (each.month, name) for each in sorted(months, key=lambda each: each.month) if (name := majority(each.tasks))
    ]
    runs = [(name, [month for month, _ in run]) for name, run in groupby(known, key=lambda each: each[1])]
    lasting = [run for index, run in enumerate(runs) if len(run[1]) > 1 or index in (0, len(runs) - 1)]
    joined = [(name, [run[1] for run in same]) for name, same in groupby(lasting, key=lambda run: run[0])]
    return [
        Switch(spans[0][0], before, after, held=len(spans[0]) > 1) for (before, _), (after, spans) in pairwise(joined)
    ]


def majority(tasks: Mapping[str | None, int]) -> str | None:
    """Return what delivered more than half of at least 30 tasks."""
    total = sum(tasks.values())
    most = [name for name, count in tasks.items() if name is not None and 2 * count > total]
    return most[0] if most and total >= LEAST_TASKS else None


def windows(months: Sequence[Month], *, switched: date, until: date | None = None) -> Windows | None:
    """Return up to three months from the switch on and as many before it, matched on season where a year is known.

    `until`: the next switch, from which on months are no longer of this one. None where either side is empty.
    """
    by_month = {each.month: each for each in months}
    after = [by_month[month] for month in sorted(by_month) if switched <= month and (until is None or month < until)]
    after = after[:WINDOW]
    year_before = [by_month.get(each.month.replace(year=each.month.year - 1)) for each in after]
    seasonal = [each for each in year_before if each is not None and each.month < switched]
    right_before = [by_month[month] for month in sorted(by_month) if month < switched][-len(after) :] if after else []
    before = seasonal if after and len(seasonal) == len(after) else right_before
    return Windows(before, after, seasonal=before is seasonal) if before and after else None


def effect(compared: Windows, *, switch_cost: int = 0, elsewhere: Sequence[int] = (), alike: int = 1) -> Effect | None:
    """Return what the switch does in a month; None where no kind of work was done both before and after.

    Each kind of work (stratum) costs as much a task as it did before, times the tasks of it now: so neither a changed
    mix nor more work looks like a saving. Incidents go by all tasks, as they are too few for strata. `elsewhere`: nanos
    of other incidents, for what one may cost; `alike`: how many switches are looked at, which share 5 % (Bonferroni).
    """
    before, after = _strata(compared.before), _strata(compared.after)
    common = [name for name, cost in after.items() if cost.tasks and before.get(name, Cost(0, 0)).tasks]
    if not common:
        return None
    months, tasks = len(compared.after), sum(after[name].tasks for name in common)
    saving = sum((_as_now(before[name], after[name], "tokens") for name in common), Fraction(0)) / months
    failures = -sum((_as_now(before[name], after[name], "failures") for name in common), Fraction(0)) / months
    seen, ends = _incident_change(compared, Fraction(tasks, months), elsewhere)
    net, noise = saving - failures - seen, _noise(compared, alike) * tasks / months
    low, high = (float(saving - failures) + side for side in (-noise, noise))
    largest = max((cost for each in compared.after for cost in each.incidents), default=0)
    net_ends = round(low - float(ends[1])), round(high - float(ends[0]))
    return Effect(
        saving=round(saving),
        failures=round(failures + seen),
        net=round(net),
        bare_ends=(round(low), round(high)),
        net_ends=net_ends,
        bearable=bearable(saving=max(net_ends[0], 0), tasks=months) if not _severities(compared, elsewhere) else None,
        payback=float(switch_cost / net) if net > 0 else None,
        largest=largest,
        eaten=float(largest / saving) if saving > 0 else None,
        covered=Fraction(tasks, sum(cost.tasks for cost in after.values())),
    )


def doubts(compared: Windows, found: Effect, *, allocated: tuple[Fraction, Fraction]) -> tuple[Doubt, ...]:
    """Return why it is not sure which way `net` goes; empty where it is.

    `allocated`: nanos a task that were allocated to what did the work before, and to what did it after.
    """
    sides = [sum((each.units.n for each in months), 0) for months in (compared.before, compared.after)]
    was, now = (sum((each.outcomes for each in months), Outcomes()) for months in (compared.before, compared.after))
    moved = (allocated[1] - allocated[0]) * sum(each.tasks for each in compared.after) / len(compared.after)
    why: dict[Doubt, bool] = {
        "few": min(sides) < LEAST_TASKS,
        "noise": found.bare_ends[0] <= 0 <= found.bare_ends[1],
        "incidents": found.net_ends[0] <= 0 <= found.net_ends[1] and not found.bare_ends[0] <= 0 <= found.bare_ends[1],
        "allocated": found.net * (found.net - moved) <= 0 and bool(moved),
        "presumed": any(side.presumed > MOST_PRESUMED * side.successes for side in (was, now)),
        "coverage": abs(_judged(was) - _judged(now)) > MOST_COVERAGE_APART,
    }
    return tuple(name for name, holds in why.items() if holds)


def _judged(side: Outcomes) -> Fraction:
    return Fraction(side.judged, side.tasks) if side.tasks else Fraction(0)


def _noise(compared: Windows, alike: int) -> float:
    """Return half the width of the interval of the change in a task's cost, which varies on either side; in nanos."""
    sides = [sum((each.units for each in months), NONE) for months in (compared.before, compared.after)]
    known = [side for side in sides if side.n > 1]
    if not known:
        return 0.0
    quantile = float(stdtrit(min(side.n for side in known) - 1, 1 - 0.025 / alike))
    return quantile * sqrt(sum(side.moments()[0] for side in known))


def _strata(months: Sequence[Month]) -> dict[str, Cost]:
    found: dict[str, Cost] = {}
    for each in months:
        for name, cost in each.strata.items():
            known = found.get(name, Cost(0, 0))
            found[name] = Cost(known.tasks + cost.tasks, known.tokens + cost.tokens, known.failures + cost.failures)
    return found


def _as_now(before: Cost, after: Cost, column: str) -> Fraction:
    """Return what the tasks now would have cost before, less what they cost."""
    was: int = getattr(before, column)
    now: int = getattr(after, column)
    return Fraction(was * after.tasks, before.tasks) - now


def _incident_change(
    compared: Windows, tasks: Fraction, elsewhere: Sequence[int]
) -> tuple[Fraction, tuple[Fraction, Fraction]]:
    """Return by how much a month's incidents became dearer, for so many tasks, and the ends of it.

    The ends lie far apart: the most after the switch against the least before it, and the other way round.
    """
    (was, was_ends), (now, now_ends) = (
        _loss(months, _severities(compared, elsewhere)) for months in (compared.before, compared.after)
    )
    times = tasks / PER
    return (now - was) * times, ((now_ends[0] - was_ends[1]) * times, (now_ends[1] - was_ends[0]) * times)


def _loss(months: Sequence[Month], every: Sequence[int]) -> tuple[Fraction, tuple[int, int]]:
    """Return the loss per 10,000 tasks, exactly, and its ends; severity of any incident where there was none."""
    costs, tasks = [cost for each in months for cost in each.incidents], sum(each.tasks for each in months)
    found = expected_loss(tasks=tasks, costs=costs, elsewhere=every)
    return Fraction(sum(costs) * PER, tasks), (found and found.loss_ends) or (0, 0)


def _severities(compared: Windows, elsewhere: Sequence[int]) -> list[int]:
    """Return what an incident may cost: as those of either window did, else as those of other work."""
    return [cost for each in (*compared.before, *compared.after) for cost in each.incidents] or list(elsewhere)
