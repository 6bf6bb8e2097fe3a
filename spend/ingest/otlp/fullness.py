"""How many fields a request in protobuf has, counted before it is parsed.

An empty message takes two bytes of a body, and forty times as much of the memory.
"""

from __future__ import annotations

from spend.ingest.bodies import LARGE_BYTES, BadBody

MOST_FIELDS = 1_000_000  # a large request of spans that say anything has a quarter of that

_VARINT, _FIXED64, _MESSAGE, _FIXED32 = 0, 1, 2, 5
_FIXED_SIZES = {_FIXED64: 8, _FIXED32: 4}
Kinds = dict[int, "Kinds"]

# Fields that are messages themselves: request > resource_spans > (resource, scope_spans > (scope, spans > events ...)).
_SPAN: Kinds = {11: {}, 15: {}}
_REQUEST: Kinds = {1: {1: {}, 2: {1: {}, 2: _SPAN}}}


def refuse_overfull(body: bytes) -> None:
    """Raise BadBody for a large body of more fields than are taken; one that is damaged is the parser's to refuse."""
    if len(body) > LARGE_BYTES and _fields_left(body, 0, len(body), _REQUEST, MOST_FIELDS) < 0:
        raise BadBody(f"has more than {MOST_FIELDS:,} fields; send it in smaller batches")


def _fields_left(body: bytes, place: int, end: int, kinds: Kinds, left: int) -> int:
    """Return how many fields may still come after those from `place` to `end`; below 0 there are too many."""
    while place < end and left >= 0:
        left -= 1
        tag, place = _number(body, place, end)
        wire = tag & 7
        if wire == _MESSAGE:
            size, place = _number(body, place, end)
            inner = kinds.get(tag >> 3)
            if inner is not None:
                left = _fields_left(body, place, min(place + size, end), inner, left)
            place += size
        elif wire == _VARINT:
            _, place = _number(body, place, end)
        else:
            place += _FIXED_SIZES.get(wire, 0)
    return left


def _number(body: bytes, place: int, end: int) -> tuple[int, int]:
    """Read a varint; return it, and the place after it."""
    number = shift = 0
    while place < end:
        byte = body[place]
        place += 1
        number |= (byte & 127) << shift
        if byte < 128 or shift > 63:
            break
        shift += 7
    return number, place
