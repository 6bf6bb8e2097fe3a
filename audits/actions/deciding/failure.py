"""What one failure costs: as asked about, or as it cost so far."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from audits.domain.decisions.incidents import bearable
from audits.domain.intervals import poisson
from audits.domain.lines import Line
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked
from spend.domain.money import divide, to_nanos

MOST = Decimal(10**9)


@dataclass(frozen=True)
class FailureCost:
    """Nanos that each of `failures` tasks that did not pass at first cost; None where no such cost is logged.

    `ends`: the same with as few and as many incidents as those seen agree with, None where nobody knows what one costs.
    """

    each: int | None
    failures: int = 0
    ends: tuple[int, int] | None = None

    def bearable(self, until: float) -> int | None:
        """Return what one incident may cost for a failure to cost no more than `until` nanos, where `ends` are unknown.

        None where that is known, or no task failed that an incident could come of.
        """
        if self.ends is not None or not self.failures:
            return None
        return bearable(saving=round(until) - (self.each or 0), tasks=self.failures)


def failure_cost(line: Line, severity: Fraction | None = None) -> FailureCost:
    """Return what failures of a line cost: rework and incidents. `severity`: nanos of an incident where it has none."""
    failures = line.tasks - line.pending - line.first_pass
    cost = line.internal_failure + line.external_failure
    if failures <= 0:
        return FailureCost(None)
    each = divide(cost, failures) if cost > 0 else None
    own = Fraction(line.incident_cost, line.incidents) if line.incidents else severity
    if own is None:
        return FailureCost(each, failures)
    ends = [round((cost - line.incident_cost + Fraction(end) * own) / failures) for end in poisson(line.incidents)]
    return FailureCost(each, failures, (ends[0], ends[1]))


def dollars_of(asked: Asked, name: str) -> int | None:
    """Return the nanos that a word gives in US dollars, None without it. Raises BadQuery."""
    given = asked.own.get(name)
    if given is None:
        return None
    try:
        amount = Decimal(given)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise BadQuery({name: [f"must be US dollars from 0 to {MOST:,}, not {given!r}"]})
    return to_nanos(amount)


def percent_of(asked: Asked, name: str) -> float | None:
    """Return the share that a word gives in per cent, None without it. Raises BadQuery."""
    given = asked.own.get(name)
    if given is None:
        return None
    try:
        share = float(given) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise BadQuery({name: [f"must be per cent from 0 to 100, not {given!r}"]})
    return share
