"""What failure costs: corrections, incidents and fixed costs, and the amount of each. The rules: docs/method.md, 4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from spend.domain.money import NANOS_PER_DOLLAR, divide
from spend.domain.tasks import CallFact, Shape

CONFIRMED = "confirmed"
FIXED_COMPUTE = "fixed_compute"
PREVENTION = "prevention"
APPRAISAL = "appraisal"
INTERNAL_FAILURE = "internal_failure"
EXTERNAL_FAILURE = "external_failure"

CATEGORY_OF_ACTIVITY = {
    "review": APPRAISAL,
    "fix": INTERNAL_FAILURE,
    "redo": INTERNAL_FAILURE,
    "repair": INTERNAL_FAILURE,
    "apology": EXTERNAL_FAILURE,
    "support": EXTERNAL_FAILURE,
    "prompting": PREVENTION,
    "upkeep": PREVENTION,
}
CATEGORY_OF_KIND = {"compute": FIXED_COMPUTE, "prevention": PREVENTION}


class Amounts(NamedTuple):
    """Nanos of money that left, and nanos of people's time."""

    cash: int
    labour: int


class Scope(NamedTuple):
    """What a record names besides tasks and calls; a model beats a tier, a tier a team."""

    team: int | None = None
    tier: int | None = None
    llm: int | None = None


NOTHING = Scope()


@dataclass(frozen=True)
class Work:
    """A known task: whose it is, its shape and its counted calls."""

    task: UUID
    team: int
    shape: Shape
    calls: Sequence[CallFact]

    @cached_property
    def call_of(self) -> Mapping[UUID, CallFact]:
        """Its calls by key: an incident may name ten thousand calls of one task."""
        return {call.id: call for call in self.calls}


class Link(NamedTuple):
    """A task or call that a record names by `name`. `call`: its key, when a call was named. `work`: None while the
    task (or the call's task) is not known.
    """

    name: str
    work: Work | None
    call: UUID | None = None
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Correction:
    """The version that counts. `hourly`: dollars per hour of its role in force on `worked_on`."""

    worked_on: date
    activity: str
    minutes: Decimal
    hourly: Decimal
    scope: Scope = NOTHING
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """The version that counts. `hourly`: dollars per hour of its role in force on `occurred_on`."""

    occurred_on: date
    status: str
    loss: int
    recovered: int
    response_minutes: Decimal
    hourly: Decimal
    scope: Scope = NOTHING
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class FixedCost:
    """Money spread over the days of [starts_on, ends_on); what is left on `abandoned_on` is written off that day.

    `is_labour`: of people's hours, else cash.
    """

    kind: str
    amount: int
    starts_on: date
    ends_on: date
    abandoned_on: date | None = None
    scope: Scope = NOTHING
    is_labour: bool = False


def cost_of_time(minutes: Decimal, hourly: Decimal) -> int:
    """Return minutes / 60 x dollars per hour as nanos, half even."""
    return _rounded(_exact_time(minutes, hourly))


def correction_amounts(correction: Correction) -> Amounts:
    return Amounts(0, cost_of_time(correction.minutes, correction.hourly))


def incident_amounts(incident: Incident) -> Amounts:
    """R5: loss and response are rounded together; cash is exact, so labour is the rest."""
    cash = incident.loss - incident.recovered
    whole = _rounded(cash + _exact_time(incident.response_minutes, incident.hourly))
    return Amounts(cash, whole - cash)


def accrual(cost: FixedCost, until: date) -> list[tuple[date, int]]:
    """R8: return what each day up to and with `until` bears, in order of days.

    The first days of the period bear the nanos that do not divide evenly. A day may bear nothing.
    """
    count = (cost.ends_on - cost.starts_on).days
    each, left = divmod(cost.amount, count)
    last = count - 1
    if cost.abandoned_on is not None and cost.abandoned_on < cost.ends_on:
        last = (cost.abandoned_on - cost.starts_on).days
    if last < 0 and cost.abandoned_on is not None:  # given up before it began
        return [(cost.abandoned_on, cost.amount)] if cost.abandoned_on <= until else []
    days = []
    for index in range(min(last, (until - cost.starts_on).days) + 1):
        share = each + (index < left)
        if index == last:
            share = each * (count - last) + max(left - last, 0)
        days.append((cost.starts_on + timedelta(days=index), share))
    return days


def _exact_time(minutes: Decimal, hourly: Decimal) -> Fraction:
    return Fraction(minutes) * Fraction(hourly) * NANOS_PER_DOLLAR / 60


def _rounded(amount: Fraction) -> int:
    return divide(amount.numerator, amount.denominator)
