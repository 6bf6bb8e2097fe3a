"""Change a correction or take it back: a new version under the identity it has for ever (R13), with the reason."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from audits.actions.records import Origin, record_corrections
from audits.models import Correction
from spend.ingest.identity import key_of
from spend.ingest.reading import read_item
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item, Problem
from spend.queries.owners import call_owners, task_owners

UNDONE = "undone right after it was saved"
FOREIGN = "belongs to another team than this record"


def next_version(latest: Correction) -> dict[str, Any]:
    """Return the fields of the next version that say which record it is of; null is the same as absent."""
    team = latest.team.name if latest.team and _is_given_to_its_team(latest) else None
    return {"id": latest.external_id, "version": latest.version + 1, "team": team}


def _is_given_to_its_team(row: Correction) -> bool:
    """Whether its identity is of its team; what was sent without a team and linked since is of none (R12)."""
    return row.team_id is not None and key_of("correction", row.team_id, row.external_id) == row.identity


def _reach_of(latest: Correction) -> frozenset[int] | None:
    """Return whom its next version is written for: the team in its identity, or whoever it links to."""
    return frozenset({latest.team_id}) if latest.team_id is not None and _is_given_to_its_team(latest) else None


def _foreign(latest: Correction, item: Item) -> Problem | None:
    """A record without a team may link anywhere; once it has linked, it stays with that team."""
    if latest.team_id is None or _is_given_to_its_team(latest):
        return None
    record: Any = item.record
    for field, owners in (("task", task_owners), ("call", call_owners)):
        name = getattr(record, field, None)
        found = owners([name], None).get(name, []) if name else []
        if found and latest.team_id not in found:
            return Problem(item.index, record.id, {field: [FOREIGN]})
    return None


def revise(*, latest: Correction, item: Item, at: datetime, today: date, by: int | None) -> Receipt:
    """Write the next version of `latest`, whose owner the caller has let this person change.

    What a one-tap verdict took stays known for as long as its minutes stand.
    """
    if problem := _foreign(latest, item):
        return Receipt(rejected=[problem])
    record: Any = item.record
    is_tap = latest.tap_minutes is not None and getattr(record, "minutes", None) == latest.minutes
    origin = Origin(by, tap_minutes=latest.tap_minutes, drawn=latest.drawn) if is_tap else Origin(by)
    return record_corrections(items=[item], reach=_reach_of(latest), at=at, today=today, origin=origin)


def withdraw(*, latest: Correction, reason: str, at: datetime, today: date, by: int | None) -> Receipt:
    """Take a correction back; a second time changes nothing."""
    if latest.withdrawn:
        return Receipt(duplicates=1)
    raw = {**next_version(latest), "withdrawn": True, "reason": reason}
    read = read_item(raw, kind="correction", index=0, at=at)
    if isinstance(read, Problem):
        return Receipt(rejected=[read])
    return record_corrections(items=[read], reach=_reach_of(latest), at=at, today=today, origin=Origin(by))
