from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from audits.actions.records import record_incidents
from spend.imports import ImportCommand
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item
from spend.queries.zone import reporting_day


class Command(ImportCommand):
    kind = "incident"

    def record(self, items: Sequence[Item], reach: frozenset[int] | None, at: datetime) -> Receipt:
        return record_incidents(items=items, reach=reach, at=at, today=reporting_day(at))
