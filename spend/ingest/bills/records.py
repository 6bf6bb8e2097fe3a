"""A bill as read: what it is of, and its lines. Amounts are exact Decimals in the currency of the bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from spend.domain.names import provider_of
from spend.ingest.fields import EARLIEST, UNSTORABLE
from spend.ingest.records import Problem

USAGE, FEE, CREDIT, TAX, ADJUSTMENT = "usage", "fee", "credit", "tax", "adjustment"
CATEGORIES = (USAGE, FEE, CREDIT, TAX, ADJUSTMENT)
TOKEN_KINDS = ("input", "cache_read", "cache_write", "output")
MOST_LINES = 200_000
MOST_PROBLEMS = 100
_COMPANIES = {"amazon web services": "aws", "microsoft": "azure", "microsoft azure": "azure", "google cloud": "google"}
_LARGEST = Decimal(10) ** 12
_FINEST, _FINEST_RATE, _LEAST_RATE = (Decimal(10) ** -digits for digits in (15, 10, 9))
LATEST = datetime(2100, 1, 1, tzinfo=UTC)  # of later days no calendar of ours says anything


class BadBill(Exception):
    """The file as a whole is no bill of this shape."""


class BadValue(ValueError):
    """A field of a line; `field` names it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Line:
    """A charge, or a count of tokens where `amount` is None. `token_kind` empty: of no kind of token."""

    day: date
    provider: str
    amount: Decimal | None = None
    quantity: Decimal | None = None
    model: str = ""
    service_tier: str = ""
    token_kind: str = ""
    category: str = USAGE
    description: str = ""
    currency: str = "USD"


@dataclass(frozen=True)
class Statement:
    """A bill of the days from `first_day` to the one before `end_day`; `provider` is empty where it has several."""

    kind: str
    provider: str
    first_day: date
    end_day: date
    lines: Sequence[Line]
    number: str = ""
    issued_on: date | None = None
    notes: tuple[str, ...] = ()

    @property
    def currency(self) -> str:
        """The currency of its lines; of several, the first."""
        return self.lines[0].currency if self.lines else "USD"

    @property
    def amount(self) -> Decimal | None:
        """What it sums up to in its currency; None where it counts without pricing, or in several currencies."""
        amounts = [line.amount for line in self.lines if line.amount is not None]
        return sum(amounts, Decimal(0)) if amounts and len({line.currency for line in self.lines}) == 1 else None


@dataclass
class Read:
    """What became of a file: a statement, or the problems that stand in its way. Nothing is taken in part."""

    statement: Statement | None = None
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, index: int, error: BadValue) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(index, None, {error.field: [str(error)]}))


def exact(value: Any, name: str) -> Decimal:
    """Return what a text or number says, to 15 decimals: what floats have behind them is no money. Raises BadValue."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise BadValue(name, "must be a number")
    if isinstance(value, str) and ("_" in value or not value.isascii()):  # which Python reads, and no bill means
        raise BadValue(name, "must be a number such as 12.34")
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise BadValue(name, "must be a number such as 12.34") from None
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise BadValue(name, f"must be a number below {_LARGEST:,}")
    return number if number == number.to_integral_value() else number.quantize(_FINEST).normalize()


def count(value: Any, name: str) -> Decimal | None:
    """Return a number of tokens; None where it is absent. Raises BadValue."""
    if value is None or value == "":
        return None
    number = exact(value, name)
    if number < 0:
        raise BadValue(name, "must be >= 0")
    return number


def exchange_rate(value: Any, name: str) -> Decimal:
    """Return USD for one of a currency, to ten decimals. Raises BadValue."""
    rate = exact(value, name)
    if not _LEAST_RATE <= rate <= 1 / _LEAST_RATE:
        raise BadValue(name, f"must be from {_LEAST_RATE:f} to {1 / _LEAST_RATE:f}")
    return rate.quantize(_FINEST_RATE).normalize()


def currency(value: Any, name: str) -> str:
    """Return the code in capitals; USD where it is absent. Raises BadValue."""
    if value is None or value == "":
        return "USD"
    if not isinstance(value, str) or not (code := value.strip().upper()).isascii() or len(code) != 3:
        raise BadValue(name, "must be the three letters of a currency, such as USD")
    if not code.isalpha():
        raise BadValue(name, "must be the three letters of a currency, such as USD")
    return code


def instant(value: Any, name: str) -> datetime:
    """Return a moment in UTC: of a text, which is of UTC where it names no zone, or of seconds. Raises BadValue."""
    try:
        if isinstance(value, str):
            said = datetime.fromisoformat(value.strip().removesuffix(" UTC"))  # as BigQuery ends them
            found = (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
        else:
            found = datetime.fromtimestamp(value, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise BadValue(name, "must be a day such as 2026-10-05") from None
    if not EARLIEST <= found < LATEST:
        raise BadValue(name, f"must be of the years {EARLIEST.year} to {LATEST.year - 1}")
    return found


def day_after(moment: datetime) -> date:
    """Return the first day that is over at no time before `moment`: the end of what ends then."""
    return (moment - timedelta.resolution).date() + timedelta(days=1)


def text(value: Any, name: str, longest: int = 200) -> str:
    """Return a text without ends of blanks; empty where it is absent. Raises BadValue."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadValue(name, "must be a text")
    said = value.strip()
    if len(said) > longest or UNSTORABLE.search(said):
        raise BadValue(name, f"must have at most {longest} characters, none of them NUL or half of one")
    return said


def provider_named(value: Any, name: str) -> str:
    """Return a provider by the name that its calls go by; empty where it is absent. Raises BadValue."""
    said = text(value, name).casefold()
    return _COMPANIES.get(said) or provider_of(said) or said


def token_kind_of(said: str) -> str:
    """Return the kind of token that words such as `cached input tokens` mean; empty where they mean none."""
    words = said.casefold().replace("_", " ").replace("-", " ")
    if "cache" in words and ("write" in words or "creation" in words):
        return "cache_write"
    if "cache" in words and "uncached" not in words:
        return "cache_read"
    if "output" in words or "completion" in words:
        return "output"
    if "input" in words or "prompt" in words:
        return "input"
    return ""
