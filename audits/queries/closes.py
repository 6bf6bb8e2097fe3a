"""Which months are closed, and by what."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import connection

from audits import freezing
from audits.models import Close
from spend.domain.periods import Period

STANDINGS = ("open", "draft", "closed", "partly closed")


def open_from() -> date | None:
    """Return the first open month after closed ones, by its first day; None where nothing was closed yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audits_open_from()")
        found: date | None = cursor.fetchone()[0]
    return found


def is_closed(month: date) -> bool:
    """Whether the month that holds this day is closed."""
    first = open_from()
    return first is not None and month < first


def close_of(month: date) -> Close | None:
    """Return the close in force of the month that holds this day."""
    first_day = month.replace(day=1)
    return Close.objects.filter(state=Close.CLOSED, first_month__lte=first_day, month__gte=first_day).first()


def closes_within(period: Period) -> list[Close]:
    """Return the closes in force that months of the period belong to, in order."""
    first, last = period.first.first_day, period.last.first_day
    return list(Close.objects.filter(state=Close.CLOSED, first_month__lte=last, month__gte=first).order_by("month"))


def standing_of(period: Period) -> str:
    """Return where the months of a period stand: open, draft, closed, or partly closed."""
    first, last = period.first.first_day, period.last.first_day
    touching = [
        (state, end)
        for state, begin, end in Close.objects.values_list("state", "first_month", "month")
        if state == Close.CLOSED or (state == Close.DRAFT and begin <= last and end >= first)
    ]
    closed_to = max((end for state, end in touching if state == Close.CLOSED), default=None)
    if closed_to is not None and first <= closed_to:
        return "closed" if last <= closed_to else "partly closed"
    return "draft" if any(state == Close.DRAFT for state, _ in touching) else "open"


def source_of(close: Close) -> UUID:
    """Return the identity that the entries of a close's accrual have as their source."""
    return uuid5(NAMESPACE_OID, f"truecost accrual of close {close.pk}")


def fingerprints_of(close: Close) -> dict[str, str]:
    """Return the SHA-256 of all that a close keeps: its head, its snapshot, each kind of frozen rows."""
    head = {
        name: str(getattr(close, name))
        for name in ("first_month", "month", "basis", "drafted_by", "closed_by", "reason", "policy_version")
    }
    head |= {name: str(value) for name in _SINCE if (value := getattr(close, name))}
    closed_at = close.closed_at.astimezone(UTC).isoformat() if close.closed_at else ""
    return {
        "head": _digest({**head, "closed_at": closed_at}),
        "snapshot": _digest(close.snapshot),
        **{name: freezing.fingerprint_of_frozen(name, close.pk) for name in freezing.KEPT},
    }


# Parts of a head that older closes do not have: named where there is something.
_SINCE = ("waivers", "accrued", "accrual_proposed", "accrual_reason", "accrued_by")


def digest_of(close: Close) -> str:
    """Return the SHA-256 over the close's inputs, which are its own."""
    return _digest(close.inputs)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
