"""A provider's month: what was computed, what was billed, why they differ, and whether somebody may sign it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from spend.domain.periods import Month
from spend.domain.reconciling.causes import NO_CAUSES, Causes, added, causes_of
from spend.domain.reconciling.cells import sides_of
from spend.domain.reconciling.records import USAGE, Billed, Cell, Logged, Rates

Choice = Literal["accept", "allocate", "leave"]
CHOICES: tuple[Choice, ...] = ("accept", "allocate", "leave")

REASON_LENGTH = 2_000

# How late a provider may still change a day is not documented; a week is the longest of what they are seen to take.
PROVISIONAL_DAYS = 7

_OF_CATEGORY = {"fee": "fees", "credit": "credits", "tax": "taxes", "adjustment": "adjustments"}


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far calls may be missing or amounts unexplained: nano-dollars, or a share of the bill if that is more.

    `rounding` is the unit in nano-dollars to which the provider rounds what a day's use of a model costs.
    """

    absolute: int = 1_000_000_000
    share: Decimal = Decimal("0.01")
    rounding: int = 10_000_000

    def holds(self, rest: int, billed: int) -> bool:
        return rest <= max(Fraction(self.absolute), Fraction(self.share) * abs(billed))


@dataclass(frozen=True, slots=True)
class Decision:
    """What finance chose to do about a difference; `rest` is what was missing or unexplained when they did."""

    choice: Choice
    reason: str
    by: str
    at: datetime
    rest: int


@dataclass(frozen=True, slots=True)
class Statement:
    """All that is known of a provider's month. `billed_days` are those its bills are of; use of other days waits."""

    provider: str
    month: Month
    logged: Sequence[Logged]
    billed: Sequence[Billed]
    billed_days: frozenset[date]
    rates: Rates = field(default_factory=dict)
    tolerance: Tolerance = Tolerance()
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day of a provider. `billed` None: no bill is of this day, or none says what of it is."""

    day: date
    computed: int
    billed: int | None
    causes: Causes
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """`computed` and `billed` are of the same days; `computed_elsewhere` is of days that the bills are not of.

    `billed` None: there is no bill, and `computed` is of the whole month. `valued`: the bill states no amount, so
    `billed` is its tokens at our prices.
    """

    provider: str
    month: Month
    computed: int
    computed_elsewhere: int
    billed: int | None
    billed_usage: int
    valued: bool
    lines: tuple[tuple[Cell, Causes], ...]
    causes: Causes
    days: tuple[DayLine, ...]
    tolerance: Tolerance
    decision: Decision | None
    is_provisional: bool

    @property
    def variance(self) -> int | None:
        return None if self.billed is None else self.billed - self.computed

    @property
    def capture_rate(self) -> float | None:
        """How much of what was billed for use was logged and priced."""
        return self.computed / self.billed_usage if self.billed_usage > 0 else None

    @property
    def is_within(self) -> bool:
        """Whether what is missing or unexplained is small enough to need no decision."""
        return self.billed is not None and self.tolerance.holds(self.causes.rest, self.billed)

    @property
    def is_outgrown(self) -> bool:
        """Whether what was decided about has since grown by more than the tolerance."""
        if self.decision is None or self.billed is None:
            return False
        return not self.tolerance.holds(max(0, self.causes.rest - self.decision.rest), self.billed)

    @property
    def reconciled(self) -> bool:
        if self.billed is None:
            return False
        return self.is_within or (self.decision is not None and not self.is_outgrown)

    @property
    def models(self) -> dict[str, list[tuple[Cell, Causes]]]:
        """The lines by model; an empty name holds what the bill names no model of."""
        found: dict[str, list[tuple[Cell, Causes]]] = defaultdict(list)
        for cell, causes in self.lines:
            found[cell.model].append((cell, causes))
        return dict(found)


def reconcile(statement: Statement, *, today: date) -> Reconciliation:
    """Set a provider's month side by side."""
    is_billed = bool(statement.billed_days)
    logged = [use for use in statement.logged if not is_billed or use.day in statement.billed_days]
    computed = sum(use.amount for use in logged)
    sides = sides_of(logged, statement.billed, statement.rates)
    lines = causes_of(sides.cells, rounding=statement.tolerance.rounding)
    causes = added(each for _, each in lines) + _beside(statement.billed, sides.not_tokens)
    usage = sum(cell.billed_amount for cell, _ in lines) + sides.not_tokens
    return Reconciliation(
        provider=statement.provider,
        month=statement.month,
        computed=computed,
        computed_elsewhere=sum(use.amount for use in statement.logged) - computed,
        billed=computed + causes.total if is_billed else None,
        billed_usage=usage,
        valued=sides.valued,
        lines=tuple(lines),
        causes=causes,
        days=tuple(_days(statement, today, may_value=sides.valued)),
        tolerance=statement.tolerance,
        decision=statement.decision,
        is_provisional=any(_is_provisional(day, today) for day in statement.billed_days),
    )


def _beside(billed: Sequence[Billed], not_tokens: int) -> Causes:
    """Return what is billed beside tokens, by its own causes."""
    amounts = dict.fromkeys(_OF_CATEGORY.values(), 0)
    for line in billed:
        if line.category != USAGE:
            amounts[_OF_CATEGORY[line.category]] += line.amount or 0
    return Causes(not_tokens=not_tokens, **amounts)


def _is_provisional(day: date, today: date) -> bool:
    return day > today - timedelta(days=PROVISIONAL_DAYS)


def _days(statement: Statement, today: date, *, may_value: bool) -> list[DayLine]:
    """Compare day by day, as far as the bill says what is of which day.

    What one side counts a day later than the other is missing on one day and surplus on the next: it cancels in the
    month, so differences of days sum to the month's, causes need not.
    """
    logged: dict[date, list[Logged]] = defaultdict(list)
    billed: dict[date, list[Billed]] = defaultdict(list)
    for use in statement.logged:
        logged[use.day].append(use)
    is_daily = all(line.day for line in statement.billed if line.category == USAGE)
    for line in statement.billed if is_daily else ():
        if line.day:
            billed[line.day].append(line)
    return [
        _day(statement, day, logged[day], billed[day] if is_daily else None, today, may_value)
        for day in sorted({*logged, *billed})
    ]


def _day(
    statement: Statement,
    day: date,
    logged: Sequence[Logged],
    billed: Sequence[Billed] | None,
    today: date,
    may_value: bool,
) -> DayLine:
    computed = sum(use.amount for use in logged)
    if billed is None or day not in statement.billed_days:
        return DayLine(day, computed, None, NO_CAUSES, _is_provisional(day, today))
    sides = sides_of(logged, billed, statement.rates, may_value=may_value)
    lines = causes_of(sides.cells, rounding=statement.tolerance.rounding)
    causes = added(each for _, each in lines) + _beside(billed, sides.not_tokens)
    return DayLine(day, computed, computed + causes.total, causes, _is_provisional(day, today))
