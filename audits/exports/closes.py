"""A close as plain values: who drafted, signed and reopened it, and its digest."""

from __future__ import annotations

from typing import Any

from accounts.queries import shown_name
from audits.models import Close
from spend.domain.money import to_text
from spend.domain.periods import Month

_INSTANTS = ("drafted_at", "closed_at", "reopened_at")
_NAMES = ("drafted_by", "closed_by", "reopened_by", "accrued_by")
_NANOS = ("accrued", "accrual_proposed")
_TEXTS = ("state", "basis", "policy_version", "reason", "reopen_reason", "accrual_reason", "digest")


def told_close(close: Close, *, reader: str) -> dict[str, Any]:
    """Return a close as the API answers it, with people as `reader` may know them."""
    instants = {name: getattr(close, name) for name in _INSTANTS}
    people = {name: getattr(close, name) for name in _NAMES}
    return {
        "first_month": str(Month.of(close.first_month)),
        "month": str(Month.of(close.month)),
        **{name: getattr(close, name) for name in _TEXTS},
        **{name: at.isoformat() if at else None for name, at in instants.items()},
        **{name: shown_name(by, is_reader=by == reader) if by else "" for name, by in people.items()},
        "waivers": close.waivers,
        **{name: to_text(nanos) if (nanos := getattr(close, name)) is not None else None for name in _NANOS},
        "inputs": close.inputs or {},
    }
