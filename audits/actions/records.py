"""Record corrections and incidents: in versions, with the entries they cause, all in the one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audits import store
from audits.actions.ledger import Sources, settle
from audits.models import Correction, Incident, IncidentLink
from audits.queries.rates import Rates, rates
from spend import store as spend_store
from spend.domain import versions
from spend.domain.money import to_nanos
from spend.domain.owners import NoOwner, owner_of
from spend.ingest import records
from spend.ingest.identity import KeyKind, key_of
from spend.ingest.receipt import CONFLICT, Receipt
from spend.ingest.records import Item, Withdrawal
from spend.models import Tier
from spend.queries.book import Book, book
from spend.queries.owners import call_owners, task_owners

_SEVERAL = "is required: several teams have a {0} of this name"


@dataclass(frozen=True)
class Owned:
    """A record with the team it was given, None where only what it names can tell."""

    item: Item
    identity: UUID
    team: int | None

    @property
    def record(self) -> Any:
        return self.item.record

    @property
    def version(self) -> int:
        return int(self.record.version)

    @property
    def digest(self) -> bytes:
        return self.item.digest


@dataclass(frozen=True)
class _Names:
    """What the records of a batch may refer to."""

    book: Book
    tiers: Mapping[str, int]
    rates: Rates
    tasks: Mapping[str, list[int]]
    calls: Mapping[str, list[int]]


class _Bad(Exception):
    """A field of a record refers to nothing, or to too much."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


def record_corrections(
    *, items: Sequence[Item], reach: frozenset[int] | None, at: datetime, today: date, by: int | None = None
) -> Receipt:
    """Write corrections and their entries; `by` is the id of the person who records them, if it is one."""
    return _record(_CORRECTIONS, items, reach, at, today, by)


def record_incidents(
    *, items: Sequence[Item], reach: frozenset[int] | None, at: datetime, today: date, by: int | None = None
) -> Receipt:
    """Write incidents with their links and entries."""
    return _record(_INCIDENTS, items, reach, at, today, by)


@dataclass(frozen=True)
class _Kind:
    """What differs between corrections and incidents."""

    name: KeyKind
    number: int  # for the lock on versions
    table: str
    make: Callable[[Owned, _Names, frozenset[int] | None], tuple[Any, list[IncidentLink]]]
    save: Callable[[list[tuple[Any, list[IncidentLink]]]], None]
    touched: Callable[[Iterable[UUID]], set[UUID]]


def _record(
    kind: _Kind, items: Sequence[Item], reach: frozenset[int] | None, at: datetime, today: date, by: int | None
) -> Receipt:
    receipt = Receipt()
    owned = _owned(kind.name, items, reach, receipt)
    with transaction.atomic():
        spend_store.lock_reference_data()
        for team in sorted({record.team or 0 for record in owned}):
            spend_store.lock_versions(kind.number, team)
        stored = spend_store.digests_of_versions(kind.table, [record.identity for record in owned])
        names = _names(owned, reach)
        made = _made(kind, owned, names, reach, receipt)
        batch = versions.sort_versions([record for record, _ in made], stored)
        receipt.duplicates += len(batch.duplicates)
        for record in batch.conflicts:
            receipt.reject(record.item.index, record.record.id, "id", CONFLICT)
        new = {id(record) for record in batch.new}
        touched = kind.touched(batch.superseded)
        spend_store.supersede_versions(kind.table, batch.superseded)
        kind.save([_stamped(record, row, batch, at, by) for record, row in made if id(record) in new])
        settle(Sources.of(kind.name, list(batch.latest)), at=at, today=today)
        store.mark_tasks_and_calls_dirty(touched | kind.touched(batch.latest))
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


def _names(owned: Sequence[Owned], reach: frozenset[int] | None) -> _Names:
    """Look up, once for the batch, what its records name; owners of tasks and calls only where no team is given."""
    open_ones = [record.record for record in owned if record.team is None]
    tasks: set[str] = set()
    calls: set[str] = set()
    for record in open_ones:
        if isinstance(record, records.Correction):
            tasks |= {record.task} if record.task else set()
            calls |= {record.call} if record.call else set()
        elif isinstance(record, records.Incident):
            tasks |= {link.name for link in record.tasks}
            calls |= {link.name for link in record.calls}
    return _Names(
        book=book(),
        tiers=dict(Tier.objects.values_list("name", "id")),
        rates=rates(),
        tasks=task_owners(tasks, reach) if tasks else {},
        calls=call_owners(calls, reach) if calls else {},
    )


