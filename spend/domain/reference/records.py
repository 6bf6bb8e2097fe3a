"""Reference data as plain records: what the file says, what the database holds, and what differs between them.

Every record has a key, by which the file and the database mean the same thing; what is nested in the file (prices and
tiers of a model) is flat here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

from spend.domain.money import NANOS_PER_DOLLAR, divide, to_dollars

# The day from which a tier holds that is given without one: before any call can be.
ALWAYS = date(2000, 1, 1)

CONTRACT, CATALOGUE = "contract", "catalogue"

# What a fixed cost is of.
SELF_HOSTED, FINE_TUNING, LICENCE = "self_hosted", "fine_tuning", "licence"
ENGINEERING, BUILD, OTHER = "engineering", "build", "other"
ASSETS = (SELF_HOSTED, FINE_TUNING, LICENCE, ENGINEERING, BUILD, OTHER)

Key = tuple[object, ...]


class Record:
    """What all records have: a section of the file, the fields of their key, and a name for messages."""

    section: ClassVar[str]
    key_fields: ClassVar[tuple[str, ...]]

    @property
    def key(self) -> Key:
        return tuple(getattr(self, name) for name in self.key_fields)

    @property
    def label(self) -> str:
        return str(getattr(self, self.key_fields[0]))


@dataclass(frozen=True)
class Team(Record):
    section = "teams"
    key_fields = ("name",)

    name: str
    cost_centre: str = ""


@dataclass(frozen=True)
class LabourRate(Record):
    """`hourly` as given, or computed from a salary by `hourly_of`."""

    section = "labour_rates"
    key_fields = ("role", "starts_on")

    role: str
    starts_on: date
    hourly: Decimal
    salary: Decimal | None = None
    overhead: Decimal | None = None
    productive_hours: Decimal | None = None

    @property
    def label(self) -> str:
        return f"{self.role} from {self.starts_on}"


@dataclass(frozen=True)
class Tier(Record):
    section = "tiers"
    key_fields = ("name",)

    name: str
    from_blended: Decimal
    claimed_fail_rate: Decimal | None = None


@dataclass(frozen=True)
class Model(Record):
    """None: the file does not say, what is there stays (`prices import` and first sight fill these in too)."""

    section = "models"
    key_fields = ("provider", "name")

    provider: str
    name: str
    aliases: tuple[str, ...] | None = None
    weights: str | None = None
    hosting: str | None = None
    free: bool | None = None

    @property
    def label(self) -> str:
        return name_of(self.provider, self.name)


@dataclass(frozen=True)
class ModelTier(Record):
    section = "models"
    key_fields = ("provider", "name", "starts_on")

    provider: str
    name: str
    starts_on: date
    tier: str
    derived: bool = False

    @property
    def label(self) -> str:
        since = "" if self.starts_on == ALWAYS else f" from {self.starts_on}"
        return f"{name_of(self.provider, self.name)} tier{since}"


@dataclass(frozen=True)
class ModelPrice(Record):
    """USD per million tokens. `reference` says where it was read; a catalogue price with one is an imported one."""

    section = "models"
    key_fields = ("provider", "name", "source", "service_tier", "starts_on", "context_over")

    provider: str
    name: str
    starts_on: date
    source: str = CONTRACT
    service_tier: str = "standard"
    context_over: int = 0
    ends_on: date | None = None
    input: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None
    output: Decimal | None = None
    free: bool = False
    reference: str = ""

    @property
    def label(self) -> str:
        over = f" over {self.context_over} tokens" if self.context_over else ""
        model = name_of(self.provider, self.name)
        return f"{model} {self.source} price {self.service_tier}{over} from {self.starts_on}"

    @property
    def is_imported(self) -> bool:
        return self.source == CATALOGUE and self.reference != ""


@dataclass(frozen=True)
class TaskType(Record):
    section = "task_types"
    key_fields = ("name",)

    name: str
    manual_minutes: Decimal | None = None
    role: str = ""
    value: Decimal | None = None
    acceptance_days: int | None = None
    complexity_at_intake: bool = False


@dataclass(frozen=True)
class FixedCost(Record):
    """`model` is `provider/name`; as it stands in a file it may be the bare name (see `rules.resolve`).

    Of `hours` of a `role`, `rules.resolve` gives `hourly` and `amount`; a file states the amount or the hours.
    """

    section = "fixed_costs"
    key_fields = ("name",)

    name: str
    starts_on: date
    ends_on: date
    amount: Decimal
    kind: str = "compute"
    abandoned_on: date | None = None
    team: str = ""
    tier: str = ""
    model: str = ""
    asset: str = OTHER
    hours: Decimal | None = None
    role: str = ""
    hourly: Decimal | None = None


@dataclass(frozen=True)
class Reference:
    """All reference data, or as much of it as a file gives. In the order in which it is written."""

    teams: tuple[Team, ...] = ()
    labour_rates: tuple[LabourRate, ...] = ()
    tiers: tuple[Tier, ...] = ()
    models: tuple[Model, ...] = ()
    model_tiers: tuple[ModelTier, ...] = ()
    model_prices: tuple[ModelPrice, ...] = ()
    task_types: tuple[TaskType, ...] = ()
    fixed_costs: tuple[FixedCost, ...] = field(default=())

    def records(self) -> Iterator[Record]:
        for part in fields(self):
            yield from getattr(self, part.name)


def name_of(provider: str, name: str) -> str:
    """Return how messages call a model."""
    return f"{provider}/{name}" if provider else name


def full_name(provider: str, name: str) -> str:
    """Return the name that means one model only: a model without provider begins with the slash."""
    return f"{provider}/{name}"


def hourly_of(salary: Decimal, overhead: Decimal, productive_hours: Decimal) -> Decimal:
    """Return salary x (1 + overhead) / productive hours in dollars, rounded half even once to a nano-dollar."""
    rate = Fraction(salary) * (1 + Fraction(overhead)) / Fraction(productive_hours) * NANOS_PER_DOLLAR
    return to_dollars(divide(rate.numerator, rate.denominator))


def amount_of(hours: Decimal, hourly: Decimal) -> Decimal:
    """Return hours x dollars per hour, rounded half even once to a nano-dollar."""
    amount = Fraction(hours) * Fraction(hourly) * NANOS_PER_DOLLAR
    return to_dollars(divide(amount.numerator, amount.denominator))


def over(wanted: Record, current: Record) -> Record:
    """Return `wanted` with what it leaves open as it is in `current`; aliases are added, never taken away."""
    if not (isinstance(wanted, Model) and isinstance(current, Model)):
        return wanted
    known = current.aliases or ()
    return replace(
        wanted,
        aliases=(*known, *(alias for alias in wanted.aliases or () if alias not in known)),
        weights=current.weights if wanted.weights is None else wanted.weights,
        hosting=current.hosting if wanted.hosting is None else wanted.hosting,
        free=current.free if wanted.free is None else wanted.free,
    )
