"""A request in OTLP/JSON as raw spans: ids in hex, 64-bit numbers as text or numbers, names in camelCase or snake_case.

Some senders print protobuf's own JSON instead, with ids in base64 and enumerations by name; that is understood too.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import count
from typing import Any

import msgspec

from spend.ingest.bodies import BadBody, refuse_overweight
from spend.ingest.fields import described
from spend.ingest.json_text import decode_text
from spend.ingest.otlp.protobuf import EVENTS, MOST_EVENTS, Part
from spend.ingest.otlp.records import Event, RawSpan
from spend.ingest.otlp.vocabulary import Vocabulary

_FAILED = (2, "2", "STATUS_CODE_ERROR")
_EVENTS = {name.decode() for name in EVENTS}
_MOST_DEPTH = 8
_MOST_ENTRIES = 256
_MOST_DIGITS = 20
_decode = msgspec.json.Decoder().decode


def parts_of(body: bytes, vocabulary: Vocabulary, most: int) -> Iterator[Part]:
    """Read a body of at most `most` spans. Raises BadBody, also while its spans are read."""
    request = _decoded(body)
    if not isinstance(request, dict):
        raise BadBody(f'must be an object such as {{"resourceSpans": [...]}}, not {described(request)}')
    resources = _objects(request, "resourceSpans", "resource_spans")
    parts = [(resource, _objects(resource, "scopeSpans", "scope_spans")) for resource in resources]
    spans = sum(len(_listed(part, "spans", "spans")) for _, scopes in parts for part in scopes)
    if spans > most:
        raise BadBody(f"has {spans} spans; at most {most} are taken at once")
    return _parts(parts, vocabulary)


def _decoded(body: bytes) -> object:
    """Decode quickly; what stops that (a lone surrogate, NaN, absurd numbers) is read slowly, or refused in words."""
    refuse_overweight(body)
    try:
        return _decode(body)
    except (ValueError, ArithmeticError, RecursionError):
        return decode_text(body)


def _parts(parts: list[tuple[dict[str, Any], list[dict[str, Any]]]], vocabulary: Vocabulary) -> Iterator[Part]:
    indexes = count()
    for resource, scopes in parts:
        _, named = vocabulary.of_pairs(_attributes(_object(resource.get("resource"))))
        for part in scopes:
            scope = _object(part.get("scope"))
            yield (
                _text(scope.get("name")),
                _text(scope.get("version")),
                named,
                _spans(_objects(part, "spans", "spans"), indexes, vocabulary),
            )


def _spans(spans: list[dict[str, Any]], indexes: Iterator[int], vocabulary: Vocabulary) -> Iterator[RawSpan]:
    for span in spans:
        said, named = vocabulary.of_pairs(_attributes(span))
        status = _object(span.get("status"))
        failed = status.get("code") in _FAILED
        yield RawSpan(
            next(indexes),
            _id(_either(span, "traceId", "trace_id"), 16),
            _id(_either(span, "spanId", "span_id"), 8),
            _id(_either(span, "parentSpanId", "parent_span_id"), 8),
            _integer(_either(span, "startTimeUnixNano", "start_time_unix_nano")),
            _integer(_either(span, "endTimeUnixNano", "end_time_unix_nano")),
            failed,
            _text(status.get("message"))[:1_000] if failed else "",
            said,
            named,
            list(_events(span.get("events"), vocabulary)),
        )


def _events(events: object, vocabulary: Vocabulary) -> Iterator[Event]:
    for value in events[:MOST_EVENTS] if isinstance(events, list) else ():
        event = _object(value)
        if (name := _text(event.get("name"))) in _EVENTS:
            nanoseconds = _integer(_either(event, "timeUnixNano", "time_unix_nano"))
            yield Event(name, nanoseconds, vocabulary.of_pairs(_attributes(event))[0])


def _attributes(owner: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    attributes = owner.get("attributes")
    for pair in attributes if isinstance(attributes, list) else ():
        if isinstance(pair, dict) and isinstance(key := pair.get("key"), str):
            yield key, _plain(pair.get("value"))


def _plain(value: object, depth: int = 0) -> object:
    """Return the value of an AnyValue, None where it is none."""
    if not isinstance(value, dict) or len(value) != 1 or depth > _MOST_DEPTH:
        return None
    ((kind, inner),) = value.items()
    match kind:
        case "stringValue" | "string_value":
            return inner if isinstance(inner, str) else None
        case "boolValue" | "bool_value":
            return inner if isinstance(inner, bool) else None
        case "intValue" | "int_value":
            return _number(inner)
        case "doubleValue" | "double_value":
            return _double(inner)
        case "arrayValue" | "array_value":
            return [_plain(entry, depth + 1) for entry in _values(inner)]
        case "kvlistValue" | "kvlist_value":
            return {
                entry["key"]: _plain(entry.get("value"), depth + 1)
                for entry in _values(inner)
                if isinstance(entry, dict) and isinstance(entry.get("key"), str)
            }
    return None


def _values(inner: object) -> list[object]:
    found = inner.get("values") if isinstance(inner, dict) else None
    return found[:_MOST_ENTRIES] if isinstance(found, list) else []


def _number(value: object) -> object:
    """Read an int64, which JSON carries as text; anything else is left for the field's rule to refuse."""
    if isinstance(value, str) and len(value) <= _MOST_DIGITS and value.removeprefix("-").isdecimal():
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _double(value: object) -> object:
    try:
        return float(value) if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None


def _integer(value: object) -> int:
    number = _number(value)
    return number if type(number) is int and 0 <= number < 1 << 64 else 0


def _id(value: object, size: int) -> bytes:
    """Return the bytes of an id; one that is neither hex nor base64 comes out with a wrong size."""
    if not isinstance(value, str) or not value:
        return b""
    try:
        if value.endswith("="):
            decoded = binascii.a2b_base64(value[: 4 * size], strict_mode=True)
            return decoded if len(decoded) == size else b"?"
        return bytes.fromhex(value[: 4 * size])
    except ValueError:
        return b"?"


def _either(owner: Mapping[str, Any], camel: str, snake: str) -> Any:
    found = owner.get(camel)
    return owner.get(snake) if found is None else found


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _listed(owner: Mapping[str, Any], camel: str, snake: str) -> list[Any]:
    found = _either(owner, camel, snake)
    if found is None:
        return []
    if not isinstance(found, list):
        raise BadBody(f"must have a list {camel}, not {described(found)}")
    return found


def _objects(owner: Mapping[str, Any], camel: str, snake: str) -> list[dict[str, Any]]:
    found = _listed(owner, camel, snake)
    if any(not isinstance(value, dict) for value in found):
        raise BadBody(f"must have objects in {camel}")
    return found
