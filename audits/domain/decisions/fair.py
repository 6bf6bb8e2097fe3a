"""Whether one tier costs less per success than another on the same mix of work (DESIGN 3.8; docs/method.md, 19)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import sqrt
from typing import Any, Literal, NamedTuple

from scipy.special import stdtrit

from audits.domain.comparing import LEAST_SUCCESSES, Ends, Withheld, ends_of, obstacle, order, severity_of
from audits.domain.decisions.incidents import bearable
from audits.domain.decisions.units import NONE, Units
from audits.domain.lines import Line
from spend.domain.money import divide

# Of fewer units the variance within a stratum is itself a guess, and a stratum of two decides nothing.
LEAST_OF_A_STRATUM = 10
# A verdict on less than half of the work is one on other work.
LEAST_COVERED = Fraction(1, 2)
UNKNOWN = "unknown"
_ALPHA = 0.05

Strata = Mapping[Any, Units]  # by stratum
Mix = Mapping[Any, int]
Verdict = Literal["cheaper", "dearer", "uncertain", "indistinct"]
Doubt = Literal["overlap", "allocated", "incidents"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tier or model: its line of the report, its tasks by stratum, and cost of no task but incidents, in nanos."""

    name: str
    line: Line
    strata: Strata
    allocated: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """Nanos per success as it was (`crude`) and on the common mix (`adjusted`), both without incidents.

    `ends`: 95 % of the adjusted one. `bound`: `ends` with what incidents may add. `covered`: share of its own tasks
    that lie in the strata compared.
    """

    name: str
    crude: int
    adjusted: int
    ends: Ends
    bound: Ends
    covered: Fraction


@dataclass(frozen=True, slots=True)
class Fair:
    """The verdict is on `one` against `other`; `difference` is one's adjusted cost less the other's, in nanos.

    `ends`: where the difference lies, with `level` shared by all comparisons made at once. `uncertain`: it is not 0,
    but for the `doubts` nobody should act on it. `reversed`: crude figures say the opposite (Simpson's paradox), and
    `strata_cheaper` in how many of the common `strata` one costs less. `covered`: the share of the whole mix compared.
    `bearable`: where no incident is known, what one may cost for the verdict to hold.
    """

    one: Side
    other: Side
    difference: int
    ends: tuple[int, int]
    level: float
    verdict: Verdict
    doubts: tuple[Doubt, ...]
    reversed: bool
    strata: int
    strata_cheaper: int
    covered: Fraction
    bearable: int | None


class _Standard(NamedTuple):
    """Cost per success on the mix: with and without allocated cost, variance, degrees of freedom."""

    cost: Fraction
    traced: Fraction
    variance: float
    freedom: float

    def ends(self) -> Ends:
        reach = Fraction(_quantile(self.freedom, _ALPHA) * sqrt(self.variance))
        return max(self.cost - reach, Fraction(0)), self.cost + reach


def stratum(task_type: str | None, complexity: str | None, *, set_before_outcome: bool) -> Hashable:
    """Return the stratum of a task. A complexity set once the outcome was known would say what it explains (R19)."""
    return task_type, complexity if complexity and set_before_outcome else UNKNOWN


def compare_all(
    candidates: Sequence[Candidate], mix: Mix, severity: Fraction | None, *, against: str | None = None
) -> dict[tuple[str, str], Fair | Withheld]:
    """Compare each two of `candidates`, by their names in the order given, so that all verdicts hold at once.

    With `against` each other one is compared with the candidate of that name, alone.

    `mix`: tasks of the whole installation by stratum. `severity`: nanos of an incident on average, None where none is
    known. Of m comparisons each is made at 5 % / m (Bonferroni): one false alarm in twenty periods, not in each.
    """
    pairs = {
        (one.name, other.name): (one, other)
        for one, other in (combinations(candidates, 2) if against is None else _held(candidates, against))
    }
    withheld = {names: _withheld(*pair, mix) for names, pair in pairs.items()}
    level = _ALPHA / max(sum(each is None for each in withheld.values()), 1)
    return {names: withheld[names] or _compared(*pair, mix, severity, level) for names, pair in pairs.items()}


def _held(candidates: Sequence[Candidate], against: str) -> list[tuple[Candidate, Candidate]]:
    (reference,) = [each for each in candidates if each.name == against]
    return [(each, reference) for each in candidates if each.name != against]


def _withheld(one: Candidate, other: Candidate, mix: Mix) -> Withheld | None:
    """Return why these two are not compared: for a reason of section 8, or for want of work in common."""
    if found := obstacle({one.name: one.line, other.name: other.line}):
        return found
    common = _common(one, other, mix)
    covered = _covered(mix, common)
    if covered < LEAST_COVERED:
        return Withheld(
            "strata", {one.name: _covered(_tasks(one), common), other.name: _covered(_tasks(other), common)}
        )
    successes = {each.name: Fraction(sum(each.strata[key].sum_y for key in common)) for each in (one, other)}
    return Withheld("few", successes) if min(successes.values()) < LEAST_SUCCESSES else None


