"""Tasks into strata: sums of what each tier or model had of like work, for decisions (docs/method.md, 16).

A stratum is the tasks of one type and complexity. A part is what one tier, or one model, had of a task, whatever
months that lies in; it counts in the month of the task. Parts of tasks that an incident invalidated are kept by their
`cluster`, so that those of one incident can be joined into one unit (R17, `audits.domain.decisions.units`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

from audits.domain.parts import LLM, TIER, TracedEntry
from audits.domain.status import FAILURE, PENDING, SUCCESS, Status
from spend.domain.tasks import ATTEMPT, CallFact, Shape, in_order

COMPLEXITIES = ("low", "medium", "high")
# `before` of a part that took over from a tier nobody knows; None: it was the first to try, or never tried.
UNKNOWN_TIER = 0

STRATUM_KEY = ("task_day", "level", "task_type", "complexity", "tier", "llm", "before", "cluster")
Id = int | None
StratumKey = tuple[date, str, Id, str, Id, Id, Id, str]


@dataclass(slots=True)
class StratumSums:
    """Money in nanos. Of decided tasks: x is cost without incidents, y the success, as in R17.

    Of decided tasks in which it tried, `tried`: c is the cost of the try with its review and without any failure, p
    whether the task passed at first. `failure_cost` is of rework, incidents apart; `pending` ones included, as in
    `tokens`. `latency_ms` is of all calls of a part, `timed` counts the parts that have one.
    """

    touched: int = 0
    attempts: int = 0
    escalated: int = 0
    failed: int = 0
    n: int = 0
    sum_x: int = 0
    sum_xx: int = 0
    sum_y: int = 0
    sum_xy: int = 0
    tried: int = 0
    sum_c: int = 0
    sum_cc: int = 0
    sum_p: int = 0
    sum_cp: int = 0
    tokens: int = 0
    failure_cost: int = 0
    latency_ms: int = 0
    timed: int = 0

    def merge(self, other: StratumSums) -> None:
        for name in STRATUM_SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


STRATUM_SUMS = tuple(column.name for column in fields(StratumSums))


@dataclass(slots=True)
class _Part:
    tier: Id
    llm: Id
    calls: int = 0
    tokens: int = 0
    review: int = 0
    failure: int = 0
    latency_ms: int = 0
    timed: int = 0
    tried: bool = False
    delivers: bool = False

    def take_call(self, call: CallFact) -> None:
        self.calls += 1
        self.tokens += call.cost or 0
        self.tried |= call.purpose == ATTEMPT
        if call.latency_ms is not None:
            self.latency_ms += call.latency_ms
            self.timed = 1

    def take_entry(self, entry: TracedEntry) -> None:
        if entry.is_incident:
            return
        if entry.is_failure:
            self.failure += entry.amount
        else:
            self.review += entry.amount


class Strata:
    """The sums of the tasks added so far."""

    def __init__(self) -> None:
        self.rows: dict[StratumKey, StratumSums] = {}

    def add(
        self,
        shape: Shape,
        status: Status,
        calls: Sequence[CallFact],
        entries: Sequence[TracedEntry],
        *,
        complexity: str,
        cluster: str,
    ) -> None:
        """Add a task, once. `cluster`: names of the incidents that invalidate it, sorted; empty for none."""
        for level, part in _parts(shape, calls, entries):
            before = _before(shape.route, part.tier) if level == TIER and part.tried else None
            llm = part.llm if level == LLM else None
            key = (shape.day, level, shape.task_type, complexity, part.tier, llm, before, cluster)
            sums = self.rows.get(key)
            if sums is None:
                sums = self.rows[key] = StratumSums()
            _add(sums, part, status)


def complexity_of(calls: Sequence[CallFact], reported: str | None) -> str:
    """Return the complexity known before the outcome: of the earliest call that states one, else as reported; or empty.

    `reported`: what came with the outcome, where the task type says that it was set at intake.
    """
    if any(call.complexity for call in calls):
        for call in in_order(calls):
            if (stated := (call.complexity or "").lower()) in COMPLEXITIES:
                return stated
    return reported or ""


def _parts(shape: Shape, calls: Sequence[CallFact], entries: Sequence[TracedEntry]) -> Iterator[tuple[str, _Part]]:
    """Yield what each tier and each model had; where one model did it all, as mostly, both are one part."""
    if _is_of_one(shape, calls, entries):
        part = _Part(shape.delivering_tier, shape.delivering_llm, delivers=True)
        _take(part, calls, entries)
        yield TIER, part
        yield LLM, part
        return
    tiers = {shape.delivering_tier: _Part(shape.delivering_tier, None, delivers=True)}
    llms = {shape.delivering_llm: _Part(shape.delivering_tier, shape.delivering_llm, delivers=True)}
    for call in in_order(calls):
        for part in _parts_at(tiers, llms, call.tier, call.llm):
            part.take_call(call)
    for entry in entries:
        for part in _parts_at(tiers, llms, entry.tier, entry.llm):
            part.take_entry(entry)
    for part in tiers.values():
        yield TIER, part
    for part in llms.values():
        yield LLM, part


def _is_of_one(shape: Shape, calls: Sequence[CallFact], entries: Sequence[TracedEntry]) -> bool:
    tier, llm = shape.delivering_tier, shape.delivering_llm
    for call in calls:
        if call.llm != llm or call.tier != tier:
            return False
    return all(entry.llm == llm and entry.tier == tier for entry in entries)


def _take(part: _Part, calls: Sequence[CallFact], entries: Sequence[TracedEntry]) -> None:
    for call in calls:
        part.take_call(call)
    for entry in entries:
        part.take_entry(entry)


def _parts_at(tiers: dict[Id, _Part], llms: dict[Id, _Part], tier: Id, llm: Id) -> tuple[_Part, _Part]:
    by_tier = tiers.get(tier)
    if by_tier is None:
        by_tier = tiers[tier] = _Part(tier, None)
    by_llm = llms.get(llm)
    if by_llm is None:
        by_llm = llms[llm] = _Part(tier, llm)
    return by_tier, by_llm


def _before(route: Sequence[Id], tier: Id) -> Id:
    place = route.index(tier)
    return (route[place - 1] or UNKNOWN_TIER) if place else None


def _add(sums: StratumSums, part: _Part, status: Status) -> None:
    sums.touched += part.calls > 0
    sums.tokens += part.tokens
    sums.failure_cost += part.failure
    sums.latency_ms += part.latency_ms
    sums.timed += part.timed
    if part.tried:
        sums.attempts += 1
        sums.escalated += not part.delivers
        sums.failed += part.delivers and status.state == FAILURE
    if status.state == PENDING:
        return
    x, c = part.tokens + part.review + part.failure, part.tokens + part.review
    y = part.delivers and status.state == SUCCESS
    p = y and status.first_pass
    sums.n += 1
    sums.sum_x += x
    sums.sum_xx += x * x
    sums.sum_y += y
    sums.sum_xy += x * y
    if part.tried:
        sums.tried += 1
        sums.sum_c += c
        sums.sum_cc += c * c
        sums.sum_p += p
        sums.sum_cp += c * p
