"""What reconciliation says in words: causes and states, for pages and the command line alike."""

from __future__ import annotations

from spend.domain.reconciling.months import Reconciliation

# Cause -> what it is called, and what it means.
CAUSES = {
    "token_kind": (
        "Token kind",
        "Prompt tokens logged as one kind (uncached, cached), billed as another",
    ),
    "missing_calls": ("Missing calls", "Billed and not logged, at the billed price"),
    "surplus_calls": ("Surplus calls", "Logged and not billed, at our price"),
    "price": ("Price", "Other unit prices than ours, on the tokens that both know; calls without a price too"),
    "rounding": ("Rounding", "Less than the unit the provider rounds to, for each billed day"),
    "not_tokens": ("Not tokens", "Use billed by something else than tokens: searches, sessions"),
    "fees": ("Fixed fees", "Charges whatever the use"),
    "credits": ("Credits", "Taken off by the provider"),
    "taxes": ("Tax", "Added to what is billed"),
    "adjustments": ("Adjustments", "Corrections of earlier bills"),
    "unexplained": ("Unexplained", "Billed as a sum, without quantities that would tell missing calls from prices"),
}
UNKNOWN_PROVIDER = "unknown provider"


def provider_name(provider: str) -> str:
    return provider or UNKNOWN_PROVIDER


def state_of(found: Reconciliation) -> str:
    """Say in two words how a provider's month stands."""
    if found.billed is None:
        return "no bill"
    if found.is_within:
        return "reconciled"
    if found.decision is None:
        return "open"
    return "outgrown" if found.is_outgrown else "decided"
