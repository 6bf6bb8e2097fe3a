"""Records that named a task or call without saying whose, before it arrived: link them when it has (R12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from audits import store
from audits.actions.ledger import CORRECTION, INCIDENT, Sources, settle
from audits.models import Correction, IncidentLink
from spend.ingest.identity import KeyKind, key_of
from spend.models import Outcome
from spend.queries.owners import call_owners, task_owners
from spend.store import mark_tasks_dirty


@transaction.atomic
def link_waiting(*, at: datetime, today: date) -> None:
    """Link what waits and can be told now; what is in several teams goes on waiting."""
    _link_outcomes()
    settle(
        Sources({CORRECTION: frozenset(_link_corrections()), INCIDENT: frozenset(_link_incidents())}),
        at=at,
        today=today,
    )


def _link_outcomes() -> None:
    waiting = list(Outcome.objects.filter(latest=True, task_key=None))
    owners = task_owners({outcome.task_name for outcome in waiting}, None) if waiting else {}
    linked = []
    for outcome in waiting:
        outcome.team_id, outcome.task_key = _found("task", outcome.task_name, owners)
        if outcome.task_key:
            linked.append(outcome)
    Outcome.objects.bulk_update(linked, ["team", "task_key"])
    mark_tasks_dirty([outcome.task_key for outcome in linked if outcome.task_key])


def _link_corrections() -> Iterable[UUID]:
    waiting = list(
        Correction.objects.filter(latest=True, team=None).exclude(task_name="", call_name="").select_for_update()
    )
    tasks = task_owners({row.task_name for row in waiting if row.task_name}, None) if waiting else {}
    calls = call_owners({row.call_name for row in waiting if row.call_name}, None) if waiting else {}
    linked = []
    for row in waiting:
        if row.task_name:
            row.team_id, row.task_key = _found("task", row.task_name, tasks)
        else:
            row.team_id, row.call_key = _found("call", row.call_name, calls)
        if row.team_id:
            linked.append(row)
    Correction.objects.bulk_update(linked, ["team", "task_key", "call_key"])
    store.mark_tasks_and_calls_dirty({key for row in linked for key in (row.task_key, row.call_key) if key})
    return [row.identity for row in linked]


def _link_incidents() -> Iterable[UUID]:
    waiting = list(IncidentLink.objects.filter(key=None, incident__latest=True).select_related("incident"))
    tasks = task_owners({link.name for link in waiting if not link.is_call}, None) if waiting else {}
    calls = call_owners({link.name for link in waiting if link.is_call}, None) if waiting else {}
    linked = []
    for link in waiting:
        kind: KeyKind = "call" if link.is_call else "task"
        _, link.key = _found(kind, link.name, calls if link.is_call else tasks)
        if link.key:
            linked.append(link)
    IncidentLink.objects.bulk_update(linked, ["key"])
    store.mark_tasks_and_calls_dirty({link.key for link in linked if link.key})
    return [link.incident.identity for link in linked]


def _found(kind: KeyKind, name: str, owners: Mapping[str, list[int]]) -> tuple[int | None, UUID | None]:
    teams = owners.get(name, [])
    if len(teams) != 1:
        return None, None
    return teams[0], key_of(kind, teams[0], name)
