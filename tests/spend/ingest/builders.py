"""Plain builders: a good record of each kind as the wire has it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, settings

from spend.ingest.native import Decoded, decode
from spend.ingest.records import Item, Kind, Problem, Record

# Two cores shared with a database are slow at times; that is no fault of what is tested.
calmly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

AT = datetime(2026, 10, 2, 12, tzinfo=UTC)

GOOD: dict[str, dict[str, Any]] = {
    "call": {"id": "c-1", "occurred_at": "2026-10-01T12:00:00Z", "model": "gpt-5"},
    "outcome": {"task": "claim-1", "outcome": "success"},
    "correction": {
        "id": "k-1",
        "worked_on": "2026-10-01",
        "minutes": 12.5,
        "role": "adjuster",
        "activity": "fix",
        "task": "claim-1",
    },
    "incident": {
        "id": "i-1",
        "title": "Wrong payout",
        "severity": "critical",
        "occurred_on": "2026-09-30",
        "loss_usd": "250000.00",
        "tasks": [{"task": "claim-1"}],
    },
}


def wire(kind: Kind, **changes: Any) -> dict[str, Any]:
    return {**GOOD[kind], **changes}


def body(kind: Kind, *records: Any) -> bytes:
    return json.dumps({f"{kind}s": list(records)}).encode()


def decoded(kind: Kind, *records: Any) -> Decoded:
    return decode(body(kind, *records), kind, AT)


def item(kind: Kind, **changes: Any) -> Item:
    result = decoded(kind, wire(kind, **changes))
    assert result.problems == []
    return result.items[0]


def record(kind: Kind, **changes: Any) -> Record:
    return item(kind, **changes).record


def digest(kind: Kind, **changes: Any) -> bytes:
    return item(kind, **changes).digest


def problem_in(text: bytes, kind: Kind = "call", *, ndjson: bool = False) -> Problem:
    """Decode a body whose only item is refused."""
    result = decode(text, kind, AT, ndjson=ndjson)
    assert result.items == []
    return result.problems[0]


def errors(kind: Kind, **changes: Any) -> dict[str, list[str]]:
    return problem_in(body(kind, wire(kind, **changes)), kind).errors
