"""What an event says, in words and names: of what, by whom, and what differs between before and after."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from trail.followed import followed
from trail.models import Event
from trail.queries.listing import ACTIONS

_NAMES = ("name", "username", "title", "external_id", "role", "text")
_HIDDEN = "hidden:"
_WHAT = {"insert": "added", "update": "changed", "delete": "removed", "kept": "found as it was", "drop": "dropped"}
WHATS = [(action, _WHAT.get(action, action)) for action in ACTIONS]
_KINDS = {"person": "", "key": "key ", "webhook": "webhook ", "command": "command ", "job": "job "}
_ZEROS = re.compile(r"(-?[0-9]+)(?:(\.[0-9]*[1-9])0*|\.0+)")  # what follows the last digit that says something


@dataclass(frozen=True)
class Field:
    """`was` and `now` are shown; None: there was nothing, or there is nothing any more."""

    name: str
    was: str | None
    now: str | None


@dataclass(frozen=True)
class Told:
    event: Event
    what: str
    object: str
    name: str
    who: str
    fields: list[Field]
    is_row: bool


_ROWS = ("insert", "update", "delete", "kept")
Names = Mapping[tuple[str, str], str]


def told(events: Sequence[Event]) -> list[Told]:
    """Describe events; what a key of another row stands for is looked up once for all of them."""
    names = _names(events)
    return [_told(event, names) for event in events]


def _told(event: Event, names: Names) -> Told:
    tracked = followed().get(event.object)
    row = event.after or event.before or {}
    return Told(
        event,
        _WHAT.get(event.action, event.action),
        tracked.label if tracked else event.object,
        next((str(row[name])[:100] for name in _NAMES if tracked and row.get(name)), "") or _parts(event, names),
        who_of(event),
        _fields(event, names),
        event.action in _ROWS,
    )


def who_of(event: Event) -> str:
    if event.actor:
        return f"{_KINDS.get(event.actor_kind, '')}{event.actor}"
    return "nobody logged in" if event.address else f"SQL as {event.role}"


def _parts(event: Event, names: Names) -> str:
    """Name a row by what it ties together, where it has no name of its own."""
    row = event.after or event.before or {}
    known = [names.get((column, str(row.get(column)))) for column in _references(event.object)]
    return " in ".join(name for name in known if name)


def _fields(event: Event, names: Names) -> list[Field]:
    """Return what differs; of a row that came or went, what it held."""
    before, after = event.before or {}, event.after or {}
    found = []
    for name in sorted(before.keys() | after.keys(), key=lambda name: (name == "id", name)):
        was, now = before.get(name), after.get(name)
        if was == now or (name == "id" and not (was and now)) or (was in (None, "") and now in (None, "")):
            continue
        shown = [_shown(name, value, names) for value in (was, now)]
        found.append(Field(name.removesuffix("_id").replace("_", " "), *shown))
    return found


def _shown(name: str, value: Any, names: Names) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.startswith(_HIDDEN):
        return f"(not shown, {value.removeprefix(_HIDDEN)[:6]})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if known := names.get((name, str(value))):
        return f"{known} ({value})"
    if isinstance(value, str):
        number = _ZEROS.fullmatch(value)
        return number[1] + (number[2] or "") if number else value
    return json.dumps(value, ensure_ascii=False)


def _references(table: str) -> dict[str, type[Model]]:
    """Return the columns of a table that hold keys of rows that are followed too, with their models."""
    if table not in followed():
        return {}
    model = apps.get_model(followed()[table].model)
    return {
        str(field.column): field.remote_field.model
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.remote_field.model._meta.db_table in followed()
    }


def _names(events: Iterable[Event]) -> dict[tuple[str, str], str]:
    """Return what rows are called today, by column and key: one query for each model."""
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    columns: dict[str, type[Model]] = {}
    for event in events:
        for column, model in _references(event.object).items():
            columns[column] = model
            wanted[model] |= {row[column] for row in (event.before, event.after) if row and row.get(column)}
    called = {
        model: {str(row.pk): str(row) for row in model._default_manager.filter(pk__in=keys)}
        for model, keys in wanted.items()
        if keys
    }
    return {(column, key): name for column, model in columns.items() for key, name in called.get(model, {}).items()}
