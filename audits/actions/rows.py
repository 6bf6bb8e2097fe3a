"""Corrections and incidents as rows: what they name is looked up once for a batch, and told when it means nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from audits.models import Correction, Incident, IncidentLink
from audits.queries.rates import Rates, rates
from spend.domain.money import to_nanos
from spend.ingest import records
from spend.ingest.identity import KeyKind, key_of
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
    former_team: int | None = None  # that an earlier version linked to

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
class Names:
    """What the records of a batch may refer to."""

    book: Book
    tiers: Mapping[str, int]
    rates: Rates
    tasks: Mapping[str, list[int]]
    calls: Mapping[str, list[int]]


class Bad(Exception):
    """A field of a record refers to nothing, or to too much."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name


def names_in(owned: Sequence[Owned], reach: frozenset[int] | None) -> Names:
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
    return Names(
        book=book(),
        tiers=dict(Tier.objects.values_list("name", "id")),
        rates=rates(),
        tasks=task_owners(tasks, reach) if tasks else {},
        calls=call_owners(calls, reach) if calls else {},
    )


def correction_row(owned: Owned, names: Names) -> tuple[Correction, list[IncidentLink]]:
    record = owned.record
    if isinstance(record, Withdrawal):
        return Correction(team_id=owned.team, reason=record.reason or ""), []
    _check_role(record.role, record.worked_on, names)
    team = owned.team
    if team is None:
        former = owned.former_team
        team = _owner(record.task, names.tasks, "task", former) or _owner(record.call, names.calls, "call", former)
    return Correction(
        team_id=team,
        tier_id=_tier(record.tier, names),
        llm_id=_llm(record.model, names),
        role=record.role,
        note=record.note or "",
        reason=record.reason or "",
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


def incident_row(owned: Owned, names: Names) -> tuple[Incident, list[IncidentLink]]:
    record = owned.record
    if isinstance(record, Withdrawal):
        return Incident(team_id=owned.team, reason=record.reason or ""), []
    if record.response_minutes:
        _check_role(record.role, record.occurred_on, names)
    incident = Incident(
        team_id=owned.team,
        tier_id=_tier(record.tier, names),
        llm_id=_llm(record.model, names),
        role=record.role or "",
        note=record.note or "",
        reason=record.reason or "",
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


def _owner(name: str | None, owners: Mapping[str, list[int]], kind: str, former_team: int | None = None) -> int | None:
    """R12: a name in one team links, in none it waits, in several it is an error unless it was linked before."""
    found = owners.get(name, []) if name else []
    if former_team in found:
        return former_team
    if len(found) > 1:
        raise Bad("team", _SEVERAL.format(kind))
    return found[0] if found else None


def _key(kind: KeyKind, team: int | None, name: str | None) -> UUID | None:
    return None if team is None or not name else key_of(kind, team, name)


def _check_role(role: str, day: date, names: Names) -> None:
    if names.rates.on(role, day) is None:
        raise Bad("role", f"no labour rate for {role!r} on {day}")


def _tier(name: str | None, names: Names) -> int | None:
    if name is None:
        return None
    if name not in names.tiers:
        raise Bad("tier", "no such tier")
    return names.tiers[name]


def _llm(name: str | None, names: Names) -> int | None:
    if name is None:
        return None
    llm = names.book.llm_called(name)
    if llm is None:
        raise Bad("model", "no such model, or several providers offer it: write provider/name")
    return llm
