"""What is kept of a refused item, so that it can be tried again: our own fields of it, never the text of an answer.

An item that was read is kept as its record, one that could not be read as far as its fields are ours; both in the
native form, so that a retry goes through the same rules as the first time.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, get_args

import msgspec
from msgspec import Struct

from spend.ingest.fields import UNSTORABLE, Repeated
from spend.ingest.records import Call, Correction, Incident, Item, Kind, Outcome, Problem, Record, Withdrawal
from spend.ingest.rules import RULES

MOST_BYTES = 4096
KINDS: tuple[Kind, ...] = get_args(Kind)
_MOST_TEXT = 200  # of a field that is not good: a name is no longer, and what is longer may be anything
_MOST_FREE_TEXT = 2_000
_DEEPEST = 4  # a list of links is two deep; what is nested deeper is no field of ours
_STRUCTS: dict[type[Any], Kind] = {Call: "call", Outcome: "outcome", Correction: "correction", Incident: "incident"}


class Kept(Struct, frozen=True):
    """An item in the native form of its kind, and who emitted it."""

    kind: Kind
    content: dict[str, Any]
    emitter: str = ""

    @property
    def team(self) -> str | None:
        """The name of the team that it says it is of."""
        named = self.content.get("team")
        return named if isinstance(named, str) else None


def kept_item(item: Item) -> Kept | None:
    """Return what is kept of an item that was read; None where that is too much."""
    kind = item.record.kind if isinstance(item.record, Withdrawal) else _STRUCTS[type(item.record)]
    return _within_bounds(Kept(kind, _content_of(item.record, kind), item.emitter))


def kept_raw(raw: object, problem: Problem, *, kind: Kind) -> Kept | None:
    """Return what is kept of one that could not be read: of a field that we do not have, its name alone."""
    if not isinstance(raw, dict) or isinstance(raw, Repeated):
        return None
    known = RULES[kind].readers
    ours = {name: value for name, value in raw.items() if name in known}
    if not all(_is_kept(name, value, problem.errors) for name, value in ours.items()):
        return None
    others = {storable(str(name)[:_MOST_TEXT]): None for name in raw if name not in known}
    return _within_bounds(Kept(kind, {name: _plain(value) for name, value in ours.items()} | others))


def _within_bounds(kept: Kept) -> Kept | None:
    return kept if len(json.dumps(kept.content)) <= MOST_BYTES else None


def _content_of(record: Record, kind: Kind) -> dict[str, Any]:
    said: dict[str, Any] = {name: value for name, value in msgspec.to_builtins(record).items() if value is not None}
    if isinstance(record, Withdrawal):
        said = {RULES[kind].identity: said.pop("id"), **said, "withdrawn": True}
        del said["kind"]
    for name, link in (("tasks", "task"), ("calls", "call")):
        if isinstance(record, Incident) and (links := said.pop(name)):
            said[name] = [{link: each["name"], "weight": each["weight"]} for each in links]
    return said


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _is_kept(name: str, value: object, errors: Mapping[str, Collection[str]]) -> bool:
    """Whatever is wrong is kept only while it cannot be a text of its own, and nothing that no table can hold."""
    if name in errors and isinstance(value, list | dict):
        return False
    return _is_storable(value, _MOST_TEXT if name in errors else _MOST_FREE_TEXT, _DEEPEST)


def _is_storable(value: object, longest: int, deepest: int) -> bool:
    if isinstance(value, str):
        return len(value) <= longest and storable(value) == value
    if isinstance(value, dict):
        value = [*value, *value.values()]
    return not isinstance(value, list) or (
        deepest > 0 and all(_is_storable(one, MOST_BYTES, deepest - 1) for one in value)
    )


def storable(text: str) -> str:
    """Return the text with a question mark for each character that the database does not take."""
    return UNSTORABLE.sub("?", text)
