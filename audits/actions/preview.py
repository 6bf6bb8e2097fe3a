"""What a correction would add to the ledger, before anybody saves it: the same rules, nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.conf import settings

from audits.actions.records import corrections_to_be
from audits.domain.attribution import EntryDraft, Policy, correction_entries
from audits.models import Correction
from audits.queries.placing import lookups
from audits.queries.sources import as_sources
from spend.ingest.records import Item, Problem


@dataclass(frozen=True)
class Preview:
    """The row and its entries; or why it would be refused."""

    row: Correction | None
    entries: Sequence[EntryDraft]
    problem: Problem | None = None

    @property
    def amount(self) -> int:
        return sum(entry.amount for entry in self.entries)


def preview_correction(*, item: Item, reach: frozenset[int] | None) -> Preview:
    """Return what `record_corrections` would post for this item."""
    rows, receipt = corrections_to_be(items=[item], reach=reach)
    if not rows:
        return Preview(None, (), receipt.rejected[0])
    [source] = as_sources(rows)
    policy = cast(Policy, settings.ATTRIBUTION_POLICY)
    return Preview(rows[0], correction_entries(source, lookups(), policy))
