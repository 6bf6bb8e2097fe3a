"""What its calls make of a task: its day, its route, the call that decided it. The rules: docs/method.md, 2.

`CallFact` and `Shape` are named tuples rather than frozen dataclasses: a rebuild makes one of each for millions of
calls, and a frozen dataclass takes four times as long to make.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

ATTEMPT = "attempt"
OK = "ok"


class CallFact(NamedTuple):
    """A counted call: tier and model as they were stamped on arrival, cost in nanos or None for unpriced."""

    id: UUID
    external_id: str
    occurred_at: datetime
    day: date
    llm: int | None
    tier: int | None
    task_type: int | None
    purpose: str
    status: str
    final: bool
    cost: int | None
    input_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    output_tokens: int | None
    latency_ms: int | None
    source: int | None = None  # None: it came before sources were noted
    complexity: str | None = None  # as its metadata say


class Shape(NamedTuple):
    """What the calls of a task say, before anyone judged it."""

    day: date
    task_type: int | None
    entry_tier: int | None
    first_llm: int | None
    route: tuple[int | None, ...]
    deciding: UUID | None
    delivering_tier: int | None
    delivering_llm: int | None
    has_attempts: bool
    window_from: date  # the day from which the acceptance window counts


_BY_TIME = itemgetter(CallFact._fields.index("occurred_at"), CallFact._fields.index("external_id"))


def in_order(calls: Sequence[CallFact]) -> Sequence[CallFact]:
    """Return `calls` as they happened; of one instant, by external id."""
    return calls if len(calls) == 1 else sorted(calls, key=_BY_TIME)


def shape_of(calls: Sequence[CallFact], outcome_task_type: int | None) -> Shape:
    """Return the shape of the task that `calls` (its counted ones, in any order, at least one) make up."""
    ordered = in_order(calls)
    attempts = [call for call in ordered if call.purpose == ATTEMPT]
    deciding = _deciding(ordered, attempts)
    last_attempt = attempts[-1] if attempts else None
    delivering = deciding or last_attempt
    return Shape(
        ordered[0].day,
        _named_task_type(ordered) if outcome_task_type is None else outcome_task_type,
        attempts[0].tier if attempts else None,
        attempts[0].llm if attempts else None,
        tuple(dict.fromkeys([call.tier for call in attempts])),
        deciding.id if deciding else None,
        delivering.tier if delivering else None,
        delivering.llm if delivering else None,
        bool(attempts),
        (delivering or ordered[-1]).day,
    )


def _deciding(ordered: Sequence[CallFact], attempts: Sequence[CallFact]) -> CallFact | None:
    """R2: the last final call, whatever its status or purpose; else the last attempt that was ok."""
    for call in reversed(ordered):
        if call.final:
            return call
    for call in reversed(attempts):
        if call.status == OK:
            return call
    return None


def _named_task_type(ordered: Sequence[CallFact]) -> int | None:
    """R11: that of the earliest call that names one."""
    for call in ordered:
        if call.task_type is not None:
            return call.task_type
    return None
