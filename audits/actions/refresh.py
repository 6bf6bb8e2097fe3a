"""Make the derived rows of slices (a team, days of its tasks) from the facts, and keep them true (DESIGN 6).

A slice is claimed before its facts are read, so what is committed meanwhile marks it again: no change is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from audits import store
from audits.actions.ledger import CORRECTION, FIXED_COST, INCIDENT, Sources, settle
from audits.domain.rollup import Rollup, TaskFacts, route_text
from audits.domain.sources import cost_of_time
from audits.domain.status import Status, status_of
from audits.domain.strata import STRATUM_SUMS, complexity_of
from audits.models import DailyTasks, StaleScope
from audits.queries.judgements import Judgements, judgements
from audits.queries.rates import rates
from audits.queries.sources import corrections_of_slices, incidents_of_slices, scope_sources
from spend.domain.money import to_nanos
from spend.domain.tasks import CallFact, Shape, shape_of
from spend.models import DirtySlice, TaskType
from spend.queries.tasks import ReportedOutcome, outcomes_of_slices, tasks_of_slices
from spend.store import lock_reference_data_for_deriving, mark_slices_of_dirty_keys

_DAYS_AT_ONCE = 31
# The first pass may mark slices that its entries left; these mark no others. More would chase a busy ingest for ever.
_PASSES = 3
CALL_SUMS = (
    "calls", "priced_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "cost",
    "wasted", "pending_cost", "latency",
)  # fmt: skip
TASK_SUMS = (
    "tasks", "successes", "presumed", "amended", "failures", "pending", "first_pass", "judged", "value", "valued",
    "value_first_pass", "valued_first_pass", "value_judged", "valued_judged", "manual", "with_manual",
)  # fmt: skip
UNIT_SUMS = (
    "touched", "attempts", "escalated", "failed", "n", "sum_x", "sum_xx", "sum_y", "sum_xy",
    "sum_y_first_pass", "sum_xy_first_pass", "sum_y_judged", "sum_xy_judged",
)  # fmt: skip
_DIMENSIONS = ("task_type_id", "route", "first_llm_id", "tier_id", "llm_id")
CALL_COLUMNS = ("task_day", "day", *_DIMENSIONS, *CALL_SUMS)
TASK_COLUMNS = ("task_day", *_DIMENSIONS, *TASK_SUMS)
SOURCE_SUMS = ("calls", "priced_calls", "cost", "implicit", "unjudged")
SOURCE_COLUMNS = ("task_day", "day", "source_id", "llm_id", *SOURCE_SUMS)
STRATUM_COLUMNS = (
    "task_day", "level", "task_type_id", "complexity", "tier_id", "llm_id", "before_id", "cluster", *STRATUM_SUMS,
)  # fmt: skip
UNIT_COLUMNS = ("level", "task_day", "month", "previous_month", *_DIMENSIONS, *UNIT_SUMS)


def refresh_dirty(*, at: datetime, today: date, progress: Callable[[int], None] = lambda done: None) -> int:
    """Refresh every slice that is marked, and those that this marks; return how many were."""
    done = 0
    for _ in range(_PASSES):
        mark_slices_of_dirty_keys()
        for team, days in _marked():
            refresh(team=team, days=days, at=at, today=today)
            done += len(days)
            progress(done)
    return done


def _marked() -> list[tuple[int | None, list[date]]]:
    """Return the marked slices by team, in groups small enough for one transaction."""
    by_team: dict[int | None, list[date]] = defaultdict(list)
    for team, day in DirtySlice.objects.values_list("team_id", "day").distinct().order_by("team_id", "day"):
        by_team[team].append(day)
    return [
        (team, days[start : start + _DAYS_AT_ONCE])
        for team, days in by_team.items()
        for start in range(0, len(days), _DAYS_AT_ONCE)
    ]


@transaction.atomic
def refresh(*, team: int | None, days: Collection[date], at: datetime, today: date) -> None:
    """Settle the sources that name the tasks of these slices, then replace the slices' derived rows.

    A slice that somebody else has just refreshed is no longer marked and is left alone.
    """
    lock_reference_data_for_deriving()
    store.lock_months(team or 0, {day.replace(day=1) for day in days})
    claimed = store.claim_dirty_slices(team, days)
    if claimed and team is not None:
        settle(_sources(team, claimed), at=at, today=today, refreshing={(team, day) for day in claimed})
        _replace_rows(team, claimed, today)
    if claimed:
        store.replace_daily_entries(team, claimed)
    for month in sorted({day.replace(day=1) for day in claimed}):
        store.replace_monthly(team, month)


def _sources(team: int, days: Collection[date]) -> Sources:
    return Sources(
        {
            CORRECTION: frozenset(corrections_of_slices(team, days)),
            INCIDENT: frozenset(incidents_of_slices(team, days)),
        }
    )


def _replace_rows(team: int, days: Collection[date], today: date) -> None:
    before = _tasks_by_tier(team, days)
    rollup = Rollup()
    store.replace_states(team, days, _states_into(rollup, team, days, today))
    calls = ((*key, *(getattr(sums, name) for name in CALL_SUMS)) for key, sums in rollup.calls.items())
    tasks = ((*key, *(getattr(sums, name) for name in TASK_SUMS)) for key, sums in rollup.tasks.items())
    units = ((*key, *(getattr(sums, name) for name in UNIT_SUMS)) for key, sums in rollup.units.items())
    store.replace_daily("audits_dailycalls", CALL_COLUMNS, team, days, calls)
    store.replace_daily("audits_dailytasks", TASK_COLUMNS, team, days, tasks)
    store.replace_daily("audits_dailyunits", UNIT_COLUMNS, team, days, units)
    sources = ((*key, *(getattr(sums, name) for name in SOURCE_SUMS)) for key, sums in rollup.sources.items())
    store.replace_daily("audits_dailysources", SOURCE_COLUMNS, team, days, sources)
    strata = ((*key, *(getattr(sums, name) for name in STRATUM_SUMS)) for key, sums in rollup.strata.items())
    store.replace_daily("audits_dailystrata", STRATUM_COLUMNS, team, days, strata)
    after = _tasks_by_tier(team, days)
    moved = {
        day.replace(day=1)
        for day, tier in before.keys() | after.keys()
        if before.get((day, tier)) != after.get((day, tier))
    }
    if moved:
        store.mark_scope_stale((team, month) for month in moved)


def _tasks_by_tier(team: int, days: Collection[date]) -> dict[tuple[date, int | None], int]:
    counts: dict[tuple[date, int | None], int] = defaultdict(int)
    rows = DailyTasks.objects.filter(team_id=team, task_day__in=list(days))
    for day, tier, tasks in rows.values_list("task_day", "tier_id", "tasks"):
        counts[day, tier] += tasks
    return dict(counts)


def _states_into(rollup: Rollup, team: int, days: Collection[date], today: date) -> Iterator[tuple[Any, ...]]:
    """Add each task of the slices to `rollup`, and yield the row of its state."""
    judge = _Judge(judgements(team, days), outcomes_of_slices(team, days), today)
    for task, is_implicit, calls in tasks_of_slices(team, days):
        outcome = judge.outcomes.get(task)
        shape = shape_of(calls, outcome.task_type if outcome else None)
        status = judge.status(task, shape)
        rollup.add(
            TaskFacts(
                shape,
                status,
                calls,
                judge.said.costs.get(task, ()),
                judge.value(task, shape),
                judge.manual(shape),
                is_implicit,
                judge.complexity(task, shape, calls),
                judge.cluster(task),
            )
        )
        yield _state(task, team, shape, status, calls)


class _Judge:
    """What is needed to judge the tasks of some slices, looked up once."""

    def __init__(self, said: Judgements, outcomes: Mapping[UUID, ReportedOutcome], today: date) -> None:
        self.said = said
        self.outcomes = outcomes
        self._today = today
        self._rates = rates()
        self._types = {task_type.pk: task_type for task_type in TaskType.objects.all()}
        self._manual: dict[tuple[int, date], int | None] = {}

    def status(self, task: UUID, shape: Shape) -> Status:
        outcome = self.outcomes.get(task)
        return status_of(
            shape=shape,
            invalidated=task in self.said.invalidated,
            verdicts=self.said.verdicts.get(task, ()),
            reworked=task in self.said.reworked,
            outcome=outcome.outcome if outcome else None,
            acceptance_days=self._acceptance_days(shape.task_type),
            today=self._today,
        )

    def _acceptance_days(self, task_type: int | None) -> int:
        own = self._types[task_type].acceptance_days if task_type is not None else None
        return settings.ACCEPTANCE_DAYS if own is None else own

    def complexity(self, task: UUID, shape: Shape, calls: Sequence[CallFact]) -> str:
        outcome = self.outcomes.get(task)
        at_intake = shape.task_type is not None and self._types[shape.task_type].complexity_at_intake
        return complexity_of(calls, outcome.complexity if outcome and at_intake else None)

    def cluster(self, task: UUID) -> str:
        return " ".join(sorted(map(str, self.said.invalidated.get(task, ()))))

    def value(self, task: UUID, shape: Shape) -> int | None:
        outcome = self.outcomes.get(task)
        if outcome is not None and outcome.value is not None:
            return outcome.value
        value = self._types[shape.task_type].value if shape.task_type is not None else None
        return None if value is None else to_nanos(value)

    def manual(self, shape: Shape) -> int | None:
        """What a human would have cost for the task, at the rate of its day."""
        if shape.task_type is None:
            return None
        key = shape.task_type, shape.day
        if key not in self._manual:
            kind = self._types[shape.task_type]
            hourly = self._rates.on(kind.role, shape.day)
            known = kind.manual_minutes is not None and hourly is not None
            self._manual[key] = cost_of_time(kind.manual_minutes, hourly) if known else None  # type: ignore[arg-type]
        return self._manual[key]


def _state(task: UUID, team: int, shape: Shape, status: Status, calls: Collection[CallFact]) -> tuple[Any, ...]:
    priced = [call.cost for call in calls if call.cost is not None]
    return (
        task, team, shape.day, shape.task_type, route_text(shape.route), shape.first_llm, shape.delivering_tier,
        shape.delivering_llm, shape.deciding, status.state, status.decided_by, status.first_pass,
        sum(priced) if priced else None, status.changes_on,
    )  # fmt: skip


@transaction.atomic
def settle_scopes(*, at: datetime, today: date) -> None:
    """Split anew what is shared over a team's tiers by number of tasks, where those numbers moved (R7)."""
    if not StaleScope.objects.exists():
        return
    lock_reference_data_for_deriving()  # before any row: who closes a month holds it alone, and then claims these
    stale = store.claim_stale_scopes()
    sources = Sources()
    for team, month in stale:
        worked, occurred, running = scope_sources(team, month)
        sources |= Sources(
            {CORRECTION: frozenset(worked), INCIDENT: frozenset(occurred), FIXED_COST: frozenset(running)}
        )
    settle(sources, at=at, today=today)  # of all at once: sources are locked in one order everywhere
