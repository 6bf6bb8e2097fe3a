"""Rows of a spreadsheet as corrections: what would become of each, what it costs, and saving the good ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from django.conf import settings

from audits.actions.incident_preview import Target, by_target
from audits.actions.records import corrections_dry, record_corrections
from audits.domain.attribution import Policy, correction_entries
from audits.models import Correction
from audits.queries.placing import lookups
from audits.queries.sources import as_sources
from spend.ingest.pasted import Row
from spend.ingest.receipt import Receipt


@dataclass(frozen=True)
class Good:
    """A row that can be saved, and what it costs in nanos."""

    row: Row
    correction: Correction
    amount: int


@dataclass(frozen=True)
class Checked:
    """The rows of a table by what would become of them; `adds`: what the good ones cost whom."""

    good: list[Good]
    known: list[Row]
    bad: list[Row]
    adds: dict[Target, int]

    @property
    def amount(self) -> int:
        return sum(self.adds.values())


def check_rows(rows: Sequence[Row], *, reach: frozenset[int] | None) -> Checked:
    """Say what `save_rows` would do, and what it would cost. Writes nothing."""
    dry = corrections_dry(items=[row.item for row in rows if row.item], reach=reach)
    refused = {problem.index: problem.errors for problem in dry.receipt.rejected}
    stated = [(row, dry.rows[row.place]) for row in rows if row.place in dry.rows]
    policy, found = cast(Policy, settings.ATTRIBUTION_POLICY), lookups()
    sources = as_sources([correction for _, correction in stated])
    entries = [correction_entries(source, found, policy) for source in sources]
    good = [
        Good(row, correction, sum(entry.amount for entry in made))
        for (row, correction), made in zip(stated, entries, strict=True)
    ]
    bad = [
        replace(row, item=None, errors=row.errors | refused.get(row.place, {}))
        for row in rows
        if row.item is None or row.place in refused
    ]
    known = [row for row in rows if row.place in dry.known]
    return Checked(good, known, bad, by_target(entry for made in entries for entry in made))


def save_rows(
    rows: Sequence[Row], *, reach: frozenset[int] | None, at: datetime, today: date, by: int | None
) -> Receipt:
    """Record the rows that are good, all in one transaction; the others stay for mending."""
    items = [row.item for row in rows if row.item]
    return record_corrections(items=items, reach=reach, at=at, today=today, by=by)
