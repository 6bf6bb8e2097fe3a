"""What reconciliation takes: logged use and billed lines of one provider; and how the two are set side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

# Kinds of tokens; the first three are one prompt, told apart by whether it was cached.
PROMPT = ("input", "cache_read", "cache_write")
KINDS = (*PROMPT, "output")

USAGE = "usage"
CHARGES = ("fee", "credit", "tax", "adjustment")  # billed beside usage

# Nano-dollars a token at our own price, by (model, kind): for what was billed and never logged.
Rates = Mapping[tuple[str, str], Fraction]


@dataclass(frozen=True, slots=True)
class Logged:
    """Calls of a model on a day: tokens of one kind and what they cost by our prices, in nano-dollars.

    An empty kind: a cost of calls that state no tokens.
    """

    day: date
    model: str
    kind: str
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of a bill. `day` None: of no one day. An empty `model` or `kind`: the line names none.

    `amount` None: a usage report, which counts without pricing. `quantity` None: an amount without a count.
    """

    day: date | None
    model: str
    kind: str
    category: str
    quantity: int | None
    amount: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Both sides of the finest thing that both name: a model's tokens of a kind, a model, or all of a provider.

    `billed_quantity` None: an amount whose quantity nobody stated. `days`: how many days were billed, each of which
    the provider may have rounded. `rate`: our price of a token where nothing was logged.
    """

    model: str
    kind: str
    logged_quantity: int
    logged_amount: int
    billed_quantity: int | None
    billed_amount: int
    days: int
    rate: Fraction | None = None

    @property
    def difference(self) -> int:
        return self.billed_amount - self.logged_amount

    @property
    def logged_rate(self) -> Fraction:
        """What a token cost by our prices; by the bill's where we have no price of it."""
        if self.logged_quantity:
            return Fraction(self.logged_amount, self.logged_quantity)
        if self.rate is not None:
            return self.rate
        return Fraction(self.billed_amount, self.billed_quantity) if self.billed_quantity else Fraction(0)

    @property
    def billed_rate(self) -> Fraction:
        """What a token was billed at; our price of it where none was billed."""
        return Fraction(self.billed_amount, self.billed_quantity) if self.billed_quantity else self.logged_rate
