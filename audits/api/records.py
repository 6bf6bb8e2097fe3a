"""JSON in: corrections and incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.api import NeedsScope
from accounts.domain.reach import Reach
from audits.actions.records import record_corrections, record_incidents
from spend.batches import BatchView, takes
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item
from spend.queries.zone import reporting_day


@takes("correction")
class CorrectionBatches(BatchView):
    permission_classes = [NeedsScope("audit")]

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_corrections(
            items=items, reach=reach.team_ids, at=at, today=reporting_day(at), by=self.request.user.pk
        )


@takes("incident")
class IncidentBatches(BatchView):
    permission_classes = [NeedsScope("audit")]

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_incidents(
            items=items, reach=reach.team_ids, at=at, today=reporting_day(at), by=self.request.user.pk
        )
