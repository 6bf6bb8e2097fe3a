"""Lists of what has a name: of one task, of tasks that are called so, or whose name begins so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import Team
from audits.queries.lists.asking import Listing
from audits.queries.lists.reading import Where
from spend.ingest.identity import KeyKind, key_of

_MOST_FOUND = 1_000  # tasks that begin so; who sees more of them types on
_BEGINS = "(SELECT id FROM spend_task WHERE NOT implicit AND external_id LIKE %(begins)s LIMIT %(most_found)s)"


def names_tasks(listing: Listing) -> bool:
    """Whether the list is of tasks by name, which are few whatever the period."""
    return bool(listing.task_key or listing.only.get("task") or listing.only.get("q"))


def of_task(where: Where, listing: Listing, column: str, *, or_else: str = "false", **params: Any) -> None:
    """Keep the rows of one task, or of tasks by name. `or_else`: what else is found by the name searched for."""
    if listing.task_key:
        where.add(f"{column} = %(task_key)s", task_key=listing.task_key)
    if "task" in listing.only:
        where.add(f"{column} = ANY(%(task_keys)s)", task_keys=_keys("task", listing, listing.only["task"]))
    if "q" in listing.only:
        begins = begins_with(listing.only["q"][-1])
        where.add(f"({column} = ANY(ARRAY{_BEGINS}) OR {or_else})", begins=begins, most_found=_MOST_FOUND, **params)


def keys_called(listing: Listing, kind: KeyKind) -> list[UUID]:
    """Return the keys that tasks or calls of the name searched for would have."""
    return _keys(kind, listing, listing.only.get("q", ()))


def _keys(kind: KeyKind, listing: Listing, names: tuple[str, ...]) -> list[UUID]:
    """Keys are hashes of team and name, so that no table is searched."""
    if not names:
        return []
    teams = Team.objects.values_list("pk", flat=True) if listing.teams is None else listing.teams
    return [key_of(kind, team, name) for team in teams for name in names]


def begins_with(text: str) -> str:
    """Return the pattern of LIKE for what begins so."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
