"""Spans as an exporter would send them, in protobuf."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

PROTOBUF = "application/x-protobuf"
BEGUN = datetime(2026, 10, 5, 8, tzinfo=UTC)
TRACE = "0af7651916cd43dd8448eb211c80319c"


def value(given: Any) -> AnyValue:
    if isinstance(given, bool):
        return AnyValue(bool_value=given)
    if isinstance(given, int):
        return AnyValue(int_value=given)
    return AnyValue(double_value=given) if isinstance(given, float) else AnyValue(string_value=given)


def request(*spans: dict[str, Any], scope: str = "test.scope", resource: dict[str, Any] | None = None) -> bytes:
    """Return a request of spans: `id`, `parent`, `trace`, `seconds` after BEGUN, and attributes by their names."""
    message = ExportTraceServiceRequest()
    of = message.resource_spans.add()
    for name, given in (resource or {}).items():
        of.resource.attributes.add(key=name, value=value(given))
    scoped = of.scope_spans.add()
    scoped.scope.name = scope
    for span in spans:
        _add(scoped.spans, dict(span))
    return message.SerializeToString()


def _add(spans: Any, span: dict[str, Any]) -> None:
    start = int(BEGUN.timestamp() * 10**9) + span.pop("seconds", 0) * 10**9
    row = spans.add(
        trace_id=bytes.fromhex(span.pop("trace", TRACE)), span_id=id_of(span.pop("id")), name="span",
        start_time_unix_nano=start, end_time_unix_nano=start + 1_500_000_000,
    )  # fmt: skip
    if (parent := span.pop("parent", None)) is not None:
        row.parent_span_id = id_of(parent)
    for name, given in span.items():
        row.attributes.add(key=name, value=value(given))


def id_of(number: int) -> bytes:
    return number.to_bytes(8, "big")


def call(number: int, parent: int | None = None, **more: Any) -> dict[str, Any]:
    """A request to small-1 of 100 tokens in and 10 out."""
    return _metered(number, parent, "chat", **more)


def agent(number: int, parent: int | None = None, **more: Any) -> dict[str, Any]:
    """An agent's run that states the sum of what its calls used."""
    return _metered(number, parent, "invoke_agent", **more)


def plain(number: int, parent: int | None = None, **more: Any) -> dict[str, Any]:
    """A span of something else."""
    return {"id": number, "parent": parent, "http.request.method": "GET", **more}


def _metered(number: int, parent: int | None, operation: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "parent": parent, "gen_ai.operation.name": operation, "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "small-1", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10, **more,
    }  # fmt: skip


def names(numbers: Iterable[int], trace: str = TRACE) -> set[str]:
    """Return the ids of the calls that these spans are."""
    return {f"{trace}-{id_of(number).hex()}" for number in numbers}
