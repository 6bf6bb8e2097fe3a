"""A body of LiteLLM's generic callback becomes items and problems, whatever its form (`log_format`) and version."""

from __future__ import annotations

from datetime import datetime

from spend.ingest import fields
from spend.ingest.bodies import BadBody
from spend.ingest.identity import digest_of
from spend.ingest.json_text import Unreadable, decode_lines, decode_text
from spend.ingest.litellm.calls import fields_of, identity_of, is_call
from spend.ingest.litellm.old import is_old, renewed
from spend.ingest.litellm.payload import Payload, Unfit, payload_of
from spend.ingest.mapping import Mapping
from spend.ingest.native import MOST_ITEMS, Decoded
from spend.ingest.reading import WHOLE_ITEM, read_item, refused
from spend.ingest.records import Item, Problem

__all__ = ["decode", "digest_of"]

EMITTER = "litellm"


def decode(body: bytes, mapping: Mapping, at: datetime, *, names_teams: bool) -> Decoded:
    """Read a JSON array, lines or one object, told apart by content: LiteLLM calls all of them application/json.

    What is no call is left out. With `names_teams` the mapping names the team, for keys of several.
    Raises BadBody where the fault is of the whole body.
    """
    values = values_of(body)
    if len(values) > MOST_ITEMS:
        raise BadBody(f"has {len(values)} items; at most {MOST_ITEMS} are taken at once")
    decoded = Decoded([], [])
    for index, value in enumerate(values):
        read = _read(value, index, mapping, at, names_teams)
        if isinstance(read, Item):
            decoded.items.append(read)
        elif read is not None:
            decoded.problems.append(read)
    return decoded


def values_of(body: bytes) -> list[object]:
    """Return what stands in a body, one by one. Raises BadBody where that is no JSON."""
    if b"}\n{" in body or b"}\r\n{" in body:  # in JSON no line can begin so
        return decode_lines(body)
    try:
        content = decode_text(body)
    except BadBody:
        if b"\n" not in body.strip():
            raise
        lines = decode_lines(body)
        if all(isinstance(line, Unreadable) for line in lines):
            raise
        return lines
    return content if isinstance(content, list) else [content]


def _read(value: object, index: int, mapping: Mapping, at: datetime, names_teams: bool) -> Item | Problem | None:
    try:
        payload = payload_of(value)
    except ValueError as problem:
        return refused(index, [(WHOLE_ITEM, str(problem))])
    try:
        if is_old(payload):
            payload = renewed(payload)
        if not is_call(payload):
            return None
        call = fields_of(payload, mapping, names_teams=names_teams)
    except Unfit as problem:
        return refused(index, [(problem.name, str(problem))], _shown_identity(payload))
    read = read_item(call, kind="call", index=index, at=at)
    return Item(index, read.record, read.digest, EMITTER) if isinstance(read, Item) else read


def _shown_identity(payload: Payload) -> str | None:
    try:
        identity = identity_of(payload)
    except Unfit:
        return None
    return identity if fields.is_name(identity) else None
