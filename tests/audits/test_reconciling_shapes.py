"""A bill of each shape beside the same kind of calls, and what explains the difference, worked out by hand.

Our prices, USD per million tokens: astra of OpenAI 2.00 input, 0.50 cache read, 10.00 output; claude-x of Anthropic
3.00, 0.30, 3.75 cache write, 15.00; small-1 of AWS 1.00 and 1.50. All calls are of 5 October.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Team
from audits.actions.reconciling import compare
from spend.actions.bills import draft, import_bill, valued
from spend.domain.money import to_dollars
from spend.domain.periods import Month, Period
from spend.ingest.bills.records import Line, Statement
from tests.bills import anthropic, focus, focus_row, openai_cost, openai_costs, openai_usage
from tests.build import have_reference, record
from tests.cast import NOON

OCTOBER = Month(2026, 10)
REFERENCE = """
models:
  - {provider: openai, name: astra, prices: [{from: 2026-01-01, input: 2, cache_read: 0.5, output: 10}]}
  - provider: anthropic
    name: claude-x
    prices: [{from: 2026-01-01, input: 3, cache_read: 0.3, cache_write: 3.75, output: 15}]
  - {provider: aws, name: small-1, prices: [{from: 2026-01-01, input: 1, output: 1.5}]}
"""
# Thousands of tokens of each kind: uncached, cache read, cache write, output.
LOGGED = {
    "openai": ("astra", (1000, 400, 0, 100)),  # 2.00 + 0.20 + 1.00 = 3.20
    "anthropic": ("claude-x", (1000, 1000, 0, 100)),  # 3.00 + 0.30 + 1.50 = 4.80
    "aws": ("small-1", (10_000, 0, 0, 2200)),  # 10.00 + 3.30 = 13.30
}
KINDS = ("input", "cache_read", "cache_write", "output")


def cost(token_type: str | None, cents: str, **said: Any) -> dict[str, Any]:
    model = "claude-x" if token_type else None
    return {"amount": cents, "currency": "USD", "cost_type": "tokens", "model": model, "token_type": token_type, **said}


OPENAI_COSTS = openai_costs(
    openai_cost("2.4", "astra, input_tokens", 1_200_000, "tokens"),
    openai_cost("0.2", "astra, cached_input_tokens", 400, "1000_tokens"),
    openai_cost("1.1", "astra, output_tokens", 100_000, "tokens"),
    openai_cost("0.25", "web search"),
    openai_cost("-0.5", None),
)
OPENAI_USAGE = openai_usage(
    {"input_tokens": 1_400_000, "input_cached_tokens": 600_000, "output_tokens": 120_000, "model": "astra"}
)
ANTHROPIC_COST = anthropic(
    cost("uncached_input_tokens", "270"),
    cost("cache_creation.ephemeral_5m_input_tokens", "37.5"),
    cost("cache_read_input_tokens", "30"),
    cost("output_tokens", "165"),
    cost(None, "7", cost_type="web_search"),
)
ANTHROPIC_USAGE = anthropic(
    {"uncached_input_tokens": 900_000, "cache_creation": {"ephemeral_5m_input_tokens": 100_000},
     "cache_read_input_tokens": 1_000_000, "output_tokens": 110_000, "model": "claude-x"}
)  # fmt: skip
FOCUS = focus(
    focus_row("12.50", quantity="10000000"),
    focus_row("3.25", meter="Output tokens", quantity="2", unit="1M Tokens"),
    focus_row("20", category="Purchase"),
    focus_row("-1.00", category="Credit"),
    focus_row("2.5", klass="Correction"),
)
EUROS = b"""day,amount,provider,model,token_kind,quantity,category,currency
2026-10-05,2.00,openai,astra,input,1000000,,EUR
2026-10-05,0.20,openai,astra,cache_read,400000,,EUR
2026-10-05,1.00,openai,astra,output,100000,,EUR
2026-10-31,0.60,openai,,,,tax,EUR
"""


@dataclass(frozen=True)
class Shape:
    provider: str
    files: tuple[bytes, ...]
    computed: str
    billed: str
    causes: dict[str, str]
    valued: bool = False


BY_HAND = {
    "OpenAI costs": Shape(
        "openai", (OPENAI_COSTS,), computed="3.20", billed="3.45",
        causes={
            "missing_calls": "0.40",  # 200,000 input x 2.00
            "price": "0.10",  # 100,000 output x (11.00 - 10.00)
            "not_tokens": "0.25",
            "credits": "-0.50",
        },
    ),
    "OpenAI usage alone, at our prices": Shape(
        "openai", (OPENAI_USAGE,), computed="3.20", billed="3.10",
        causes={
            "token_kind": "-0.30",  # 200,000 prompt tokens x (0.50 - 2.00)
            "missing_calls": "0.20",  # 20,000 output x 10.00
        },
        valued=True,
    ),
    "OpenAI costs as one sum, and usage that says of what": Shape(
        "openai", (openai_costs(openai_cost("3.1", None)), OPENAI_USAGE), computed="3.20", billed="3.10",
        causes={"token_kind": "-0.30", "missing_calls": "0.20"},
    ),
    "Anthropic cost and usage": Shape(
        "anthropic", (ANTHROPIC_COST, ANTHROPIC_USAGE), computed="4.80", billed="5.095",
        causes={
            "token_kind": "0.075",  # 100,000 prompt tokens x (3.75 - 3.00)
            "missing_calls": "0.15",  # 10,000 output x 15.00
            "not_tokens": "0.07",
        },
    ),
    "Anthropic cost alone": Shape(
        "anthropic", (ANTHROPIC_COST,), computed="4.80", billed="5.095",
        causes={
            "missing_calls": "0.375",  # cache writes, of which nothing was logged
            "unexplained": "-0.15",  # 1.65 - 1.50 of output, 2.70 - 3.00 of input: no quantities
            "not_tokens": "0.07",
        },
    ),
    "FOCUS": Shape(
        "aws", (FOCUS,), computed="13.30", billed="37.25",
        causes={
            "surplus_calls": "-0.30",  # 200,000 output x 1.50
            "price": "2.75",  # 10,000,000 x (1.25 - 1.00) + 2,000,000 x (1.625 - 1.50)
            "fees": "20",
            "credits": "-1",
            "adjustments": "2.5",
        },
    ),
    "plain CSV in euros at 1.10": Shape(
        "openai", (EUROS,), computed="3.20", billed="4.18",
        causes={
            "price": "0.32",  # a tenth of 3.20
            "taxes": "0.66",
        },
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def calls(claims: Team) -> None:
    have_reference(REFERENCE, at=NOON)
    for provider, (model, thousands) in LOGGED.items():
        tokens = {f"{kind}_tokens": 1000 * count for kind, count in zip(KINDS, thousands, strict=True) if count}
        made = {"id": provider, "occurred_at": "2026-10-05T09:00:00Z", "model": model, "provider": provider, **tokens}
        assert record("call", {**made, "team": "Claims"}, at=NOON).accepted == 1


@pytest.mark.parametrize("shape", BY_HAND.values(), ids=BY_HAND)
def test_a_bill_of_each_shape_is_explained_as_by_hand(shape: Shape) -> None:
    for content in shape.files:
        import_bill(draft(content, rate=Decimal("1.10")), content, by=None, at=NOON)
    causes = {cause: Decimal(amount) for cause, amount in shape.causes.items()}
    assert explained(shape.provider) == (Decimal(shape.computed), Decimal(shape.billed), causes, shape.valued)


def test_an_invoice_of_one_sum_cannot_say_why_it_differs() -> None:
    lines = [
        Line(date(2026, 10, 1), "openai", Decimal("4.00")),
        Line(date(2026, 10, 1), "openai", Decimal("0.76"), category="tax"),
    ]
    statement = Statement("manual", "openai", date(2026, 10, 1), date(2026, 11, 1), lines, number="INV-10")
    import_bill(valued(statement), b"INV-10", by=None, at=NOON)
    causes = {"unexplained": Decimal("0.80"), "taxes": Decimal("0.76")}
    assert explained("openai") == (Decimal("3.20"), Decimal("4.76"), causes, False)


def explained(provider: str) -> tuple[Decimal, Decimal, dict[str, Decimal], bool]:
    [each] = compare(Period(OCTOBER, OCTOBER), at=NOON, provider=provider)
    found = each.found
    assert found.billed is not None
    causes = {cause: to_dollars(amount) for cause, amount in found.causes.amounts().items() if amount}
    return to_dollars(found.computed), to_dollars(found.billed), causes, found.valued
