"""Record outcomes of tasks: in versions, for tasks that may not have arrived yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from spend import store
from spend.actions import sighting
from spend.actions.zone import keep_zone
from spend.domain.money import to_nanos
from spend.domain.owners import NoOwner, owner_of
from spend.domain.versions import sort_versions
from spend.ingest.identity import key_of
from spend.ingest.receipt import CONFLICT, Receipt
from spend.ingest.records import Item, Outcome, Withdrawal
from spend.queries.book import book
from spend.queries.owners import task_owners

_OUTCOMES = 0  # the kind of record, for the lock on versions
COLUMNS = {
    "identity": "uuid", "version": "int4", "latest": "bool", "withdrawn": "bool", "team_id": "int4",
    "task_name": "text", "task_key": "uuid", "outcome": "text", "occurred_at": "timestamptz", "task_type_id": "int8",
    "complexity": "text", "value_nanos": "int8", "digest": "bytea", "received_at": "timestamptz",
}  # fmt: skip
_TASK_KEY = list(COLUMNS).index("task_key")


@dataclass(frozen=True)
class _Owned:
    """An outcome with the team it is said to be of, None where only the task's name can tell."""

    item: Item
    record: Outcome | Withdrawal
    task: str
    identity: UUID
    team: int | None
    former_team: int | None = None  # that an earlier version linked to

    @property
    def version(self) -> int:
        return self.record.version

    @property
    def digest(self) -> bytes:
        return self.item.digest


def record_outcomes(*, items: Sequence[Item], reach: frozenset[int] | None, at: datetime) -> Receipt:
    """Write a batch of outcomes in one transaction and mark the slices of their tasks."""
    receipt = Receipt()
    owned = _owned(items, reach, receipt)
    if not owned:
        return receipt
    keep_zone()
    types_named = (found.record.task_type for found in owned if isinstance(found.record, Outcome))
    sighting.meet_task_types(book(), types_named)
    with transaction.atomic():
        store.bound_waits()
        for team in sorted({record.team or 0 for record in owned}):
            store.lock_versions(_OUTCOMES, team)
        batch = sort_versions(owned, store.digests_of_versions("spend_outcome", [o.identity for o in owned]))
        receipt.duplicates += len(batch.duplicates)
        for record in batch.conflicts:
            receipt.reject(record.item.index, record.task, "task", CONFLICT)
        teams = task_owners([o.task for o in batch.new if o.team is None], reach)
        linked = store.teams_of_versions("spend_outcome", [o.identity for o in batch.new if o.team is None])
        batch.new = [replace(o, former_team=linked.get(o.identity)) for o in batch.new]
        types = book().task_types
        rows = [row for o in batch.new if (row := _row(o, teams, types, batch.latest[o.identity], at, receipt))]
        store.supersede_versions("spend_outcome", batch.superseded & {row[0] for row in rows})
        store.copy_rows("spend_outcome", COLUMNS, rows)
        store.mark_keys_dirty(row[_TASK_KEY] for row in rows if row[_TASK_KEY])
        if any(row[_TASK_KEY] is None for row in rows):
            store.mark_dirty([(None, at.date())])  # so that it is looked for again after this commit
        receipt.accepted = len(rows)
    return receipt


def _owned(items: Sequence[Item], reach: frozenset[int] | None, receipt: Receipt) -> list[_Owned]:
    teams = book().teams
    owned = []
    for item in items:
        record = item.record
        if not isinstance(record, Outcome | Withdrawal):
            raise TypeError(f"not an outcome: {record!r}")
        task = record.id if isinstance(record, Withdrawal) else record.task
        try:
            team = owner_of(record.team, reach, teams)
        except NoOwner as problem:
            receipt.reject(item.index, task, "team", str(problem))
            continue
        owned.append(_Owned(item, record, task, key_of("task", team or 0, task), team))
    return owned


def _row(
    owned: _Owned,
    owners: Mapping[str, list[int]],
    types: Mapping[str, int],
    latest: int,
    at: datetime,
    receipt: Receipt,
) -> tuple[Any, ...] | None:
    team = owned.team
    if team is None:
        found = owners.get(owned.task, [])
        if owned.former_team in found:
            found = [owned.former_team]
        if len(found) > 1:
            receipt.reject(owned.item.index, owned.task, "team", "is required: several teams have a task of this name")
            return None
        team = found[0] if found else None
    key = None if team is None else key_of("task", team, owned.task)
    stated = _stated(owned.record, types)
    return (
        owned.identity, owned.version, owned.version == latest, isinstance(owned.record, Withdrawal), team,
        owned.task, key, *stated, owned.digest, at,
    )  # fmt: skip


def _stated(record: Outcome | Withdrawal, types: Mapping[str, int]) -> tuple[Any, ...]:
    """What the record says of the task; a withdrawal says nothing."""
    if isinstance(record, Withdrawal):
        return "", None, None, "", None
    task_type = None if record.task_type is None else types[record.task_type]
    value = None if record.value_usd is None else to_nanos(record.value_usd)
    return record.outcome, record.occurred_at, task_type, record.complexity or "", value
