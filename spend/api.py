"""JSON in and out of what the machines did: calls and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.api import NeedsScope
from accounts.domain.reach import Reach
from spend.actions.calls import record_calls
from spend.actions.outcomes import record_outcomes
from spend.batches import BatchView, takes
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item


@takes("call")
class CallBatches(BatchView):
    permission_classes = [NeedsScope("ingest")]

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_calls(items=items, reach=reach.team_ids, at=at)


@takes("outcome")
class Outcomes(BatchView):
    permission_classes = [NeedsScope("ingest")]

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_outcomes(items=items, reach=reach.team_ids, at=at)
