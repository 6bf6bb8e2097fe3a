"""Record corrections and incidents: in versions, with the entries they cause, all in the one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from audits.actions.ledger import Sources, settle
from audits.actions.rows import Bad, Names, Owned, correction_row, incident_row, names_in
from audits.models import Correction, Incident, IncidentLink
from spend import store as spend_store
from spend.domain import versions
from spend.domain.owners import NoOwner, owner_of
from spend.ingest import records
from spend.ingest.identity import KeyKind, key_of
from spend.ingest.receipt import CONFLICT, Receipt
from spend.ingest.records import Item, Withdrawal
from spend.queries.book import book


@dataclass(frozen=True)
class Origin:
    """How a correction came in, which none can claim on the wire. `by`: the id of the person who records it.

    `tap_minutes`: the median that a one-tap verdict took; `drawn`: it asked for the real minutes.
    """

    by: int | None = None
    by_link: bool = False
    signer: str = ""
    tap_minutes: Decimal | None = None
    drawn: bool = False


def record_corrections(
    *,
    items: Sequence[Item],
    reach: frozenset[int] | None,
    at: datetime,
    today: date,
    by: int | None = None,
    origin: Origin | None = None,
) -> Receipt:
    """Write corrections and their entries, by the person `by`, or as `origin` says."""
    return _record(_CORRECTIONS, items, reach, at, today, origin or Origin(by))


def identity_of(item: Item, *, reach: frozenset[int] | None) -> UUID:
    """Return the identity of a correction that this writer records. Raises NoOwner."""
    record: Any = item.record
    return key_of("correction", owner_of(record.team, reach, book().teams) or 0, record.id)


def corrections_to_be(*, items: Sequence[Item], reach: frozenset[int] | None) -> tuple[list[Correction], Receipt]:
    """Return the rows that `record_corrections` would write, and what it would refuse. Writes nothing."""
    receipt = Receipt()
    owned = _owned("correction", items, reach, receipt)
    made = _made(_CORRECTIONS, owned, names_in(owned, reach), receipt)
    return [row for _, (row, _) in made], receipt


@dataclass(frozen=True)
class Dry:
    """What would become of a batch of corrections: rows by the index of their item; `receipt` says why not the others.

    `known` are the indexes of those that are recorded already.
    """

    rows: dict[int, Correction]
    known: frozenset[int]
    receipt: Receipt


def corrections_dry(*, items: Sequence[Item], reach: frozenset[int] | None) -> Dry:
    """Return what `record_corrections` would do with a batch, what was sent before included. Writes nothing."""
    receipt = Receipt()
    owned = _owned("correction", items, reach, receipt)
    stored = spend_store.digests_of_versions(_CORRECTIONS.table, [record.identity for record in owned])
    batch = versions.sort_versions(owned, stored)
    for record in batch.conflicts:
        receipt.reject(record.item.index, record.record.id, "id", CONFLICT)
    made = _made(_CORRECTIONS, batch.new, names_in(batch.new, reach), receipt)
    rows = {record.item.index: row for record, (row, _) in made}
    return Dry(rows, frozenset(record.item.index for record in batch.duplicates), receipt)


def record_incidents(
    *, items: Sequence[Item], reach: frozenset[int] | None, at: datetime, today: date, by: int | None = None
) -> Receipt:
    """Write incidents with their links and entries."""
    return _record(_INCIDENTS, items, reach, at, today, Origin(by))


def incidents_to_be(
    *, items: Sequence[Item], reach: frozenset[int] | None
) -> tuple[list[tuple[Incident, list[IncidentLink]]], Receipt]:
    """Return the rows that `record_incidents` would write, and what it would refuse. Writes nothing."""
    receipt = Receipt()
    owned = _owned("incident", items, reach, receipt)
    made = _made(_INCIDENTS, owned, names_in(owned, reach), receipt)
    return [row for _, row in made], receipt


@dataclass(frozen=True)
class _Kind:
    """What differs between corrections and incidents."""

    name: KeyKind
    number: int  # for the lock on versions
    table: str
    make: Callable[[Owned, Names], tuple[Any, list[IncidentLink]]]
    save: Callable[[list[tuple[Any, list[IncidentLink]]]], None]
    touched: Callable[[Iterable[UUID]], set[UUID]]


def _record(
    kind: _Kind, items: Sequence[Item], reach: frozenset[int] | None, at: datetime, today: date, origin: Origin
) -> Receipt:
    receipt = Receipt()
    owned = _owned(kind.name, items, reach, receipt)
    with transaction.atomic():
        spend_store.lock_reference_data()
        for team in sorted({record.team or 0 for record in owned}):
            spend_store.lock_versions(kind.number, team)
        stored = spend_store.digests_of_versions(kind.table, [record.identity for record in owned])
        resent = [record for record in owned if record.version in stored.get(record.identity, {})]
        fresh = [record for record in owned if record.version not in stored.get(record.identity, {})]
        linked = spend_store.teams_of_versions(kind.table, [record.identity for record in fresh if record.team is None])
        fresh = [replace(record, former_team=linked.get(record.identity)) for record in fresh]
        made = _made(kind, fresh, names_in(fresh, reach), receipt)
        batch = versions.sort_versions([*resent, *(record for record, _ in made)], stored)
        receipt.duplicates += len(batch.duplicates)
        for record in batch.conflicts:
            receipt.reject(record.item.index, record.record.id, "id", CONFLICT)
        new = {id(record) for record in batch.new}
        touched = kind.touched(batch.superseded)
        spend_store.supersede_versions(kind.table, batch.superseded)
        kind.save([_stamped(record, row, batch, at, origin) for record, row in made if id(record) in new])
        settle(Sources.of(kind.name, list(batch.latest)), at=at, today=today)
        spend_store.mark_keys_dirty(touched | kind.touched(batch.latest))
        if any(record.team is None for record in batch.new):
            spend_store.mark_dirty([(None, today)])  # so that what it names is looked for again after this commit
        receipt.accepted = len(batch.new)
    return receipt


def _owned(kind: KeyKind, items: Sequence[Item], reach: frozenset[int] | None, receipt: Receipt) -> list[Owned]:
    teams = book().teams
    owned = []
    for item in items:
        record = item.record
        if isinstance(record, records.Call | records.Outcome):
            raise TypeError(f"not a {kind}: {record!r}")
        try:
            team = owner_of(record.team, reach, teams)
        except NoOwner as problem:
            receipt.reject(item.index, record.id, "team", str(problem))
            continue
        owned.append(Owned(item, key_of(kind, team or 0, record.id), team))
    return owned


def _made(
    kind: _Kind, owned: Sequence[Owned], names: Names, receipt: Receipt
) -> list[tuple[Owned, tuple[Any, list[IncidentLink]]]]:
    """Return the rows of the records that refer to what exists."""
    made = []
    for record in owned:
        try:
            made.append((record, kind.make(record, names)))
        except Bad as problem:
            receipt.reject(record.item.index, record.record.id, problem.name, str(problem))
    return made


def _stamped(
    record: Owned, row: tuple[Any, list[IncidentLink]], batch: versions.Sorted[Owned], at: datetime, origin: Origin
) -> tuple[Any, list[IncidentLink]]:
    """Complete a row with what its batch says of it."""
    version = row[0]
    version.identity, version.digest, version.external_id = record.identity, record.digest, record.record.id
    version.version, version.latest = record.version, record.version == batch.latest[record.identity]
    version.withdrawn = isinstance(record.record, Withdrawal)
    version.received_at, version.recorded_by_id = at, origin.by
    if isinstance(version, Correction):
        version.by_link, version.signer = origin.by_link, origin.signer
        version.tap_minutes, version.drawn = origin.tap_minutes, origin.drawn
    return row


def _save_corrections(rows: list[tuple[Any, list[IncidentLink]]]) -> None:
    Correction.objects.bulk_create([correction for correction, _ in rows], batch_size=1000)


def _save_incidents(rows: list[tuple[Any, list[IncidentLink]]]) -> None:
    Incident.objects.bulk_create([incident for incident, _ in rows], batch_size=1000)
    for incident, links in rows:
        for link in links:
            link.incident = incident
    IncidentLink.objects.bulk_create([link for _, links in rows for link in links], batch_size=1000)


def _keys_of_corrections(identities: Iterable[UUID]) -> set[UUID]:
    latest = Correction.objects.filter(identity__in=list(identities), latest=True)
    return {key for keys in latest.values_list("task_key", "call_key") for key in keys if key}


def _keys_of_incidents(identities: Iterable[UUID]) -> set[UUID]:
    links = IncidentLink.objects.filter(incident__identity__in=list(identities), incident__latest=True)
    return {key for key in links.values_list("key", flat=True) if key}


_CORRECTIONS = _Kind("correction", 1, "audits_correction", correction_row, _save_corrections, _keys_of_corrections)
_INCIDENTS = _Kind("incident", 2, "audits_incident", incident_row, _save_incidents, _keys_of_incidents)
