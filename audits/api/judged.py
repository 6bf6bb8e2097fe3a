"""Outcomes and corrections that evaluations are, recorded: shared by the doors that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.domain.reach import Reach
from audits.actions.records import record_corrections
from spend.api import Outcomes
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item, Outcome
from spend.queries.zone import reporting_day

NEEDS_AUDIT = "is a verdict or rework of a person: that needs the scope `audit`"


def record_judged(items: Sequence[Item], reach: Reach, at: datetime, *, by: int | None = None) -> Receipt:
    """Record them; who may not write corrections has those refused, and the outcomes taken."""
    outcomes = [item for item in items if isinstance(item.record, Outcome)]
    corrections = [item for item in items if not isinstance(item.record, Outcome)]
    receipt = Receipt()
    if outcomes:
        receipt.merge(Outcomes().record(outcomes, reach, at))
    if corrections and reach.may("audit"):
        today = reporting_day(at)
        receipt.merge(record_corrections(items=corrections, reach=reach.team_ids, at=at, today=today, by=by))
    elif corrections:
        for item in corrections:
            record: Any = item.record
            receipt.reject(item.index, record.id, "record", NEEDS_AUDIT)
    return receipt
