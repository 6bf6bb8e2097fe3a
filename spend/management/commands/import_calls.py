from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from spend.actions.calls import record_calls
from spend.imports import ImportCommand
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item


class Command(ImportCommand):
    kind = "call"

    def record(self, items: Sequence[Item], reach: frozenset[int] | None, at: datetime) -> Receipt:
        return record_calls(items=items, reach=reach, at=at, kind="import")
