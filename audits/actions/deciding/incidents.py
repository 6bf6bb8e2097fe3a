"""What are incidents to be expected to cost, and how far does one of them carry? (docs/method.md, 17)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audits.actions.catch_up import catch_up
from audits.domain.comparing import obstacle
from audits.domain.decisions.incidents import Expected, OneIncident, bearable, expected_loss, one_incident
from audits.domain.lines import Line
from audits.queries import sums
from audits.queries.asking_decisions import Asked
from audits.queries.reports import Row, figures, one_moment
from audits.queries.sums import Query
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day

OWN: Sequence[str] = ()
Costs = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Bearable:
    """What one incident may cost at most, in nanos, for the work to stay cheaper than that of `against`."""

    against: str
    amount: int


@dataclass(frozen=True)
class Faced:
    """What incidents cost a tier or model, or all. `costs`: nanos of each, the costliest first.

    `one` None: no incident, or no success to cost anything. `bearable`: only where nobody knows what an incident costs.
    """

    name: str | None
    line: Line
    costs: list[int]
    expected: Expected | None
    one: OneIncident | None
    bearable: Bearable | None


@dataclass(frozen=True)
class Incidents:
    asked: Asked
    as_of: datetime
    whole: Faced
    parts: list[Faced]


def answer(asked: Asked, *, at: datetime) -> Incidents:
    """Answer as of `at`. Where work has had none, all incidents of twelve months within reach say what one costs."""
    catch_up(at=at, today=reporting_day(at))
    with one_moment():
        report = figures(asked.query, records=asked.query.period, as_of=at)
        costs, of_all = sums.incident_costs(asked.query), sums.incident_costs(asked.query.without_rows())
        seen = sums.incident_costs(_of_the_year(asked.query))
    elsewhere = [amount for amount, _ in seen.get((), ())]
    names = {row.line.key: _name(row) for row in report.rows}
    saved = {} if elsewhere else _savings({name: row.line for row in report.rows if (name := _name(row))})
    parts = [
        _faced(names[row.line.key], row.line, costs.get(row.line.key, ()), elsewhere, saved)
        for row in report.rows
        if row.line.tasks or row.line.key in costs
    ]
    return Incidents(asked, at, _faced(None, report.total, of_all.get((), ()), elsewhere, {}), parts)


def _name(row: Row) -> str | None:
    (name,) = row.names.values()
    return name


def _of_the_year(query: Query) -> Query:
    """Return what asks for all incidents within reach of the twelve months to the last one asked about, or of more."""
    last = query.period.last
    return Query(Period(min(query.period.first, Month(last.year - 1, last.month).next), last), (), teams=query.teams)


def _savings(lines: dict[str, Line]) -> dict[str, Bearable]:
    """Return what one incident may cost each, against the one whose tasks cost most, of those that can be compared."""
    known = {name: _cost_per_task(line) for name, line in lines.items() if obstacle({name: line}) is None}
    if len(known) < 2:
        return {}
    dear = max(sorted(known), key=lambda name: known[name])
    return {
        name: Bearable(dear, bearable(saving=known[dear] - cost, tasks=lines[name].tasks))
        for name, cost in known.items()
        if cost < known[dear] and obstacle({each: lines[each] for each in (name, dear)}) is None
    }


def _cost_per_task(line: Line) -> int:
    return (line.true_cost - line.incident_cost) // line.tasks


def _faced(name: str | None, line: Line, costs: Costs, elsewhere: Sequence[int], saved: dict[str, Bearable]) -> Faced:
    decided = [decided for _, decided in costs if decided]
    amounts = [amount for amount, _ in costs]
    cost, largest = line.true_cost - line.pending_cost, max(decided, default=0)
    return Faced(
        name, line, amounts, expected_loss(tasks=line.tasks, costs=amounts, elsewhere=elsewhere),
        one_incident(cost=cost, successes=line.counted_successes, largest=largest) if largest else None,
        saved.get(name or ""),
    )  # fmt: skip
