"""Is work worth what it truly costs, and cheaper than by hand? By task type, and tiers in it (docs/method.md, 23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from audits.actions.catch_up import catch_up
from audits.actions.deciding.failure import dollars_of
from audits.domain.comparing import Withheld, severity_of
from audits.domain.decisions.value import Worth, payback, worth
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked
from audits.queries.reports import Row, figures, one_moment
from spend.queries.zone import reporting_day

OWN = ("investment",)


@dataclass(frozen=True)
class Valued:
    """A task type, or what one tier did of it, and what its successes are worth or why nothing is said."""

    row: Row
    worth: Worth | Withheld

    @property
    def task_type(self) -> str | None:
        return self.row.names["task_type"]

    @property
    def tier(self) -> str | None:
        return self.row.names.get("tier")


@dataclass(frozen=True)
class Payback:
    """After how many months an investment is back, from what a month saves against doing it by hand; nanos.

    `fewest`, `most`: with the ends of that. None where it never is.
    """

    investment: int
    gain_a_month: int
    months: float | None
    fewest: float | None
    most: float | None


@dataclass(frozen=True)
class Values:
    """`kinds`: each task type with its tiers, most true cost first. `severity`: nanos of an incident on average.

    `payback` None: nobody asked about an investment, or nothing is known against doing it by hand.
    """

    asked: Asked
    as_of: datetime
    severity: Fraction | None
    kinds: list[tuple[Valued, list[Valued]]]
    payback: Payback | None


def answer(asked: Asked, *, at: datetime) -> Values:
    """Answer as of `at`. Raises BadQuery for models: what work is worth is asked of task types and tiers."""
    if asked.query.by != ("tier",):
        raise BadQuery({"by": ["must be tier here"]})
    investment = dollars_of(asked, "investment")
    catch_up(at=at, today=reporting_day(at))
    with one_moment():
        whole, parts = (
            figures(replace(asked.query, by=by), records=asked.query.period, as_of=at)
            for by in (("task_type",), ("task_type", "tier"))
        )
    severity = severity_of(whole.total)
    tiers: dict[str | None, list[Valued]] = {}
    for row in parts.rows:
        if row.line.successes:
            tiers.setdefault(row.names["task_type"], []).append(_valued(row, severity))
    kinds = [
        (_valued(row, severity), tiers.get(row.names["task_type"], [])) for row in whole.rows if row.line.successes
    ]
    kinds.sort(key=lambda kind: -kind[0].row.line.true_cost)
    months = sum(1 for _ in asked.query.period.months())
    return Values(asked, at, severity, kinds, _payback(investment, [whole for whole, _ in kinds], months))


def _payback(investment: int | None, wholes: Sequence[Valued], months: int) -> Payback | None:
    """Add up what the task types save of which that is known. Their ends are added too, as if all were at once."""
    found = [
        (each.worth.by_hand, each.row.line.counted_successes)
        for each in wholes
        if isinstance(each.worth, Worth) and each.worth.by_hand
    ]
    if investment is None or not found:
        return None
    low, gain, high = (
        round(sum((against.ends[0], against.gain, against.ends[1])[place] * count for against, count in found) / months)
        for place in range(3)
    )
    back = (payback(investment=investment, gain_a_month=each) for each in (gain, high, low))
    return Payback(investment, gain, *back)


def _valued(row: Row, severity: Fraction | None) -> Valued:
    name = ", ".join(name or "unattributed" for name in row.names.values())
    return Valued(row, worth(name, row.line, severity))
