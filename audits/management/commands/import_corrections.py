from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser

from audits.actions.records import record_corrections
from spend.imports import ImportCommand
from spend.ingest.bodies import Readable
from spend.ingest.people.files import read_export
from spend.ingest.people.profile import PROFILE_KINDS
from spend.ingest.people.reading import LeftOut, PeoplesRows
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item, Problem
from spend.queries.mappings import profile_of
from spend.queries.zone import reporting_day, reporting_zone


class Command(ImportCommand):
    kind = "correction"

    def record(self, items: Sequence[Item], reach: frozenset[int] | None, at: datetime) -> Receipt:
        return record_corrections(items=items, reach=reach, at=at, today=reporting_day(at))

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--profile", choices=PROFILE_KINDS, help="an export of this kind, read by the mapping stored for it"
        )
        parser.add_argument(
            "--role", default="", help="with --profile: whose time it is where the mapping does not say"
        )

    def read(
        self, file: Readable, reach: frozenset[int] | None, at: datetime, options: Mapping[str, Any]
    ) -> Iterable[Item | Problem]:
        kind = options["profile"]
        if kind is None:
            return super().read(file, reach, at, options)
        rows = PeoplesRows(kind, profile_of(kind, reach), at, reporting_zone(), options["role"])
        return self._kept(read_export(file, rows))

    def _kept(self, reads: Iterable[Item | Problem | LeftOut]) -> Iterator[Item | Problem]:
        """Return what is of concern, and say at the end what was left out, and why."""
        left_out: Counter[str] = Counter()
        for one in reads:
            if isinstance(one, LeftOut):
                left_out[one.why] += 1
            else:
                yield one
        for why, rows in sorted(left_out.items()):
            self.stdout.write(f"{rows:,} left out: {why}.")
