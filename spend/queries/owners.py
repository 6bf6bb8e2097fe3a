"""Which teams have a task of a name, for records that name a task and no team (R12)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from spend import store
from spend.ingest.identity import KeyKind, key_of
from spend.queries.book import book


def task_owners(names: Iterable[str], reach: frozenset[int] | None) -> dict[str, list[int]]:
    """Return, for each name, the ids of the teams within reach (None: of all teams) that have a task of that name."""
    return _owners("task", store.existing_tasks, names, reach)


def call_owners(names: Iterable[str], reach: frozenset[int] | None) -> dict[str, list[int]]:
    """The same for calls."""
    return _owners("call", store.existing_calls, names, reach)


def _owners(
    kind: KeyKind, existing: Callable[[Iterable[UUID]], set[UUID]], names: Iterable[str], reach: frozenset[int] | None
) -> dict[str, list[int]]:
    teams = [team for team in book().teams.values() if reach is None or team in reach]
    keys = {key_of(kind, team, name): (name, team) for name in set(names) for team in teams}
    owners: dict[str, list[int]] = {}
    for key in existing(keys):
        name, team = keys[key]
        owners.setdefault(name, []).append(team)
    return owners
