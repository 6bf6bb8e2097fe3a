"""The native formats, JSON and NDJSON: a body becomes items and problems.

A whole batch of good calls is converted at once; anything else is read item by item and field by field (`reading`).
Both agree, and a test says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from spend.ingest.bodies import BadBody
from spend.ingest.fields import A_DAY, EARLIEST, Repeated, shown
from spend.ingest.identity import digest_of, key_of, task_key_of
from spend.ingest.json_text import Unreadable, decode_lines, decode_text
from spend.ingest.reading import WHOLE_ITEM, read_item, refused
from spend.ingest.records import Call, Item, Kind, Problem
from spend.ingest.rules import CALL

__all__ = ["MOST_ITEMS", "Decoded", "decode", "digest_of", "key_of", "task_key_of"]

MOST_ITEMS = 10_000
_read_cost = CALL.readers["cost_usd"]
_read_metadata = CALL.readers["metadata"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What could be read of a batch, and what was wrong with the rest."""

    items: list[Item]
    problems: list[Problem]


def decode(body: bytes, kind: Kind, at: datetime, *, ndjson: bool = False) -> Decoded:
    """Read a batch of `{"calls": [...]}` (outcomes, corrections, incidents), or with `ndjson` one record a line.

    Raises BadBody where the fault is of the whole body.
    """
    values = values_of(body, kind, ndjson=ndjson)
    if len(values) > MOST_ITEMS:
        raise BadBody(f"has {len(values)} items; at most {MOST_ITEMS} are taken at once")
    if kind == "call" and (items := _all_calls(values, at, is_clean=_is_clean(body))) is not None:
        return Decoded(items, [])
    return _one_by_one(values, kind, at)


def values_of(body: bytes, kind: Kind, *, ndjson: bool = False) -> list[object]:
    """Return the items of a batch as JSON has them. Raises BadBody."""
    return decode_lines(body) if ndjson else _listed(decode_text(body), f"{kind}s")


def _listed(content: object, name: str) -> list[object]:
    if not isinstance(content, dict):
        raise BadBody(f'must be an object such as {{"{name}": [...]}}')
    if isinstance(content, Repeated):
        raise BadBody(f"gives {shown(content.names[0])} twice")
    if unknown := [key for key in content if key != name]:
        raise BadBody(f"has the unknown key {shown(unknown[0])}; only {name} is known")
    if not isinstance(content.get(name), list):
        raise BadBody(f"must have a list {name}")
    listed: list[object] = content[name]
    return listed


def _one_by_one(values: list[object], kind: Kind, at: datetime) -> Decoded:
    decoded = Decoded([], [])
    for index, value in enumerate(values):
        if isinstance(value, Unreadable):
            decoded.problems.append(refused(index, [(WHOLE_ITEM, value.sentence)]))
            continue
        read = read_item(value, kind=kind, index=index, at=at)
        if isinstance(read, Item):
            decoded.items.append(read)
        else:
            decoded.problems.append(read)
    return decoded


def _is_clean(body: bytes) -> bool:
    """Whether no control character can be in any text: none is escaped, DEL and C1 (as UTF-8) are absent."""
    return b"\\" not in body and b"\x7f" not in body and b"\xc2" not in body


def _all_calls(values: list[object], at: datetime, *, is_clean: bool) -> list[Item] | None:
    """Read good calls all at once, or return None where one of them needs a closer look."""
    try:
        calls = msgspec.convert([_with_amounts(value, at) for value in values], list[Call])
    except ValueError:
        return None
    latest = at + A_DAY
    items = []
    for index, call in enumerate(calls):
        if not EARLIEST <= call.occurred_at <= latest or not (is_clean or _is_printable(call)):
            return None
        if (call.reasoning_tokens or 0) > (call.output_tokens or 0):
            return None
        if call.occurred_at.tzinfo is not UTC:
            call = msgspec.structs.replace(call, occurred_at=call.occurred_at.astimezone(UTC))
        items.append(Item(index, call, digest_of(call)))
    return items


def _with_amounts(value: object, at: datetime) -> object:
    """Put what only the field readers can read in its place; msgspec reads the rest."""
    if type(value) is not dict:
        raise ValueError("not a plain object")
    if (cost := value.get("cost_usd")) is not None:
        value["cost_usd"] = _read_cost(cost, at)
    if (metadata := value.get("metadata")) is not None:
        value["metadata"] = _read_metadata(metadata, at)
    return value


def _is_printable(call: Call) -> bool:
    return all(value.isprintable() for value in msgspec.structs.astuple(call) if type(value) is str)
