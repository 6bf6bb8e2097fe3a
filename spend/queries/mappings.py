"""The mapping by which what a key sends is read."""

from __future__ import annotations

from spend.ingest.mapping import Mapping, SourceKind
from spend.queries.book import book


def mapping_of(kind: SourceKind, reach: frozenset[int] | None) -> Mapping:
    """Return it for who writes for the teams in `reach`, or with None for all."""
    team = next(iter(reach)) if reach is not None and len(reach) == 1 else None
    return book().mapping_of(kind, team)
