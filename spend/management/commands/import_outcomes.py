from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from spend.actions.outcomes import record_outcomes
from spend.imports import ImportCommand
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item


class Command(ImportCommand):
    kind = "outcome"

    def record(self, items: Sequence[Item], reach: frozenset[int] | None, at: datetime) -> Receipt:
        return record_outcomes(items=items, reach=reach, at=at)
