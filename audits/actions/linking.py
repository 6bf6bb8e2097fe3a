"""Records that named a task or call without saying whose, before it arrived: link them when it has (R12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Model, QuerySet

from audits import store
from audits.actions.ledger import CORRECTION, INCIDENT, Sources, settle
from audits.models import Correction, IncidentLink
from spend.ingest.identity import KeyKind, key_of
from spend.models import Outcome
from spend.queries.owners import call_owners, task_owners
from spend.store import lock_reference_data_for_deriving, mark_keys_dirty

_AT_ONCE = 1_000
Row = TypeVar("Row", bound=Model)


def link_waiting(*, at: datetime, today: date) -> None:
    """Link what waits and can be told now; what is in several teams, or in none, goes on waiting."""
    for outcomes in _batches(Outcome.objects.filter(latest=True, task_key=None)):
        _link_outcomes(outcomes)
    waiting = Correction.objects.filter(latest=True, team=None).exclude(task_name="", call_name="")
    for corrections in _batches(waiting):
        _link_corrections(corrections, at, today)
    for links in _batches_of_whole_incidents():
        _link_incidents(links, at, today)


def _batches(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    waiting = iter(list(rows.order_by("pk").values_list("pk", flat=True)))
    while keys := list(islice(waiting, _AT_ONCE)):
        yield list(rows.filter(pk__in=keys).order_by("pk"))


def _batches_of_whole_incidents() -> Iterator[list[IncidentLink]]:
    """All that waits of one incident comes at once: each time anything of it links, the whole of it is settled."""
    waiting = IncidentLink.objects.filter(key=None, incident__latest=True).order_by("incident", "pk")
    counts = waiting.values_list("incident").annotate(links=Count("pk")).order_by("incident")
    batch: list[int] = []
    size = 0
    for incident, links in list(counts):
        batch.append(incident)
        size += links
        if size >= _AT_ONCE:
            yield list(waiting.filter(incident__in=batch).select_related("incident"))
            batch, size = [], 0
    if batch:
        yield list(waiting.filter(incident__in=batch).select_related("incident"))


@transaction.atomic
def _link_outcomes(waiting: Sequence[Outcome]) -> None:
    owners = task_owners({outcome.task_name for outcome in waiting}, None)
    for outcome in waiting:
        outcome.team_id, outcome.task_key = _found("task", outcome.task_name, owners)
    linked = [outcome for outcome in waiting if outcome.task_key]
    Outcome.objects.bulk_update(linked, ["team", "task_key"])
    mark_keys_dirty(outcome.task_key for outcome in linked if outcome.task_key)


@transaction.atomic
def _link_corrections(waiting: Sequence[Correction], at: datetime, today: date) -> None:
    tasks = task_owners({row.task_name for row in waiting if row.task_name}, None)
    calls = call_owners({row.call_name for row in waiting if row.call_name}, None)
    for row in waiting:
        if row.task_name:
            row.team_id, row.task_key = _found("task", row.task_name, tasks)
        else:
            row.team_id, row.call_key = _found("call", row.call_name, calls)
    linked = [row for row in waiting if row.team_id]
    if linked:
        lock_reference_data_for_deriving()
    Correction.objects.bulk_update(linked, ["team", "task_key", "call_key"])
    _settle(CORRECTION, linked, {key for row in linked for key in (row.task_key, row.call_key)}, at, today)


@transaction.atomic
def _link_incidents(waiting: Sequence[IncidentLink], at: datetime, today: date) -> None:
    tasks = task_owners({link.name for link in waiting if not link.is_call}, None)
    calls = call_owners({link.name for link in waiting if link.is_call}, None)
    for link in waiting:
        kind: KeyKind = "call" if link.is_call else "task"
        _, link.key = _found(kind, link.name, calls if link.is_call else tasks)
    linked = [link for link in waiting if link.key]
    if linked:
        lock_reference_data_for_deriving()
    store.set_link_keys([(link.pk, link.key) for link in linked if link.key])
    _settle(INCIDENT, [link.incident for link in linked], {link.key for link in linked}, at, today)


def _settle(kind: str, records: Sequence[Any], keys: set[UUID | None], at: datetime, today: date) -> None:
    if records:
        settle(Sources.of(kind, {record.identity for record in records}), at=at, today=today)
        mark_keys_dirty(key for key in keys if key)


def _found(kind: KeyKind, name: str, owners: Mapping[str, list[int]]) -> tuple[int | None, UUID | None]:
    teams = owners.get(name, [])
    if len(teams) != 1:
        return None, None
    return teams[0], key_of(kind, teams[0], name)
