"""Whether work is worth what it truly costs, and less than by hand (DESIGN 3.5, 3.9; docs/method.md, 23)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from audits.domain.comparing import Ends, Withheld, bare_ends_of, ends_of, obstacle, order, severity_of
from audits.domain.decisions.incidents import bearable
from audits.domain.lines import Line

Verdict = Literal["cheaper", "dearer", "unsettled", "indistinct"]


@dataclass(frozen=True, slots=True)
class Against:
    """Cost per success held against an amount, in nanos: `gain` = amount - cost, with what incidents may add in `ends`.

    The verdict is on the work: `cheaper` or `dearer` than the amount, `unsettled` where only what incidents may add
    stands in the way, `indistinct` where the amount lies within the interval even without. `bearable`: of cheaper work
    of which no incident was seen, what one may cost in nanos for that to hold.
    """

    amount: int
    gain: int
    ends: tuple[int, int]
    verdict: Verdict
    bearable: int | None


@dataclass(frozen=True, slots=True)
class Worth:
    """A line, a task type say: per success against its value and against doing the task by hand; None where unknown.

    `return_on_spend`: value of the successes / true cost, `return_ends` by the ends of cost. `gain`: nanos of all its
    successes against doing them by hand.
    """

    by_hand: Against | None
    by_value: Against | None
    return_on_spend: float | None
    return_ends: tuple[float, float] | None
    gain: int | None


def worth(name: str, line: Line, severity: Fraction | None) -> Worth | Withheld:
    """Return what the work of `line` is worth, or why nothing is said (section 8). `severity`: nanos of an incident.

    By hand a success costs what a task does: people are taken to succeed, which flatters them.
    """
    bare = bare_ends_of(line)
    if withheld := obstacle({name: line}):
        return withheld
    if bare is None or line.true_cost_per_success is None:
        return Withheld("few", {name: Fraction(line.successes)})
    ends, cost = ends_of(line, severity) or bare, line.true_cost_per_success
    unseen = line.successes if severity_of(line) is None and severity is None else 0
    by_hand = _against(line.manual_cost_per_task, cost, ends, bare, unseen)
    by_value = _against(line.value_per_success, cost, ends, bare, unseen)
    return Worth(
        by_hand=by_hand,
        by_value=by_value,
        return_on_spend=line.return_on_spend if by_value else None,
        return_ends=_returns(line.value_per_success, ends),
        gain=by_hand.gain * line.counted_successes if by_hand else None,
    )


def payback(*, investment: int, gain_a_month: int) -> float | None:
    """Return the months until `investment` is back; None where nothing is gained, so never."""
    return investment / gain_a_month if gain_a_month > 0 else None


def _against(amount: int | None, cost: int, ends: Ends, bare: Ends, unseen: int) -> Against | None:
    """`unseen`: successes of which it is not known what an incident costs, as none was seen; else 0."""
    if amount is None:
        return None
    held = Fraction(amount), Fraction(amount)
    standing, without = order(ends, held), order(bare, held)
    verdict: Verdict = (
        "cheaper" if standing < 0 else "dearer" if standing > 0 else "unsettled" if without else "indistinct"
    )
    low, high = amount - round(ends[1]), amount - round(ends[0])
    most = bearable(saving=low, tasks=unseen) if unseen and verdict == "cheaper" else None
    return Against(amount, amount - cost, (low, high), verdict, most)


def _returns(value: int | None, ends: Ends) -> tuple[float, float] | None:
    """Return the ends of value / cost; None where the cost may be nothing, so that there is no upper one."""
    if value is None or ends[0] <= 0:
        return None
    return float(value / ends[1]), float(value / ends[0])
