"""What may be said of two lines of a report: which costs less per success, or why nothing is (docs/method.md, 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from audits.domain.intervals import poisson
from audits.domain.lines import Line

# Two lines of equal cost are told apart by chance in at most 4 % of cases with 100 successes, in 6 % with 30.
LEAST_SUCCESSES = 100
MOST_PRESUMED = Fraction(1, 2)
MOST_COVERAGE_APART = Fraction(20, 100)
MOST_UNPRICED = Fraction(5, 100)

Lines = Mapping[str, Line]
Ends = tuple[Fraction, Fraction]
Verdict = Literal["cheaper", "dearer", "unsettled", "indistinct"]
Reason = Literal["few", "unpriced", "presumed", "coverage", "strata"]


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing is said; `found` has the figure behind the reason by name of the line: successes, or a share.

    `strata`, the share of tasks of work that both lines do, stands in the way of a comparison by strata only.
    """

    reason: Reason
    found: dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two lines. Money in nanos per success; `ends` with what incidents may add, `bare` without any."""

    name: str
    token_cost: int
    cost: int
    ends: Ends
    bare: Ends
    successes: int
    incidents: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict is on `cheap`, which has the lower token cost per task, against `dear`.

    `unsettled`: apart without incidents, but not with what these may add. `bearable`: where no incident is known, the
    cost in nanos of one from which the verdict would no longer hold; else None.
    """

    cheap: Side
    dear: Side
    verdict: Verdict
    bearable: int | None

    @property
    def looks(self) -> float | None:
        """How many times the tokens of `dear` cost those of `cheap`; None where these cost nothing."""
        return _times(self.dear.token_cost, self.cheap.token_cost)

    @property
    def times(self) -> float | None:
        """How many times the lower cost per success the higher one is; None where the lower is nothing."""
        low, high = sorted((self.cheap.cost, self.dear.cost))
        return _times(high, low)


@dataclass(frozen=True, slots=True)
class Change:
    """How the cost per success moved from `before`, in nanos, by a share of it; direction 0 where the ends overlap."""

    before: int
    share: float | None
    direction: Literal[-1, 0, 1]


def compare(lines: Lines, severity: Fraction | None) -> Comparison | Withheld:
    """Compare the line that looks cheapest by its tokens with the one that looks dearest, of those with enough tasks.

    `severity` is what an incident costs on average, in nanos; None where none is known (`severity_of`).
    """
    known = {name: line for name, line in lines.items() if _has_enough(line)}
    if len(known) < 2:
        return Withheld("few", {name: Fraction(line.successes) for name, line in lines.items() if line.tasks})
    cheap, *_, dear = sorted(known, key=lambda name: (known[name].token_cost_per_task, name))
    pair = {cheap: known[cheap], dear: known[dear]}
    if withheld := obstacle(pair):
        return withheld
    severity = severity_of(*pair.values()) if severity is None else severity
    return _judged(_side(cheap, pair[cheap], severity), _side(dear, pair[dear], severity), severity)


def change(lines: Lines, severity: Fraction | None) -> Change | Withheld:
    """Return how the cost per success of the second line moved to that of the first: two months of the same work.

    Presumed successes are as many in both, so they do not stand in the way; another share of judged tasks does.
    """
    if withheld := obstacle(lines, unless="presumed"):
        return withheld
    now, before = (_side(name, line, severity) for name, line in lines.items())
    moved = (now.cost - before.cost) / before.cost if before.cost else None
    return Change(before.cost, moved, order(now.ends, before.ends))


def severity_of(*lines: Line) -> Fraction | None:
    """Return what an incident of these lines cost on average."""
    count = sum(line.incidents for line in lines)
    return Fraction(sum(line.incident_cost for line in lines), count) if count else None