def _made(
    kind: _Kind, owned: Sequence[Owned], names: _Names, reach: frozenset[int] | None, receipt: Receipt
) -> list[tuple[Owned, tuple[Any, list[IncidentLink]]]]:
    """Return the rows of the records that refer to what exists."""
    made = []
    for record in owned:
        try:
            made.append((record, kind.make(record, names, reach)))
        except _Bad as problem:
            receipt.reject(record.item.index, record.record.id, problem.name, str(problem))
    return made


def _stamped(
    record: Owned, row: tuple[Any, list[IncidentLink]], batch: versions.Sorted[Owned], at: datetime, by: int | None
) -> tuple[Any, list[IncidentLink]]:
    """Complete a row with what its batch says of it."""
    version = row[0]
    version.identity, version.digest, version.external_id = record.identity, record.digest, record.record.id
    version.version, version.latest = record.version, record.version == batch.latest[record.identity]
    version.withdrawn = isinstance(record.record, Withdrawal)
    version.received_at, version.recorded_by_id = at, by
    return row


def _correction(owned: Owned, names: _Names, reach: frozenset[int] | None) -> tuple[Correction, list[IncidentLink]]:
    record = owned.record
    if isinstance(record, Withdrawal):
        return Correction(team_id=owned.team), []
    _check_role(record.role, record.worked_on, names)
    team = owned.team
    if team is None:
        team = _owner(record.task, names.tasks, "task") or _owner(record.call, names.calls, "call")
    return Correction(
        team_id=team,
        tier_id=_tier(record.tier, names),
        llm_id=_llm(record.model, names),
        role=record.role,
        note=record.note or "",
        worked_on=record.worked_on,
        minutes=record.minutes,
        activity=record.activity,
        verdict=record.verdict or "",
        cause=record.cause or "",
        provenance=record.provenance or "",
        task_name=record.task or "",
        call_name=record.call or "",
        task_key=_key("task", team, record.task),
        call_key=_key("call", team, record.call),
    ), []


def _incident(owned: Owned, names: _Names, reach: frozenset[int] | None) -> tuple[Incident, list[IncidentLink]]:
    record = owned.record
    if isinstance(record, Withdrawal):
        return Incident(team_id=owned.team), []
    if record.response_minutes:
        _check_role(record.role, record.occurred_on, names)
    incident = Incident(
        team_id=owned.team,
        tier_id=_tier(record.tier, names),
        llm_id=_llm(record.model, names),
        role=record.role or "",
        note=record.note or "",
        title=record.title,
        severity=record.severity,
        occurred_on=record.occurred_on,
        discovered_on=record.discovered_on,
        loss_nanos=to_nanos(record.loss_usd),
        recovered_nanos=to_nanos(record.recovered_usd),
        response_minutes=record.response_minutes,
        status=record.status,
        invalidates_output=record.invalidates_output,
    )
    return incident, [
        *(_link(link, "task", owned.team, names.tasks) for link in record.tasks),
        *(_link(link, "call", owned.team, names.calls) for link in record.calls),
    ]


def _link(link: records.Link, kind: KeyKind, team: int | None, owners: Mapping[str, list[int]]) -> IncidentLink:
    if team is None:
        team = _owner(link.name, owners, kind)
    return IncidentLink(is_call=kind == "call", name=link.name, key=_key(kind, team, link.name), weight=link.weight)


def _owner(name: str | None, owners: Mapping[str, list[int]], kind: str) -> int | None:
    """R12: a name in exactly one team links, in none it waits, in several it is an error."""
    found = owners.get(name, []) if name else []
    if len(found) > 1:
        raise _Bad("team", _SEVERAL.format(kind))
    return found[0] if found else None


def _key(kind: KeyKind, team: int | None, name: str | None) -> UUID | None:
    return None if team is None or not name else key_of(kind, team, name)


def _check_role(role: str, day: date, names: _Names) -> None:
    if names.rates.on(role, day) is None:
        raise _Bad("role", f"no labour rate for {role!r} on {day}")


def _tier(name: str | None, names: _Names) -> int | None:
    if name is None:
        return None
    if name not in names.tiers:
        raise _Bad("tier", "no such tier")
    return names.tiers[name]


def _llm(name: str | None, names: _Names) -> int | None:
    if name is None:
        return None
    llm = names.book.llm_called(name)
    if llm is None:
        raise _Bad("model", "no such model, or several providers offer it: write provider/name")
    return llm


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


_CORRECTIONS = _Kind("correction", 1, "audits_correction", _correction, _save_corrections, _keys_of_corrections)
_INCIDENTS = _Kind("incident", 2, "audits_incident", _incident, _save_incidents, _keys_of_incidents)
