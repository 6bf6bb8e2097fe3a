"""Why a month cannot be closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audits.domain.checklist import NONE_WAIVED, Item, blocking, may_waive, warnings


class CannotClose(Exception):
    """The month is not over, or not the next one, or something stands in the way; the message says what."""


def require_draftable(items: Sequence[Item], waivers: Mapping[str, str] = NONE_WAIVED) -> dict[str, str]:
    """Return the waivers that are of something. Raises CannotClose where anything blocks that nobody waived."""
    if found := blocking(items, waivers):
        raise CannotClose(f"The checklist says no: {_named(found)}.")
    return {item.key: waivers[item.key] for item in items if may_waive(item)}


def require_signable(items: Sequence[Item], waivers: Mapping[str, str], reason: str) -> dict[str, str]:
    """As for a draft; what warns wants a reason too."""
    kept = require_draftable(items, waivers)
    if (found := warnings(items)) and not reason:
        raise CannotClose(f"The checklist warns: {_named(found)}. Say why the month is closed all the same.")
    return kept


def _named(items: Sequence[Item]) -> str:
    return ", ".join(f"{item.key} ({item.about})" if item.about else item.key for item in items)
