"""Tasks into additive rows, from which every report is made. What each sum means: docs/method.md, 2 and 7.

One `Rollup` takes the tasks of a slice (a team and a day of tasks) and holds five tables of sums:

- `calls` by their own day, tier and model;
- `tasks` by delivering tier and model;
- `sources`: calls by where they came from, and how much these say;
- `strata`: what each tier and model had of like work (`audits.domain.strata`);
- `units`: the parts of tasks by month, at three levels: whole tasks, their parts by tier, their parts by model. Only
  these can answer how many distinct tasks a tier touched, and how far its cost per success is certain (R16, R17).

A part has the month before it in which the same part had a call, so that the tasks touched in a range of months are
those touched in a month of the range whose `previous_month` lies before it. At level `llm` a part is a model's whole
share of a task, under the tier that it delivered with, else the tier of its first call: a model that changes tier
in the middle of a task is still one try.

This runs for every call there is, hence slots, tuples and one loop over the calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol, Self, TypeVar

from audits.domain.latency import LATENCY_BUCKETS, bucket_of
from audits.domain.parts import NO_TRIES, Part, TracedEntry, parts_of
from audits.domain.status import FAILURE, PENDING, SUCCESS, Status
from audits.domain.strata import Strata, StratumKey, StratumSums
from spend.domain.tasks import ATTEMPT, CallFact, Shape


class TaskFacts(NamedTuple):
    """A task with all that reports say of it. `entries`: the traced ones in force; reversed pairs may be among them."""

    shape: Shape
    status: Status
    calls: Sequence[CallFact]
    entries: Sequence[TracedEntry] = ()
    value: int | None = None
    manual: int | None = None
    is_implicit: bool = False  # its one call names no task
    complexity: str = ""  # as known before the outcome; empty: unknown
    cluster: str = ""  # the incidents that invalidate it


class _Sums(Protocol):
    def merge(self, other: Self) -> None: ...


Key = TypeVar("Key")
Sums = TypeVar("Sums", bound=_Sums)

# The columns of each table's keys, in their order. Keys are plain tuples: named ones take four times as long to make.
CALL_KEY = ("task_day", "day", "task_type", "route", "first_llm", "tier", "llm")
TASK_KEY = ("task_day", "task_type", "route", "first_llm", "tier", "llm")
SOURCE_KEY = ("task_day", "day", "source", "llm")
UNIT_KEY = ("level", "task_day", "month", "previous_month", "task_type", "route", "first_llm", "tier", "llm")

Id = int | None
CallKey = tuple[date, date, Id, str, Id, Id, Id]
TaskKey = tuple[date, Id, str, Id, Id, Id]
SourceKey = tuple[date, date, Id, Id]
UnitKey = tuple[str, date, date, date | None, Id, str, Id, Id, Id]


@dataclass(slots=True)
class CallSums:
    calls: int = 0
    priced_calls: int = 0
    input_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    cost: int = 0
    wasted: int = 0
    pending_cost: int = 0
    latency: list[int] = field(default_factory=lambda: [0] * LATENCY_BUCKETS)

    def merge(self, other: CallSums) -> None:
        _add(self, other, _CALL_NUMBERS)
        self.latency = [mine + more for mine, more in zip(self.latency, other.latency, strict=True)]


@dataclass(slots=True)
class TaskSums:
    tasks: int = 0
    successes: int = 0
    presumed: int = 0
    amended: int = 0
    failures: int = 0
    pending: int = 0
    first_pass: int = 0
    judged: int = 0
    value: int = 0  # of the successes that have one
    valued: int = 0  # successes that have one
    value_first_pass: int = 0
    valued_first_pass: int = 0
    value_judged: int = 0  # of those not presumed
    valued_judged: int = 0
    manual: int = 0
    with_manual: int = 0  # tasks that have one

    def merge(self, other: TaskSums) -> None:
        _add(self, other, _TASK_NUMBERS)


@dataclass(slots=True)
class SourceSums:
    calls: int = 0
    priced_calls: int = 0
    cost: int = 0
    implicit: int = 0  # calls that name no task
    unjudged: int = 0  # calls of tasks that nobody judged: no outcome, no verdict

    def merge(self, other: SourceSums) -> None:
        _add(self, other, _SOURCE_NUMBERS)


@dataclass(slots=True)
class UnitSums:
    touched: int = 0
    attempts: int = 0
    escalated: int = 0
    failed: int = 0
    n: int = 0
    sum_x: int = 0
    sum_xx: int = 0
    sum_y: int = 0
    sum_xy: int = 0
    sum_y_first_pass: int = 0
    sum_xy_first_pass: int = 0
    sum_y_judged: int = 0  # of successes not presumed
    sum_xy_judged: int = 0

    def merge(self, other: UnitSums) -> None:
        _add(self, other, _UNIT_NUMBERS)


_CALL_NUMBERS = [column.name for column in fields(CallSums) if column.name != "latency"]
_TASK_NUMBERS = [column.name for column in fields(TaskSums)]
_SOURCE_NUMBERS = [column.name for column in fields(SourceSums)]
_UNIT_NUMBERS = [column.name for column in fields(UnitSums)]


class Rollup:
    """The tables of sums of the tasks added so far."""

    def __init__(self) -> None:
        self.calls: dict[CallKey, CallSums] = {}
        self.tasks: dict[TaskKey, TaskSums] = {}
        self.units: dict[UnitKey, UnitSums] = {}
        self.sources: dict[SourceKey, SourceSums] = {}
        self._strata = Strata()

    @property
    def strata(self) -> dict[StratumKey, StratumSums]:
        return self._strata.rows

    def add(self, task: TaskFacts) -> None:
        """Add a task, once."""
        route = route_text(task.shape.route)
        self._add_calls(task, route)
        self._add_sources(task)
        self._add_task(task, route)
        for part in parts_of(task.shape, task.status, task.calls, task.entries):
            self._add_part(task, route, part)
        self._strata.add(
            task.shape, task.status, task.calls, task.entries, complexity=task.complexity, cluster=task.cluster
        )

    def merge(self, other: Rollup) -> None:
        """Add all that `other` has; the same as adding its tasks here. Sums are adopted: use `other` no more."""
        _merge(self.calls, other.calls)
        _merge(self.tasks, other.tasks)
        _merge(self.units, other.units)
        _merge(self.sources, other.sources)
        _merge(self.strata, other.strata)

    def _add_calls(self, task: TaskFacts, route: str) -> None:
        shape, state = task.shape, task.status.state
        failed, pending = state == FAILURE, state == PENDING
        delivering = shape.delivering_tier
        rows = self.calls
        for call in task.calls:
            key = (shape.day, call.day, shape.task_type, route, shape.first_llm, call.tier, call.llm)
            sums = rows.get(key)
            if sums is None:
                sums = rows[key] = CallSums()
            sums.calls += 1
            sums.input_tokens += call.input_tokens or 0
            sums.cache_read_tokens += call.cache_read_tokens or 0
            sums.cache_write_tokens += call.cache_write_tokens or 0
            sums.output_tokens += call.output_tokens or 0
            if call.latency_ms is not None:
                sums.latency[bucket_of(call.latency_ms)] += 1
            if call.cost is not None:
                sums.priced_calls += 1
                sums.cost += call.cost
                sums.pending_cost += call.cost if pending else 0
                sums.wasted += call.cost if _is_wasted(call, delivering, failed) else 0

    def _add_sources(self, task: TaskFacts) -> None:
        is_implicit, unjudged, day = task.is_implicit, not task.status.judged, task.shape.day
        rows = self.sources
        for call in task.calls:
            key = (day, call.day, call.source, call.llm)
            sums = rows.get(key)
            if sums is None:
                sums = rows[key] = SourceSums()
            sums.calls += 1
            sums.implicit += is_implicit
            sums.unjudged += unjudged
            if call.cost is not None:
                sums.priced_calls += 1
                sums.cost += call.cost

    def _add_task(self, task: TaskFacts, route: str) -> None:
        shape, status = task.shape, task.status
        key = (shape.day, shape.task_type, route, shape.first_llm, shape.delivering_tier, shape.delivering_llm)
        sums = self.tasks.get(key)
        if sums is None:
            sums = self.tasks[key] = TaskSums()
        sums.tasks += 1
        sums.judged += status.judged
        if task.manual is not None:
            sums.manual += task.manual
            sums.with_manual += 1
        sums.failures += status.state == FAILURE
        sums.pending += status.state == PENDING
        if status.state == SUCCESS:
            _add_success(sums, status, task.value)

    def _add_part(self, task: TaskFacts, route: str, part: Part) -> None:
        level, month, previous_month, tier, llm, touched, tries, x, y = part
        shape = task.shape
        key = (level, shape.day, month, previous_month, shape.task_type, route, shape.first_llm, tier, llm)
        sums = self.units.get(key)
        if sums is None:
            sums = self.units[key] = UnitSums()
        sums.touched += touched
        if tries is not NO_TRIES:
            sums.attempts += tries.attempts
            sums.escalated += tries.escalated
            sums.failed += tries.failed
        if task.status.state != PENDING:
            sums.n += 1
            sums.sum_x += x
            sums.sum_xx += x * x
            if y:
                _add_success_of_part(sums, task.status, x)


@lru_cache(maxsize=10_000)
def route_text(route: tuple[int | None, ...]) -> str:
    """Return a route as one key: ids of tiers joined by `>`, `0` the unknown tier, empty without attempts."""
    return ">".join(str(tier or 0) for tier in route)


def _is_wasted(call: CallFact, delivering: int | None, failed: bool) -> bool:
    """An attempt of a failed task, or one whose tier did not deliver."""
    return call.purpose == ATTEMPT and (failed or call.tier != delivering)


def _add_success(sums: TaskSums, status: Status, value: int | None) -> None:
    sums.successes += 1
    sums.presumed += status.presumed
    sums.amended += status.amended
    sums.first_pass += status.first_pass
    if value is None:
        return
    sums.value += value
    sums.valued += 1
    if status.first_pass:
        sums.value_first_pass += value
        sums.valued_first_pass += 1
    if not status.presumed:
        sums.value_judged += value
        sums.valued_judged += 1


def _add_success_of_part(sums: UnitSums, status: Status, x: int) -> None:
    sums.sum_y += 1
    sums.sum_xy += x
    if status.first_pass:
        sums.sum_y_first_pass += 1
        sums.sum_xy_first_pass += x
    if not status.presumed:
        sums.sum_y_judged += 1
        sums.sum_xy_judged += x


def _merge(table: dict[Key, Sums], more: dict[Key, Sums]) -> None:
    for key, sums in more.items():
        if key in table:
            table[key].merge(sums)
        else:
            table[key] = sums


def _add(sums: object, more: object, names: Sequence[str]) -> None:
    for name in names:
        setattr(sums, name, getattr(sums, name) + getattr(more, name))
