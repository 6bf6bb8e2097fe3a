"""The same made-up calls as spans: OTLP/HTTP protobuf bodies as OpenTelemetry's instrumentation of OpenAI sends.

A task is a trace of one to three spans of about 650 bytes, a part of them the texts that such spans carry.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from benchmarks.facts import calls

SCOPE = ("opentelemetry.instrumentation.openai_v2", "2.4b0")
_TEXT = (
    "The claim was filed in time, the damage is covered, and the amount agrees with the invoice of the garage;"
    " nothing speaks against paying it as it was asked for."
)
_NANOSECONDS = 1_000_000  # in a millisecond


def trace_prefix_of(run: str) -> str:
    """Return how the hexadecimal trace ids of a run begin."""
    return blake2b(run.encode(), digest_size=8).hexdigest()


def bodies(run: str, batches: int, *, size: int, start: datetime, days: int) -> Iterator[bytes]:
    """Yield requests of `size` spans each, by team as resources are."""
    endless = calls(run, start=start, days=days)
    for _ in range(batches):
        request = ExportTraceServiceRequest()
        by_team: dict[str, ResourceSpans] = {}
        for call in islice(endless, size):
            resource = by_team.get(call["team"]) or _resource(request, call["team"])
            by_team[call["team"]] = resource
            resource.scope_spans[0].spans.append(span_of(run, call))
        yield request.SerializeToString()


def _resource(request: ExportTraceServiceRequest, team: str) -> ResourceSpans:
    made = request.resource_spans.add()
    about = {"service.name": team.lower(), "truecost.team": team, "deployment.environment.name": "production"}
    made.resource.attributes.extend(_attributes(about))
    scope = made.scope_spans.add().scope
    scope.name, scope.version = SCOPE
    return made


def span_of(run: str, call: dict[str, Any]) -> Span:
    begun = datetime.fromisoformat(call["occurred_at"])
    ended = begun + timedelta(milliseconds=call["latency_ms"])
    cached = call["cache_read_tokens"]
    said = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": call["provider"],
        "gen_ai.request.model": call["model"],
        "gen_ai.response.model": call["model"],
        "gen_ai.response.id": f"chatcmpl-{call['id']}",
        "gen_ai.usage.input_tokens": call["input_tokens"] + cached,
        "gen_ai.usage.cache_read.input_tokens": cached,
        "gen_ai.usage.output_tokens": call["output_tokens"],
        "server.address": "api.openai.com",
        "truecost.task_type": call["task_type"],
        "gen_ai.output.messages": _TEXT,
    }
    return Span(
        trace_id=bytes.fromhex(trace_prefix_of(run)) + _hashed(call["task"]),
        span_id=_hashed(call["id"]),
        name=f"chat {call['model']}",
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=_nanoseconds(begun),
        end_time_unix_nano=_nanoseconds(ended),
        attributes=_attributes(said),
    )


def _nanoseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000) * _NANOSECONDS


def _hashed(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=8).digest()


def _attributes(values: dict[str, str | int]) -> list[KeyValue]:
    return [
        KeyValue(key=name, value=AnyValue(string_value=value) if isinstance(value, str) else AnyValue(int_value=value))
        for name, value in values.items()
    ]
