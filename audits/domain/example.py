"""A month of equal tasks, reported as any month is: the arithmetic of the insurer's page, without a database."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from audits.domain.lines import Line
from audits.domain.report import COLUMNS, CoverageFacts, build


@dataclass(frozen=True, slots=True)
class EqualTasks:
    """`tasks` of one call each, which costs `cost` nanos; `wrong` of them become an incident of `loss` nanos each."""

    tier: str
    tasks: int
    cost: int
    wrong: int = 0
    loss: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.wrong <= self.tasks:
            raise ValueError("no more tasks can go wrong than there are")


def month_of(work: EqualTasks) -> Line:
    """Return the line that the report makes of such a month."""
    key = (work.tier,)
    report = build(
        by=("tier",),
        lens="responsible",
        calls=[(key, _columns("calls", **_calls(work)) | {"latency": [0] * len(COLUMNS["latency"])})],
        tasks=[(key, _columns("tasks", **_tasks(work)))],
        units=[(key, _units(work))],
        total_units=_units(work),
        entries=[(key, _columns("entries", external_failure=_losses(work), incident_cost=_losses(work)))],
        incidents=[(key, {"incidents": work.wrong})],
        total_incidents=work.wrong,
        facts=CoverageFacts(incidents_naming=work.wrong, incidents_linked=work.wrong),
    )
    return report.total


@dataclass(frozen=True, slots=True)
class Move:
    """What a move from one month's way to the other's saves in tokens, and what its failures eat. Money in nanos."""

    saving: int
    failure_cost: int
    months_eaten: float | None
    bearable_one_in: int | None


def move(before: Line, after: Line, *, loss: int) -> Move:
    """Compare two months of the same work; `loss` is what one failure costs.

    `months_eaten`: months of saving that the failures of `after` cost, None where nothing is saved.
    `bearable_one_in`: one failure in so many tasks makes both ways cost the same, None where no failure or no saving
    weighs against the other.
    """
    saving = (before.token_bill or 0) - (after.token_bill or 0)
    bearable = round(Fraction(loss * after.tasks, saving)) if saving > 0 and loss else None
    return Move(
        saving=saving,
        failure_cost=after.incident_cost,
        months_eaten=after.incident_cost / saving if saving > 0 else None,
        bearable_one_in=bearable,
    )


def _losses(work: EqualTasks) -> int:
    return work.wrong * work.loss


def _columns(name: str, **known: int) -> dict[str, int]:
    return dict.fromkeys(COLUMNS[name], 0) | known


def _calls(work: EqualTasks) -> dict[str, int]:
    return {
        "calls": work.tasks,
        "priced_calls": work.tasks,
        "cost": work.tasks * work.cost,
        "wasted": work.wrong * work.cost,
    }


def _tasks(work: EqualTasks) -> dict[str, int]:
    good = work.tasks - work.wrong
    return {
        "tasks": work.tasks,
        "successes": good,
        "counted": good,
        "failures": work.wrong,
        "first_pass": good,
        "judged": work.tasks,
    }


def _units(work: EqualTasks) -> dict[str, int]:
    good = work.tasks - work.wrong
    return _columns(
        "units",
        touched=work.tasks,
        attempts=work.tasks,
        failed=work.wrong,
        n=work.tasks,
        sum_x=work.tasks * work.cost,
        sum_xx=work.tasks * work.cost**2,
        sum_y=good,
        sum_xy=good * work.cost,
    )
