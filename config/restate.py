"""The one place that says what follows from a change of reference data, for commands and pages."""

from __future__ import annotations

from datetime import datetime

from audits.actions.restate import restate as restate_ledger
from spend.actions.reprice import reprice
from spend.domain.reference.changed import Changed
from spend.queries.zone import reporting_day


def restate(changed: Changed, *, at: datetime) -> None:
    """Compute again, in the caller's transaction, what was computed with the old values; masses of calls by a job."""
    if not changed:
        return
    reprice(prices=changed.prices, tiers=changed.tiers, at=at)
    restate_ledger(changed, at=at, today=reporting_day(at))