def _compared(one: Candidate, other: Candidate, mix: Mix, severity: Fraction | None, level: float) -> Fair:
    common = _common(one, other, mix)
    first, second = (_standard(each, mix, common) for each in (one, other))
    severity = severity_of(one.line, other.line) if severity is None else severity
    sides = _side(one, first, common, severity), _side(other, second, common, severity)
    reach = _reach(first, second, level)
    direction = _direction(first.cost - second.cost, reach)
    doubts = _doubts(*sides, direction, _direction(first.traced - second.traced, reach)) if direction else ()
    difference = first.cost - second.cost
    crude = sides[0].crude - sides[1].crude
    return Fair(
        one=sides[0],
        other=sides[1],
        difference=round(difference),
        ends=(round(difference - reach), round(difference + reach)),
        level=level,
        verdict=_verdict(direction, doubts),
        doubts=doubts,
        reversed=crude * difference < 0,
        strata=len(common),
        strata_cheaper=sum(_is_less(one.strata[key], other.strata[key]) for key in common),
        covered=_covered(mix, common),
        bearable=_bearable(one, other, *sides) if severity is None and direction and not doubts else None,
    )


def _standard(candidate: Candidate, mix: Mix, common: Sequence[Hashable]) -> _Standard:
    """Return R = (sum w x / t + allocated per task) / (sum w y / t), with w the mix and t tasks of a stratum.

    var R = sum w^2 n s^2(x - R y) / t^2 / (sum w y / t)^2, x with its part of what is allocated left out, as that
    does not vary; degrees of freedom by Welch and Satterthwaite.
    """
    units = {key: candidate.strata[key] for key in common}
    weight = Fraction(sum(mix[key] for key in common))
    cost = sum((mix[key] * Fraction(each.sum_x, each.tasks) for key, each in units.items()), Fraction(0)) / weight
    success = sum((mix[key] * Fraction(each.sum_y, each.tasks) for key, each in units.items()), Fraction(0)) / weight
    tasks = sum(each.tasks for each in candidate.strata.values())
    r = (cost + Fraction(candidate.allocated, tasks)) / success
    parts = [
        (float((mix[key] / weight) ** 2 * each.n * each.spread(r) / each.tasks**2 / success**2), each.n - 1)
        for key, each in units.items()
    ]
    variance = sum(part for part, _ in parts)
    inverse = sum(part * part / freedom for part, freedom in parts)
    return _Standard(r, cost / success, variance, variance * variance / inverse if inverse else 1e9)


def _side(candidate: Candidate, standard: _Standard, common: Sequence[Hashable], severity: Fraction | None) -> Side:
    whole, ends = sum(candidate.strata.values(), NONE), standard.ends()
    adjusted = replace(
        candidate.line, true_cost_per_success_low=round(ends[0]), true_cost_per_success_high=round(ends[1])
    )
    return Side(
        name=candidate.name,
        crude=divide(whole.sum_x + candidate.allocated, whole.sum_y),
        adjusted=round(standard.cost),
        ends=ends,
        bound=ends_of(adjusted, severity) or ends,
        covered=_covered(_tasks(candidate), common),
    )


def _reach(one: _Standard, other: _Standard, level: float) -> Fraction:
    variance = one.variance + other.variance
    inverse = one.variance**2 / one.freedom + other.variance**2 / other.freedom
    freedom = variance * variance / inverse if inverse else 1e9
    return Fraction(_quantile(freedom, level) * sqrt(variance))


def _quantile(freedom: float, level: float) -> float:
    return float(stdtrit(freedom, 1 - level / 2))


def _direction(difference: Fraction, reach: Fraction) -> Literal[-1, 0, 1]:
    if abs(difference) <= reach:
        return 0
    return -1 if difference < 0 else 1


def _doubts(one: Side, other: Side, direction: int, traced: int) -> tuple[Doubt, ...]:
    """Name what a difference does not survive: each interval alone, only what tasks caused, what incidents may add."""
    standing: dict[Doubt, int] = {
        "overlap": order(one.ends, other.ends),
        "allocated": traced,
        "incidents": order(one.bound, other.bound),
    }
    if not standing["overlap"]:  # then incidents overlap as well, and that says nothing more
        del standing["incidents"]
    return tuple(doubt for doubt, found in standing.items() if found != direction)


def _verdict(direction: int, doubts: tuple[Doubt, ...]) -> Verdict:
    if not direction:
        return "indistinct"
    if doubts:
        return "uncertain"
    return "cheaper" if direction < 0 else "dearer"


def _bearable(one: Candidate, other: Candidate, first: Side, second: Side) -> int:
    below, above, line = (first, second, one.line) if first.adjusted < second.adjusted else (second, first, other.line)
    return bearable(saving=int(above.ends[0] - below.ends[1]), tasks=line.successes)


def _common(one: Candidate, other: Candidate, mix: Mix) -> list[Hashable]:
    return [key for key in mix if mix[key] > 0 and all(_is_enough(each.strata.get(key)) for each in (one, other))]


def _is_enough(units: Units | None) -> bool:
    return units is not None and units.n >= LEAST_OF_A_STRATUM


def _is_less(one: Units, other: Units) -> bool:
    first, second = one.cost_per_success, other.cost_per_success
    return first is not None and (second is None or first < second)


def _tasks(candidate: Candidate) -> Mix:
    return {key: units.tasks for key, units in candidate.strata.items()}


def _covered(mix: Mix, common: Sequence[Hashable]) -> Fraction:
    total = sum(mix.values())
    return Fraction(sum(mix.get(key, 0) for key in common), total) if total else Fraction(0)
