"""An invoice that somebody typed in: one amount of a provider for some days."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from spend.ingest.bills.records import Line, Statement, provider_named

KIND = "manual"


@dataclass(frozen=True)
class Typed:
    """What the form says. `amounts` are (category, amount) that are not 0; the last day is included."""

    provider: str
    number: str
    issued_on: date | None
    first_day: date
    last_day: date
    currency: str
    amounts: tuple[tuple[str, Decimal], ...]
    note: str = ""


def statement_of(typed: Typed) -> Statement:
    """Return the invoice as a statement; its lines are of all its days together, and stand on the first."""
    provider = provider_named(typed.provider, "provider")
    lines = [
        Line(
            day=typed.first_day,
            provider=provider,
            amount=amount,
            category=category,
            description=typed.note,
            currency=typed.currency,
        )
        for category, amount in typed.amounts
    ]
    end_day = date.fromordinal(typed.last_day.toordinal() + 1)
    return Statement(KIND, provider, typed.first_day, end_day, lines, typed.number, typed.issued_on)


def raw_of(typed: Typed) -> bytes:
    """Return it as JSON, to be kept as files are."""
    said = {
        "provider": typed.provider,
        "number": typed.number,
        "issued_on": typed.issued_on and typed.issued_on.isoformat(),
        "first_day": typed.first_day.isoformat(),
        "last_day": typed.last_day.isoformat(),
        "currency": typed.currency,
        "amounts": [{"category": category, "amount": f"{amount:f}"} for category, amount in typed.amounts],
        "note": typed.note,
    }
    return json.dumps(said, indent=1).encode()
