"""What a call cost by LiteLLM's account: what the company pays, not what its proxy passes on inside."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from spend.ingest import fields
from spend.ingest.litellm.payload import Fields, Payload, Unfit, part, text
from spend.ingest.litellm.usage import Tokens

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_read = fields.decimal(most=10**6, places=18, rounds=True)  # of floats; the cost itself is rounded once, by its rule
_NOTES = {
    "tool_usage_cost": "litellm.tool_cost_usd",
    "guardrail_cost": "litellm.guardrail_cost_usd",
    "discount_amount": "litellm.discount_usd",
    "margin_total_amount": "litellm.margin_usd",
}
ZERO = Decimal(0)


def cost_of(payload: Payload, tokens: Tokens) -> Decimal | None:
    """Return the cost, None where LiteLLM does not know it. Raises Unfit for an amount that is none.

    A discount is what the provider grants, so it stays taken off; a margin is what the proxy adds for those inside,
    so it is taken out. Tools and guardrails are paid for, so they stay in. 0 is no cost where LiteLLM says that it
    found no price, nor where no tokens are known.
    """
    breakdown = part(payload, "cost_breakdown")
    stated = _amount(payload, "response_cost")
    if stated is None:
        stated = _amount(breakdown, "total_cost")
    if stated:
        return stated - (_amount(breakdown, "margin_total_amount") or ZERO)
    is_known = stated is not None and (tokens.are_stated or is_moderation(payload))
    return ZERO if is_known and not _has_failed_to_price(payload) else None


def cost_notes(payload: Payload) -> Fields:
    """Return the parts of the cost worth a note, and why there is none."""
    breakdown = part(payload, "cost_breakdown")
    notes: Fields = {
        ours: float(amount) for theirs, ours in _NOTES.items() if (amount := _amount(breakdown, theirs)) is not None
        and amount
    }  # fmt: skip
    if reason := text(part(payload, "zero_cost_diagnostic"), "reason"):
        notes["litellm.zero_cost"] = reason[:60]
    return notes


def guardrail_cost(payload: Payload) -> Decimal:
    """Return what guarding cost: all there is to pay for an answer from LiteLLM's own cache."""
    return _amount(part(payload, "cost_breakdown"), "guardrail_cost") or ZERO


def saved(payload: Payload, tokens: Tokens) -> Fields:
    """Return as notes what an answer from LiteLLM's own cache would have taken."""
    notes: Fields = {"litellm.cache_hit": True}
    if tokens.are_stated:
        notes["litellm.saved_input_tokens"] = tokens.total - (tokens.output or 0)
        notes["litellm.saved_output_tokens"] = tokens.output or 0
    if amount := _amount(payload, "saved_cache_cost"):
        notes["litellm.saved_cost_usd"] = float(amount)
    return notes


def is_moderation(payload: Payload) -> bool:
    """Moderation is free where LiteLLM offers it, and states no tokens."""
    return payload.get("call_type") in ("moderation", "amoderation")


def _has_failed_to_price(payload: Payload) -> bool:
    return bool(payload.get("zero_cost_diagnostic") or payload.get("response_cost_failure_debug_info"))


def _amount(payload: Payload, name: str) -> Decimal | None:
    value = payload.get(name)
    if value is None:
        return None
    try:
        read: Decimal = _read(value, _EPOCH)
    except ValueError as error:
        raise Unfit(name, str(error)) from None
    return read
