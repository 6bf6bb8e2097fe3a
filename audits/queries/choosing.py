"""Tasks to choose from, where people say what they worked on: recent ones, those that match, one by its key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from audits.queries.lists.reading import rows_of
from spend.ingest.identity import key_of
from spend.queries.book import book

SHOWN = 8
_FAILED, _LOGGED = 4, 3  # of SHOWN, where there are so many
_FAILURES_OF = timedelta(days=30)
_FOUND_IN = timedelta(days=90)  # beside the exact name, which is found whatever its age


@dataclass(frozen=True)
class Choice:
    """A task as a choice. `why`: failed, logged (by who asks, before), or nothing. A task of one call has no `id`."""

    key: UUID
    id: str | None
    call: str | None
    team: str
    team_id: int
    task_type: str | None
    task_type_id: int | None
    day: date
    state: str | None
    why: str = ""


_COLUMNS = """
    t.id AS key, CASE WHEN NOT t.implicit THEN t.external_id END AS id, team.name AS team, t.team_id, t.day, s.state,
    kind.name AS task_type, kind.id AS task_type_id,
    CASE WHEN t.implicit THEN (SELECT c.external_id FROM spend_call c WHERE c.task_id = t.id LIMIT 1) END AS call
"""
_NAMES = """
    JOIN accounts_team team ON team.id = t.team_id
    LEFT JOIN audits_taskstate s ON s.task_key = t.id
    LEFT JOIN spend_tasktype kind ON kind.id = s.task_type_id
"""
_MINE = "SELECT id FROM accounts_team WHERE %(all)s OR id = ANY(%(reach)s)"
_NEWEST = f"""
SELECT {_COLUMNS} FROM ({_MINE}) mine CROSS JOIN LATERAL (
    SELECT * FROM spend_task WHERE team_id = mine.id AND NOT implicit ORDER BY day DESC LIMIT %(limit)s
) t {_NAMES} ORDER BY t.day DESC, t.external_id DESC LIMIT %(limit)s
"""
_FAILURES = f"""
SELECT {_COLUMNS} FROM ({_MINE}) mine CROSS JOIN LATERAL (
    SELECT failed.* FROM audits_taskstate f JOIN spend_task failed ON failed.id = f.task_key
    WHERE f.team_id = mine.id AND f.state = 'failure' AND NOT failed.implicit
        AND f.day > (SELECT max(day) FROM audits_taskstate WHERE team_id = mine.id) - %(failures_of)s
        AND NOT EXISTS (SELECT FROM audits_correction k WHERE k.task_key = f.task_key AND k.latest AND NOT k.withdrawn)
    ORDER BY f.day DESC LIMIT %(limit)s
) t {_NAMES} ORDER BY t.day DESC, t.external_id DESC LIMIT %(limit)s
"""
_LOGGED_BEFORE = f"""
SELECT {_COLUMNS} FROM (
    SELECT task_key, max(id) AS last FROM audits_correction
    WHERE recorded_by_id = %(person)s AND latest AND NOT withdrawn AND task_key IS NOT NULL
    GROUP BY task_key ORDER BY last DESC LIMIT %(limit)s
) mine JOIN spend_task t ON t.id = mine.task_key {_NAMES}
WHERE (%(all)s OR t.team_id = ANY(%(reach)s)) AND NOT t.implicit ORDER BY mine.last DESC
"""
_FOUND = f"""
SELECT {_COLUMNS} FROM ({_MINE}) mine CROSS JOIN LATERAL (
    SELECT * FROM spend_task WHERE team_id = mine.id AND NOT implicit
        AND day > (SELECT max(day) FROM spend_task WHERE team_id = mine.id) - %(found_in)s
        AND external_id ILIKE %(pattern)s
    ORDER BY day DESC LIMIT %(limit)s
) t {_NAMES} ORDER BY t.day DESC, t.external_id DESC LIMIT %(limit)s
"""
_BY_KEYS = f"SELECT {_COLUMNS} FROM spend_task t {_NAMES} WHERE t.id = ANY(%(keys)s) ORDER BY team.name"


def recent_tasks(*, teams: frozenset[int] | None, person: int | None) -> list[Choice]:
    """Return tasks of `teams` (None: all): failures nobody worked on, then what this person logged, then new."""
    params = _within(teams) | {"failures_of": _FAILURES_OF.days, "person": person, "limit": SHOWN}
    failed = _choices(_FAILURES, params, "failed")[:_FAILED]
    logged = _choices(_LOGGED_BEFORE, params, "logged")[:_LOGGED]
    return _first_of_each([*failed, *logged, *_choices(_NEWEST, params)])[:SHOWN]


def tasks_like(text: str, *, teams: frozenset[int] | None) -> list[Choice]:
    """Return the tasks of this very name, however old, then recent ones whose names hold `text`."""
    if not text or "\x00" in text:
        return []
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    params = _within(teams) | {"found_in": _FOUND_IN.days, "pattern": f"%{escaped}%", "limit": SHOWN}
    return _first_of_each([*tasks_named(text, teams=teams), *_choices(_FOUND, params)])[:SHOWN]


def tasks_named(name: str, *, teams: frozenset[int] | None) -> list[Choice]:
    """Return the task of this name of each team that has one."""
    mine = [team for team in book().teams.values() if teams is None or team in teams]
    return _by_keys([key_of("task", team, name) for team in mine])


def task_to_choose(key: UUID, *, teams: frozenset[int] | None) -> Choice | None:
    """The guarded door to one task: None where there is none, and where it is a neighbour's."""
    found = _by_keys([key])
    return found[0] if found and (teams is None or found[0].team_id in teams) else None


def _by_keys(keys: list[UUID]) -> list[Choice]:
    return _choices(_BY_KEYS, {"keys": keys})


def _choices(sql: str, params: dict[str, Any], why: str = "") -> list[Choice]:
    return [Choice(**row, why=why) for row in rows_of(sql, params)]


def _within(teams: frozenset[int] | None) -> dict[str, Any]:
    return {"all": teams is None, "reach": sorted(teams or ())}


def _first_of_each(choices: Iterable[Choice]) -> list[Choice]:
    seen: dict[UUID, Choice] = {}
    for choice in choices:
        seen.setdefault(choice.key, choice)
    return list(seen.values())
