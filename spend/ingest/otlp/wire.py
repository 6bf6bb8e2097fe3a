"""OTLP's protobuf, read lazily: the same messages as opentelemetry-proto 1.45, with every attribute left as bytes.

Making a Python object of each of fifteen attributes, to look at eight, is what costs time; here the prompts and answers
of a span are never even decoded. Fields that are not listed are skipped.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

_PACKAGE = "truecost.otlp"
_Type = descriptor_pb2.FieldDescriptorProto
_SCALARS = {"bytes": _Type.TYPE_BYTES, "fixed64": _Type.TYPE_FIXED64, "int32": _Type.TYPE_INT32}

# message -> field -> (number, type, repeated); field numbers of opentelemetry/proto/trace/v1/trace.proto
_MESSAGES: dict[str, dict[str, tuple[int, str, bool]]] = {
    "Request": {"resource_spans": (1, "ResourceSpans", True)},
    "ResourceSpans": {"resource": (1, "Resource", False), "scope_spans": (2, "ScopeSpans", True)},
    "Resource": {"attributes": (1, "bytes", True)},
    "ScopeSpans": {"scope": (1, "Scope", False), "spans": (2, "Span", True)},
    "Scope": {"name": (1, "bytes", False), "version": (2, "bytes", False)},
    "Span": {
        "trace_id": (1, "bytes", False),
        "span_id": (2, "bytes", False),
        "parent_span_id": (4, "bytes", False),
        "start": (7, "fixed64", False),
        "end": (8, "fixed64", False),
        "attributes": (9, "bytes", True),
        "events": (11, "Event", True),
        "status": (15, "Status", False),
    },
    "Event": {"time": (1, "fixed64", False), "name": (2, "bytes", False), "attributes": (3, "bytes", True)},
    "Status": {"message": (2, "bytes", False), "code": (3, "int32", False)},
    "Attribute": {"key": (1, "bytes", False)},
}
_MOST_DEPTH = 8  # of lists and maps in a value
_MOST_ENTRIES = 256

Damaged = DecodeError


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="truecost/otlp.proto", package=_PACKAGE, syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind, repeated) in fields.items():
            label = _Type.LABEL_REPEATED if repeated else _Type.LABEL_OPTIONAL
            if kind in _SCALARS:
                message.field.add(name=field, number=number, type=_SCALARS[kind], label=label)
            else:
                type_name = f".{_PACKAGE}.{kind}"
                message.field.add(name=field, number=number, type=_Type.TYPE_MESSAGE, type_name=type_name, label=label)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindMessageTypeByName
    return {name: message_factory.GetMessageClass(found(f"{_PACKAGE}.{name}")) for name in _MESSAGES}


_found = _classes()
WireRequest = _found["Request"]


# Most attributes are small, and encoders write them all in one way: `0a len key 12 len (0a len text | 18 varint)`, with
# every length below 128. Those are read here by hand; whatever looks different is left to the library.


def name_of(raw: bytes) -> bytes:
    """Return the key of a KeyValue. Raises Damaged where it is none."""
    if len(raw) > 2 and raw[0] == 0x0A and raw[1] < 0x80:
        return raw[2 : raw[1] + 2]
    key: bytes = _found["Attribute"].FromString(raw).key
    return key


def short_value(raw: bytes, start: int) -> object:
    """Return the value of a KeyValue, which starts at `start`; None where it is no short text or whole number."""
    rest = len(raw) - start - 2
    if not 2 <= rest < 0x80 or raw[start] != 0x12 or raw[start + 1] != rest:
        return None
    kind = raw[start + 2]
    if kind == 0x0A and raw[start + 3] == rest - 2:
        try:
            return raw[start + 4 :].decode()
        except UnicodeDecodeError:
            return None
    return _varint(raw, start + 3) if kind == 0x18 else None


def _varint(raw: bytes, start: int) -> int | None:
    """Read a varint of at most 8 bytes that ends where `raw` does."""
    last = len(raw) - 1
    if raw[last] >= 0x80 or last >= start + 8:
        return None
    number = raw[last]
    for place in range(last - 1, start - 1, -1):
        if raw[place] < 0x80:
            return None
        number = number << 7 | raw[place] & 0x7F
    return number


def value_of(raw: bytes) -> object:
    """Read the value of any KeyValue. Raises Damaged where it is none, or has text that is no UTF-8."""
    return plain(KeyValue.FromString(raw).value)


def plain(value: AnyValue, depth: int = 0) -> object:
    """Return a plain value; what is nested deeper than anybody means, or is bytes, is None."""
    kind = value.WhichOneof("value")
    if kind in ("string_value", "int_value", "double_value", "bool_value"):
        return getattr(value, kind)
    if depth >= _MOST_DEPTH:
        return None
    if kind == "array_value":
        return [plain(entry, depth + 1) for entry in value.array_value.values[:_MOST_ENTRIES]]
    if kind == "kvlist_value":
        entries = value.kvlist_value.values[:_MOST_ENTRIES]
        return {entry.key: plain(entry.value, depth + 1) for entry in entries}
    return None
