"""Build trace requests: spans as plain dicts, sent in protobuf or in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from spend.ingest.mapping import Mapping as SourceMapping
from spend.ingest.mapping import default_of
from spend.ingest.otlp.decoding import decode
from spend.ingest.otlp.records import Span, Traces
from spend.ingest.records import Call

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
START = 1_795_364_622_175_879_531  # 2026-11-22 16:23:42
TRACE, SPAN, PARENT = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "eee19b7ec3c1b173"
OTEL = default_of("otlp")

Attributes = Mapping[str, Any]


def span(attributes: Attributes | None = None, **changes: Any) -> dict[str, Any]:
    """A span of two seconds; `events` are (name, attributes, milliseconds after the start)."""
    return {
        "trace": TRACE,
        "id": SPAN,
        "parent": "",
        "start": START,
        "end": START + 2_000_000_000,
        "code": 0,
        "message": "",
        "events": [],
        "attributes": attributes or {},
        **changes,
    }


def chat(**attributes: Any) -> dict[str, Any]:
    """A chat of the convention; `_` in a name stands for itself, `__` for a dot."""
    said = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5"}
    return {**said, **{name.replace("__", "."): value for name, value in attributes.items()}}


def as_protobuf(
    *spans: dict[str, Any], scope: str = "", version: str = "", resource: Attributes | None = None
) -> bytes:
    request = ExportTraceServiceRequest()
    part = request.resource_spans.add()
    _add(part.resource.attributes, resource or {})
    scoped = part.scope_spans.add()
    scoped.scope.name, scoped.scope.version = scope, version
    for said in spans:
        made = scoped.spans.add(
            trace_id=bytes.fromhex(said["trace"]),
            span_id=bytes.fromhex(said["id"]),
            parent_span_id=bytes.fromhex(said["parent"]),
            start_time_unix_nano=said["start"],
            end_time_unix_nano=said["end"],
        )
        made.status.code, made.status.message = said["code"], said["message"]
        _add(made.attributes, said["attributes"])
        for name, attributes, milliseconds in said["events"]:
            event = made.events.add(name=name, time_unix_nano=said["start"] + milliseconds * 1_000_000)
            _add(event.attributes, attributes)
    return request.SerializeToString()


def _add(attributes: Any, said: Attributes) -> None:
    for name, value in said.items():
        attributes.add(key=name).value.CopyFrom(_any(value))


def _any(value: Any) -> AnyValue:
    match value:
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case list():
            made = AnyValue()
            made.array_value.values.extend(_any(entry) for entry in value)
            return made
        case dict():
            made = AnyValue()
            _add(made.kvlist_value.values, value)
            return made
    return AnyValue(string_value=value)


def as_json(*spans: dict[str, Any], scope: str = "", version: str = "", resource: Attributes | None = None) -> bytes:
    """As the specification has it: ids in hex, 64-bit numbers as text."""
    return json.dumps(
        {
            "resourceSpans": [
                {
                    "resource": {"attributes": _pairs(resource or {})},
                    "scopeSpans": [{"scope": {"name": scope, "version": version}, "spans": list(map(_span, spans))}],
                }
            ]
        }
    ).encode()


def _span(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "traceId": said["trace"],
        "spanId": said["id"],
        "parentSpanId": said["parent"],
        "startTimeUnixNano": str(said["start"]),
        "endTimeUnixNano": str(said["end"]),
        "status": {"code": said["code"], "message": said["message"]},
        "attributes": _pairs(said["attributes"]),
        "events": [
            {"name": name, "timeUnixNano": str(said["start"] + after * 1_000_000), "attributes": _pairs(attributes)}
            for name, attributes, after in said["events"]
        ],
    }


def _pairs(said: Attributes) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in said.items()]


def _value(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case list():
            return {"arrayValue": {"values": [_value(entry) for entry in value]}}
        case dict():
            return {"kvlistValue": {"values": _pairs(value)}}
    return {"stringValue": value}


def read(body: bytes, *, is_json: bool = False, mapping: SourceMapping = OTEL) -> Traces:
    return decode(body, is_json=is_json, mapping=mapping, at=AT)


def traces(*spans: dict[str, Any], mapping: SourceMapping = OTEL, **scope: Any) -> Traces:
    """Decode spans from protobuf, after making sure that JSON says the same."""
    found = read(as_protobuf(*spans, **scope), mapping=mapping)
    assert read(as_json(*spans, **scope), is_json=True, mapping=mapping) == found
    return found


def one(attributes: Attributes, *, mapping: SourceMapping = OTEL, scope: str = "", **changes: Any) -> Span:
    """Decode the one span with these attributes."""
    found = traces(span(attributes, **changes), mapping=mapping, scope=scope)
    assert found.problems == []
    return found.spans[0]


def call(attributes: Attributes, **given: Any) -> Call:
    item = one(attributes, **given).item
    assert item is not None
    assert isinstance(item.record, Call)
    return item.record


def buckets(found: Call) -> dict[str, int]:
    """The tokens that a call states, by bucket."""
    names = ("input", "cache_read", "cache_write", "output", "reasoning")
    stated = {name: getattr(found, f"{name}_tokens") for name in names}
    return {name: value for name, value in stated.items() if value is not None}


def problems(*spans: dict[str, Any]) -> Iterable[dict[str, list[str]]]:
    return [problem.errors for problem in traces(*spans).problems]
