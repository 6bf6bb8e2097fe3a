"""The parts of a task by month, at three levels: the whole task, its tiers, its models (docs/method.md, 2 and 7).

Tries, costs of other than calls and the success itself belong to the part in the home month, that of the task's day,
which exists even without calls there. The whole task has the tries of its tiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from audits.domain.status import FAILURE, PENDING, SUCCESS, Status
from spend.domain.periods import Month
from spend.domain.tasks import ATTEMPT, CallFact, Shape, in_order

TASK = "task"
TIER = "tier"
LLM = "llm"


class TracedEntry(NamedTuple):
    """An amount of the ledger that names this task."""

    tier: int | None
    llm: int | None
    amount: int
    is_incident: bool
    is_failure: bool = False  # of an incident, or work on what failed; else review or prevention


class Tries(NamedTuple):
    attempts: int
    escalated: int
    failed: int


# What a task is to one tier or model in one month: level, month, previous month, tier, model, touched, tries, money (x)
# and success (y). A plain tuple, as three are made of every task.
Part = tuple[str, date, date | None, int | None, int | None, int, Tries, int, int]

NO_TRIES = Tries(0, 0, 0)
_DELIVERED = Tries(1, 0, 0)
_FAILED = Tries(1, 0, 1)
_ESCALATED = Tries(1, 1, 0)


@lru_cache(maxsize=10_000)
def month_start(day: date) -> date:
    return Month.of(day).first_day


@dataclass(slots=True)
class _Share:
    """A whole task, or what one tier or model has of it, over all months."""

    level: str
    tier: int | None
    llm: int | None
    months: dict[date, int] = field(default_factory=dict)  # cost of its calls
    entries: int = 0
    other: int = 0  # money of entries other than incidents
    tried: bool = False
    delivers: bool = False

    def tries(self, shape: Shape, failed: bool) -> Tries:
        if self.level == TASK:
            delivered = shape.delivering_tier in shape.route
            return Tries(len(shape.route), len(shape.route) - delivered, int(delivered and failed))
        if not self.tried:
            return NO_TRIES
        if not self.delivers:
            return _ESCALATED
        return _FAILED if failed else _DELIVERED


class _Shares:
    """The shares of a task, made as they are asked for; calls are asked for in order."""

    def __init__(self) -> None:
        self.task = _Share(TASK, None, None)
        self.tiers: dict[int | None, _Share] = {}
        self.llms: dict[int | None, _Share] = {}

    def of(self, tier: int | None, llm: int | None) -> tuple[_Share, _Share, _Share]:
        by_tier = self.tiers.get(tier)
        if by_tier is None:
            by_tier = self.tiers[tier] = _Share(TIER, tier, None)
        by_llm = self.llms.get(llm)
        if by_llm is None:
            by_llm = self.llms[llm] = _Share(LLM, tier, llm)
        return self.task, by_tier, by_llm

    def __iter__(self) -> Iterator[_Share]:
        return chain((self.task,), self.tiers.values(), self.llms.values())


def parts_of(shape: Shape, status: Status, calls: Sequence[CallFact], entries: Sequence[TracedEntry]) -> Iterable[Part]:
    """Return the parts of a task that count anywhere. Money and success of a pending task's parts mean nothing."""
    if _is_plain(shape, calls, entries):
        return _plain_parts(shape, status, calls, entries)
    home = month_start(shape.day)
    return [part for share in _shares_of(shape, calls, entries) for part in _parts_of_share(share, home, shape, status)]


def _is_plain(shape: Shape, calls: Sequence[CallFact], entries: Sequence[TracedEntry]) -> bool:
    """Whether one model did it all within the home month: most tasks, so they have a shorter way."""
    tier, llm, month = shape.delivering_tier, shape.delivering_llm, month_start(shape.day)
    for call in calls:
        if call.llm != llm or call.tier != tier or month_start(call.day) != month:
            return False
    return all(entry.llm == llm and entry.tier == tier for entry in entries)


def _plain_parts(
    shape: Shape, status: Status, calls: Sequence[CallFact], entries: Sequence[TracedEntry]
) -> Iterable[Part]:
    tier, llm, month = shape.delivering_tier, shape.delivering_llm, month_start(shape.day)
    tries = NO_TRIES
    if shape.has_attempts:
        tries = _FAILED if status.state == FAILURE else _DELIVERED
    x = 0
    for call in calls:
        x += call.cost or 0
    for entry in entries:
        x += 0 if entry.is_incident else entry.amount
    y = int(status.state == SUCCESS)
    return (
        (TASK, month, None, None, None, 1, tries, x, y),
        (TIER, month, None, tier, None, 1, tries, x, y),
        (LLM, month, None, tier, llm, 1, tries, x, y),
    )


def _shares_of(shape: Shape, calls: Sequence[CallFact], entries: Sequence[TracedEntry]) -> _Shares:
    shares = _Shares()
    for share in shares.of(shape.delivering_tier, shape.delivering_llm):
        share.delivers = True
    for call in in_order(calls):
        month, cost, tried = month_start(call.day), call.cost or 0, call.purpose == ATTEMPT
        for share in shares.of(call.tier, call.llm):
            share.months[month] = share.months.get(month, 0) + cost
            share.tried |= tried
    for entry in entries:
        for share in shares.of(entry.tier, entry.llm):
            share.entries += 1
            share.other += 0 if entry.is_incident else entry.amount
    return shares


def _parts_of_share(share: _Share, home: date, shape: Shape, status: Status) -> Iterator[Part]:
    """Yield the months of a share; the home month also where it has no call but an entry, a try or the outcome."""
    tries = share.tries(shape, status.state == FAILURE)
    y = int(share.delivers and status.state == SUCCESS)
    stays_home = tries.attempts or (status.state != PENDING and (share.entries or share.delivers))
    if stays_home and home not in share.months:
        yield share.level, home, None, share.tier, share.llm, 0, tries, share.other, y
    previous = None
    for month, cost in share.months.items():  # in order of time, as the calls were
        if month == home:
            yield share.level, month, previous, share.tier, share.llm, 1, tries, cost + share.other, y
        else:
            yield share.level, month, previous, share.tier, share.llm, 1, NO_TRIES, cost, 0
        previous = month