def ends_of(line: Line, severity: Fraction | None) -> Ends | None:
    """Return from where to where the cost per success may lie, with what incidents may add.

    Incidents are too few for an interval of their cost: the exact ends of their number are taken times what one
    costs, by the line's own mean or by `severity`, whichever leads further. So what was seen always lies between.
    """
    bare = bare_ends_of(line)
    own = severity_of(line)
    known = [each for each in (own, severity) if each is not None]
    if bare is None or not known:
        return bare
    fewest, most = (Fraction(end) / line.successes for end in poisson(line.incidents))
    return bare[0] + fewest * min(known), bare[1] + most * max(known)


def bare_ends_of(line: Line) -> Ends | None:
    """Return the interval of the cost per success without incidents (R17)."""
    low, high = line.true_cost_per_success_low, line.true_cost_per_success_high
    return None if low is None or high is None else (Fraction(low), Fraction(high))


def order(first: Ends, second: Ends) -> Literal[-1, 0, 1]:
    """Say whether `first` lies below (-1) or above (1) `second`, or overlaps it (0)."""
    if first[1] < second[0]:
        return -1
    return 1 if second[1] < first[0] else 0


def obstacle(lines: Lines, *, unless: Reason | None = None) -> Withheld | None:
    """Return the first reason, but for one, for which these lines cannot be compared, None where they can."""
    for reason, check in CHECKS.items():
        if reason != unless and (found := check(lines)):
            return Withheld(reason, found)
    return None


def _too_few(lines: Lines) -> dict[str, Fraction]:
    enough = all(_has_enough(line) for line in lines.values())
    return {} if enough else {name: Fraction(line.successes) for name, line in lines.items()}


def _too_unpriced(lines: Lines) -> dict[str, Fraction]:
    shares = {name: _share(line.calls - line.priced_calls, line.calls) for name, line in lines.items()}
    return {name: share for name, share in shares.items() if share > MOST_UNPRICED}


def _too_presumed(lines: Lines) -> dict[str, Fraction]:
    shares = {name: _share(line.presumed, line.successes) for name, line in lines.items()}
    return {name: share for name, share in shares.items() if share > MOST_PRESUMED}


def _too_unlike(lines: Lines) -> dict[str, Fraction]:
    shares = {name: _share(line.judged, line.tasks) for name, line in lines.items()}
    return shares if max(shares.values()) - min(shares.values()) > MOST_COVERAGE_APART else {}


CHECKS: dict[Reason, Callable[[Lines], dict[str, Fraction]]] = {
    "few": _too_few,
    "unpriced": _too_unpriced,
    "presumed": _too_presumed,
    "coverage": _too_unlike,
}


def _has_enough(line: Line) -> bool:
    return line.successes >= LEAST_SUCCESSES and line.token_cost_per_task is not None and bare_ends_of(line) is not None


def _side(name: str, line: Line, severity: Fraction | None) -> Side:
    ends, bare = ends_of(line, severity), bare_ends_of(line)
    if ends is None or bare is None or line.token_cost_per_task is None or line.true_cost_per_success is None:
        raise ValueError(f"{name} has too little to be compared")
    return Side(name, line.token_cost_per_task, line.true_cost_per_success, ends, bare, line.successes, line.incidents)


def _judged(cheap: Side, dear: Side, severity: Fraction | None) -> Comparison:
    with_incidents, without = order(cheap.ends, dear.ends), order(cheap.bare, dear.bare)
    if with_incidents == 0:
        return Comparison(cheap, dear, "unsettled" if without else "indistinct", None)
    verdict: Verdict = "cheaper" if with_incidents < 0 else "dearer"
    below, above = (cheap, dear) if verdict == "cheaper" else (dear, cheap)
    return Comparison(cheap, dear, verdict, None if severity is not None else _bearable(below, above))


def _bearable(below: Side, above: Side) -> int:
    """Return what an incident may cost at most, were as many to come as none seen still allows: 3.69."""
    return int((above.ends[0] - below.ends[1]) * below.successes / Fraction(poisson(0)[1]))


def _times(high: int, low: int) -> float | None:
    return high / low if low else None


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)
