"""Try refused items again: through the reader and the action of their kind, as if they came now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import msgspec

from accounts.domain.reach import Reach
from audits.actions.records import record_corrections, record_incidents
from spend.actions.calls import record_calls
from spend.actions.outcomes import record_outcomes
from spend.actions.rejected import settle_retried
from spend.ingest.mapping import SourceKind
from spend.ingest.reading import read_item
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item, Kind
from spend.models import RejectedItem
from spend.queries.zone import reporting_day

SCOPES: dict[str, str] = {"call": "ingest", "outcome": "ingest", "correction": "audit", "incident": "audit"}
AT_ONCE = 1_000


@dataclass
class Retried:
    """What became of items this time. `refused` by the reason that stands now."""

    accepted: int = 0
    duplicates: int = 0
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unkept: int = 0  # of which too little is kept


def formats_of(reach: Reach) -> list[str]:
    """Return what somebody may write, and so may try again or dismiss; what could not be read, with calls."""
    formats = [name for name, scope in SCOPES.items() if reach.may(scope)]
    return [*formats, ""] if reach.may("ingest") else formats


def retry(items: Iterable[RejectedItem], *, at: datetime, by: int | None = None) -> Retried:
    """Record them in the teams of those who sent them; taken ones are let go, the others keep the reason of now."""
    done = Retried()
    groups: dict[tuple[str, str, int | None], list[RejectedItem]] = defaultdict(list)
    for item in items:
        if item.content is None:
            done.unkept += 1
        else:
            groups[item.format, item.kind, item.team_id].append(item)
    for rows in groups.values():
        for start in range(0, len(rows), AT_ONCE):
            _retry(rows[start : start + AT_ONCE], done, at, by)
    return done


def _retry(rows: Sequence[RejectedItem], done: Retried, at: datetime, by: int | None) -> None:
    """All of one kind, way and team."""
    first = rows[0]
    read = [
        read_item(row.content, kind=cast(Kind, first.format), index=at_row, at=at) for at_row, row in enumerate(rows)
    ]
    good = [msgspec.structs.replace(item, emitter=rows[item.index].name) for item in read if isinstance(item, Item)]
    reach = None if first.team_id is None else frozenset({first.team_id})
    receipt = _RECORD[first.format](good, reach, at, cast(SourceKind, first.kind), by) if good else Receipt()
    problems = [*receipt.rejected, *(item for item in read if not isinstance(item, Item))]
    refused = {rows[problem.index].pk: problem.errors for problem in problems}
    settle_retried(gone=[row.pk for row in rows if row.pk not in refused], refused=refused)
    done.accepted += receipt.accepted
    done.duplicates += receipt.duplicates
    for errors in refused.values():
        name, sentences = next(iter(errors.items()))
        done.refused[f"{name} {sentences[0]}"] += 1


Recording = Callable[[Sequence[Item], frozenset[int] | None, datetime, SourceKind, int | None], Receipt]


def _calls(items: Sequence[Item], reach: Any, at: datetime, kind: SourceKind, by: int | None) -> Receipt:
    return record_calls(items=items, reach=reach, at=at, kind=kind)


def _outcomes(items: Sequence[Item], reach: Any, at: datetime, kind: SourceKind, by: int | None) -> Receipt:
    return record_outcomes(items=items, reach=reach, at=at)


def _corrections(items: Sequence[Item], reach: Any, at: datetime, kind: SourceKind, by: int | None) -> Receipt:
    return record_corrections(items=items, reach=reach, at=at, today=reporting_day(at), by=by)


def _incidents(items: Sequence[Item], reach: Any, at: datetime, kind: SourceKind, by: int | None) -> Receipt:
    return record_incidents(items=items, reach=reach, at=at, today=reporting_day(at), by=by)


_RECORD: dict[str, Recording] = {
    "call": _calls, "outcome": _outcomes, "correction": _corrections, "incident": _incidents,
}  # fmt: skip
