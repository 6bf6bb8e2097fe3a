"""Which team a record belongs to, given who writes it (R12)."""

from __future__ import annotations

from collections.abc import Mapping


class NoOwner(Exception):
    """The team of a record cannot be told, or is not the writer's; the message is for the sender."""


def owner_of(team: str | None, reach: frozenset[int] | None, teams: Mapping[str, int]) -> int | None:
    """Return the id of the team named, or of the writer's only team; None when an all-teams writer names none.

    `reach` are the ids of the teams that the writer may write for, None for all of them.
    """
    if team is not None:
        named = teams.get(team)
        if named is None or (reach is not None and named not in reach):
            raise NoOwner("no such team" if reach is None else "not a team that this key or person writes for")
        return named
    if reach is None:
        return None
    if len(reach) == 1:
        return next(iter(reach))
    raise NoOwner("is required: this key or person writes for several teams" if reach else "no team to write for")
