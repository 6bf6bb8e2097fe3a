"""The bridge from what was reported of a closed month to what is known now: what moved, to the nano-dollar.

Reported and restated are sums that somebody else read; the lines are what facts say moved. They meet, or the rest is
shown as a line of its own: a bridge that does not close never looks as if it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

SourceKind = Literal["correction", "incident", "fixed_cost", "accrual"]

MONEY = ("token_bill", "fixed_compute", "prevention", "appraisal", "internal_failure", "external_failure")
COUNTS = (
    "calls", "priced_calls", "tasks", "successes", "presumed", "amended", "failures", "pending", "first_pass", "judged",
)  # fmt: skip

# Each kind of line, in the order of the bridge. What each means: docs/method.md, 13.
EARLIER = "earlier_months"
LATE_CALLS = "late_calls"
LATE_TASKS = "late_tasks"
REPRICED = "repriced_calls"
REPEATED = "repeated_calls"
CROSSING = "crossing_calls"
BILL_CHANGED = "bill_changed"
BILL_FOLLOWED = "bill_followed"
STATUS = "status_changes"
UNEXPLAINED = "unexplained"
KINDS = (
    EARLIER, LATE_CALLS, LATE_TASKS, CROSSING, REPRICED, REPEATED,
    "late_corrections", "revised_corrections", "withdrawn_corrections", "placed_corrections",
    "confirmed_incidents", "revised_incidents", "withdrawn_incidents", "placed_incidents",
    "fixed_costs", "accruals", BILL_CHANGED, BILL_FOLLOWED, STATUS, UNEXPLAINED,
)  # fmt: skip


@dataclass(frozen=True)
class Measures:
    """Additive figures of a report's total: money in nanos, counts."""

    token_bill: int = 0
    fixed_compute: int = 0
    prevention: int = 0
    appraisal: int = 0
    internal_failure: int = 0
    external_failure: int = 0
    calls: int = 0
    priced_calls: int = 0
    tasks: int = 0
    successes: int = 0
    presumed: int = 0
    amended: int = 0
    failures: int = 0
    pending: int = 0
    first_pass: int = 0
    judged: int = 0

    @classmethod
    def of(cls, sums: Mapping[str, int]) -> Measures:
        """Take from `sums` what there is, 0 for what it does not name."""
        return cls(**{name: int(sums.get(name, 0)) for name in _NAMES})

    @property
    def true_cost(self) -> int:
        return sum(getattr(self, name) for name in MONEY)

    def __add__(self, other: Measures) -> Measures:
        return Measures(**{name: getattr(self, name) + getattr(other, name) for name in _NAMES})

    def __neg__(self) -> Measures:
        return Measures(**{name: -getattr(self, name) for name in _NAMES})

    def __sub__(self, other: Measures) -> Measures:
        return self + -other

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in _NAMES)


_NAMES = tuple(each.name for each in fields(Measures))
NOTHING = Measures()


@dataclass(frozen=True)
class Movement:
    """Something that moved figures of the month after it was closed.

    `count` is of what the kind names: calls, corrections, incidents. `by` are the people who did it, where they are
    known. `key` tells one movement of a kind from another, for a link to it.
    """

    kind: str
    moved: Measures
    count: int
    first_at: datetime | None = None
    last_at: datetime | None = None
    by: tuple[str, ...] = ()
    key: str = ""
    name: str = ""
    why: str = ""


@dataclass(frozen=True)
class Line:
    """All movements of a kind."""

    kind: str
    moved: Measures
    count: int
    first_at: datetime | None
    last_at: datetime | None
    by: tuple[str, ...]
    parts: tuple[Movement, ...]


@dataclass(frozen=True)
class Bridge:
    """`reported` plus the lines is `restated`, always; an `unexplained` line says that facts do not account for all."""

    reported: Measures
    restated: Measures
    lines: tuple[Line, ...]

    @property
    def difference(self) -> Measures:
        return self.restated - self.reported

    @property
    def unexplained(self) -> Measures:
        return next((line.moved for line in self.lines if line.kind == UNEXPLAINED), NOTHING)


def bridge(*, reported: Measures, restated: Measures, movements: Iterable[Movement]) -> Bridge:
    """Return the bridge that `movements` make; what they leave of the difference is its last line."""
    found = list(movements)
    rest = restated - reported - sum((each.moved for each in found), NOTHING)
    if rest:
        kind = CROSSING if _is_of_calls(rest) else UNEXPLAINED
        found.append(Movement(kind, rest, abs(rest.calls) or abs(rest.tasks)))
    lines = [_line(kind, [each for each in found if each.kind == kind]) for kind in KINDS]
    return Bridge(reported, restated, tuple(line for line in lines if line.parts))


def _is_of_calls(rest: Measures) -> bool:
    """Whether it is nothing but calls with their cost: on their way when the month was closed, they came before it by
    their own time and after it by the database's.
    """
    return rest.calls != 0 and rest == Measures(
        token_bill=rest.token_bill, calls=rest.calls, priced_calls=rest.priced_calls
    )


def _line(kind: str, parts: Sequence[Movement]) -> Line:
    return Line(
        kind=kind,
        moved=sum((each.moved for each in parts), NOTHING),
        count=sum(each.count for each in parts),
        first_at=min((each.first_at for each in parts if each.first_at), default=None),
        last_at=max((each.last_at for each in parts if each.last_at), default=None),
        by=tuple(sorted({name for each in parts for name in each.by})),
        parts=tuple(sorted(parts, key=lambda each: (-abs(each.moved.true_cost), each.name, each.key))),
    )


def kind_of_source(kind: SourceKind, *, was_there: bool, counts: bool, has_newer: bool) -> str:
    """Say why entries of a source moved after the close.

    `was_there`: it had entries when the month was closed. `counts`: its latest version costs something today, neither
    withdrawn nor (an incident) open or dismissed. `has_newer`: a version came after the close.
    """
    if kind == "fixed_cost":
        return "fixed_costs"
    if kind == "accrual":
        return "accruals"
    nouns = "corrections" if kind == "correction" else "incidents"
    if not counts:
        return f"withdrawn_{nouns}"
    if not was_there:
        return "late_corrections" if kind == "correction" else "confirmed_incidents"
    return f"revised_{nouns}" if has_newer else f"placed_{nouns}"
