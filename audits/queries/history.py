"""One correction through its versions: who said what when, why it changed, and what that did to the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.domain.reach import Reach
from audits.models import Correction
from audits.queries import lists
from audits.queries.lists import AT_MOST, Listing
from audits.queries.lists.reading import Row
from audits.queries.recorders import recorder_name


@dataclass(frozen=True)
class Told:
    """A version, by whom as the reader may know it, and the fields in which it differs from the one before."""

    row: Correction
    by: str
    changed: frozenset[str]


@dataclass(frozen=True)
class History:
    """`latest` counts; `stated` is the last version that says something, the same unless it was withdrawn."""

    latest: Correction
    stated: Correction
    versions: list[Told]
    entries: list[Row]

    @property
    def amount_nanos(self) -> int:
        return sum(int(entry["amount_nanos"]) for entry in self.entries)


_COMPARED = (
    "worked_on", "minutes", "role", "activity", "verdict", "cause", "note", "task_name", "call_name", "tier_id",
    "llm_id", "provenance", "withdrawn",
)  # fmt: skip


def correction_of(identity: UUID, *, teams: frozenset[int] | None) -> Correction | None:
    """The guarded door to a correction, in the version that counts: None where there is none or it is a neighbour's."""
    found = Correction.objects.filter(identity=identity, latest=True).select_related("team", "tier", "llm").first()
    return found if found and (teams is None or found.team_id in teams) else None


def history_of(identity: UUID, *, reach: Reach, reader: int | None) -> History | None:
    """Return the versions, the last first, and every entry, reversals too, in order of posting."""
    latest = correction_of(identity, teams=reach.team_ids)
    if latest is None:
        return None
    rows = list(
        Correction.objects.filter(identity=identity)
        .select_related("team", "tier", "llm", "recorded_by")
        .order_by("version")
    )
    stated = next((row for row in reversed(rows) if not row.withdrawn), latest)
    versions = [
        Told(row, recorder_of(row, reader), _changed(before, row))
        for before, row in zip([None, *rows[:-1]], rows, strict=True)
    ]
    entries = lists.entries(Listing("entries", source=identity), limit=AT_MOST).rows[::-1]
    return History(latest, stated, versions[::-1], entries)


def recorder_of(row: Correction, reader: int | None) -> str:
    """Say who recorded a version."""
    person = row.recorded_by
    name = recorder_name(
        person=row.recorded_by_id,
        name=person.get_username() if person else None,
        by_link=row.by_link,
        signer=row.signer,
        reader=reader,
    )
    return name or "an integration"


def _changed(before: Correction | None, row: Correction) -> frozenset[str]:
    """A withdrawal states nothing, so that nothing in it differs but that it is one."""
    if before is None:
        return frozenset()
    if row.withdrawn or before.withdrawn:
        return frozenset({"withdrawn"}) if row.withdrawn != before.withdrawn else frozenset()
    return frozenset(name for name in _COMPARED if getattr(before, name) != getattr(row, name))
