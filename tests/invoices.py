"""October of two providers, and their invoices: what is logged, what is billed, and how they differ by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from spend.domain.money import to_nanos
from spend.domain.periods import Month
from spend.domain.reconciling.records import CHARGES
from spend.models import Bill, BillLine, Llm
from tests.build import have_reference, record
from tests.cast import NOON

OCTOBER = Month(2026, 10)
REFERENCE = """
teams: [{name: Claims}, {name: Support}]
tiers: [{name: frontier, from_blended: 4.00}, {name: commodity, from_blended: 0.00}]
models:
  - {provider: openai, name: astra, tier: frontier, prices: [{from: 2026-01-01, input: 2, cache_read: 0.5, output: 10}]}
  - {provider: openai, name: mini, tier: commodity, prices: [{from: 2026-01-01, input: 1, output: 4}]}
  - {provider: acme, name: nova, tier: commodity, prices: [{from: 2026-01-01, input: 1, output: 1}]}
"""

# Day, model, kind of token or charge, tokens, dollars. As logged, but for a fifth more output of astra that nobody
# logged, 60,000 x $10 per million = $0.60, and a fee of $5.00.
INVOICE = [
    (5, "astra", "input", 3_000_000, "6.00"),
    (6, "astra", "cache_read", 2_000_000, "1.00"),
    (6, "astra", "output", 360_000, "3.60"),
    (7, "mini", "input", 1_000_000, "1.00"),
    (7, "", "fee", None, "5.00"),
]


def have_october() -> None:
    """OpenAI: $10.00 of astra, of Claims and Support, and $1.00 of mini. Acme: $3.00."""
    have_reference(REFERENCE, at=NOON)
    calls = [
        call("a", "astra", 5, input_tokens=3_000_000),
        call("b", "astra", 6, team="Support", cache_read_tokens=2_000_000),
        call("c", "astra", 6, team="Support", output_tokens=300_000),
        call("d", "mini", 7, input_tokens=1_000_000),
        call("e", "nova", 7, provider="acme", input_tokens=3_000_000),
    ]
    assert record("call", *calls, at=NOON).accepted == len(calls)


def call(name: str, model: str, day: int, *, team: str = "Claims", provider: str = "openai", **said: Any) -> Any:
    """A call of October on the wire."""
    at = f"2026-10-{day:02d}T09:00:00Z"
    return {"id": name, "occurred_at": at, "model": model, "provider": provider, "team": team, **said}


def bill(*lines: tuple[int, str, str, int | None, str | None], provider: str = "openai", **options: Any) -> Bill:
    """Have an invoice of October with these lines."""
    span = {
        "imported_at": NOON,
        "first_day": date(2026, 10, 1),
        "end_day": date(2026, 11, 1),
        "kind": "csv",
        "raw": b"",
        "digest": b"",
    }
    made = Bill.objects.create(provider=provider, **span | options)
    for day, model, kind, quantity, amount in lines:
        BillLine.objects.create(
            bill=made,
            day=date(2026, 10, day),
            provider=provider,
            llm=Llm.objects.filter(provider=provider, name=model).first(),
            model_text=model,
            token_kind="" if kind in CHARGES else kind,
            charge_category=kind if kind in CHARGES else "usage",
            quantity=quantity,
            amount=None if amount is None else Decimal(amount),
            amount_nanos=None if amount is None else to_nanos(Decimal(amount)),
        )
    return made
