"""Switches in words."""

from __future__ import annotations

from audits.domain.decisions.switches import Effect
from spend.templatetags.figures import plain_money


def switch_sentence(found: Effect) -> str:
    """Say what a switch saved in tokens, and what its largest incident ate of that."""
    saved = f"{'Saved' if found.saving >= 0 else 'Spent'} {plain_money(abs(found.saving), 2)} a month"
    more = "" if found.saving >= 0 else " more"
    if not found.largest:
        return f"{saved}{more}; no incident since."
    eaten = "" if found.eaten is None else f": {found.eaten:,.1f} months of saving"
    return f"{saved}{more}, lost {plain_money(found.largest, 2)}{eaten}."
