"""What is kept of a span that was refused: a request of its own, of known fields only, that reads as the span did.

No prompt, answer, message or free-form parameter is ever in it: only what our fields and the mapping took from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spend.ingest.otlp.evaluations import moment
from spend.ingest.otlp.kinds import EMBEDDING, GENERATION, GUARDRAIL, JUDGE, RERANK, WRAPPER
from spend.ingest.otlp.names import NAMES
from spend.ingest.otlp.records import Refused
from spend.ingest.otlp.usage import with_details
from spend.ingest.otlp.vocabulary import CONTAINERS, Named

# How a kind is said so that it is read as itself again.
_KINDS = (
    (GENERATION, "gen_ai.operation.name", "chat"),
    (EMBEDDING, "gen_ai.operation.name", "embeddings"),
    (RERANK, "gen_ai.operation.name", "rerank"),
    (JUDGE, "langfuse.observation.type", "evaluator"),
    (GUARDRAIL, "langfuse.observation.type", "guardrail"),
    (WRAPPER, "gen_ai.operation.name", "invoke_agent"),
)
_LONGEST = 200  # characters of a value
_MOST_ENTRIES = 8

# The first attribute that says a field in its own right.
_ATTRIBUTES = {
    name.field: attribute for attribute, name in sorted(NAMES.items(), key=lambda pair: pair[1].rank, reverse=True)
}
_OPENED = frozenset({"parameters", "usage_details", "provider_metadata", "first_at"})
_UNKEPT = _OPENED | {"kind"}


def request_of(refused: Refused) -> dict[str, Any]:
    """Return a request in OTLP/JSON with this one span."""
    span = refused.span
    kept = {
        "traceId": span.trace.hex(),
        "spanId": span.id.hex(),
        "parentSpanId": span.parent.hex(),
        "startTimeUnixNano": str(span.start),
        "endTimeUnixNano": str(span.end),
        "status": {"code": 2 if span.failed else 0},
        "attributes": [*_of_fields(with_details(span.said)), *_of_names(span.named)],
    }
    scoped = {"scope": {"name": refused.scope, "version": refused.version}, "spans": [kept]}
    return {"resourceSpans": [{"resource": {"attributes": list(_of_names(refused.resource))}, "scopeSpans": [scoped]}]}


def _of_fields(said: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    for kind, attribute, word in _KINDS:
        if said.get("kind") is kind:
            yield _pair(attribute, word)
    if isinstance(first := said.get("first_at"), int):
        yield _pair("langfuse.observation.completion_start_time", moment(first).isoformat())
    for field, value in said.items():
        if field not in _UNKEPT and not field.startswith("evaluation"):
            yield _pair(_ATTRIBUTES[field], value)


def _of_names(named: Named) -> Iterator[dict[str, Any]]:
    for name, value in named.items():
        known = NAMES.get(name)
        if name not in CONTAINERS and (known is None or known.field not in _OPENED):
            yield _pair(name, value)


def _pair(name: str, value: object) -> dict[str, Any]:
    return {"key": name, "value": _value(value)}


def _value(value: object) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)} if abs(value) < 1 << 63 else {"doubleValue": float(value)}
        case float():
            return {"doubleValue": value}
        case str():
            return {"stringValue": value[:_LONGEST]}
        case dict():
            return {"kvlistValue": {"values": [{"key": "", "value": {}}]}}  # what is in it nobody asked for
        case list():
            return {"arrayValue": {"values": [_value(entry) for entry in value[:_MOST_ENTRIES] if entry is not None]}}
    return {}
