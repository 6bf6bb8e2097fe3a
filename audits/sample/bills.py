"""What providers would have billed for the sample's calls: one to the digit, one for more than was logged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

HEADER = "day,amount,provider,model,token_kind,quantity,category,number,description"
# Of ten days of the second provider's month an eighth of the calls never reached the log; a support plan is a fee.
EXACT, LOOSE = "openai", "anthropic"
_UNLOGGED_FROM, _UNLOGGED_TO = 11, 20
_UNLOGGED = 8
_PLAN = Decimal("40.00")
_FINEST = Decimal("0.000000001")


@dataclass(frozen=True)
class Used:
    """Tokens of a kind that a provider's model used on a day, and what they cost by our prices."""

    day: date
    provider: str
    model: str
    kind: str
    tokens: int
    dollars: Decimal


def bill(provider: str, month: date, used: Iterable[Used]) -> bytes:
    """Return the bill of a provider's month as CSV."""
    number = f"SIMULATED-{provider}-{month:%Y-%m}"
    rows = [_row(each, number) for each in used]
    if provider == LOOSE:
        rows.append(f"{month},{_PLAN},{provider},,,,fee,{number},Support plan")
    return "\n".join([HEADER, *rows, ""]).encode()


def _row(used: Used, number: str) -> str:
    tokens, dollars = used.tokens, used.dollars
    if used.provider == LOOSE and _UNLOGGED_FROM <= used.day.day <= _UNLOGGED_TO:
        more = tokens // _UNLOGGED
        dollars += dollars * more / tokens if tokens else 0
        tokens += more
    amount = dollars.quantize(_FINEST)
    return f"{used.day},{amount:f},{used.provider},{used.model},{used.kind},{tokens},usage,{number},"
