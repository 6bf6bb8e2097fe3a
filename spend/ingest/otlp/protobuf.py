"""A request in protobuf as raw spans, by resource and scope."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from spend.ingest.bodies import BadBody
from spend.ingest.otlp.fullness import refuse_overfull
from spend.ingest.otlp.records import Event, RawSpan
from spend.ingest.otlp.vocabulary import Named, Vocabulary
from spend.ingest.otlp.wire import Damaged, WireRequest

_FAILED = 2
EVENTS = frozenset({
    b"exception", b"gen_ai.evaluation.result", b"First Token Stream Event", b"llm.content.completion.chunk",
})  # fmt: skip
MOST_EVENTS = 128  # of a span that are looked at

# Scope name, version, what the mapping asks of the resource, and the spans.
Part = tuple[str, str, Named, Iterator[RawSpan]]


def parts_of(body: bytes, vocabulary: Vocabulary, most: int) -> Iterator[Part]:
    """Read a body of at most `most` spans. Raises BadBody, also while its spans are read."""
    refuse_overfull(body)
    try:
        request = WireRequest.FromString(body)
    except Damaged:
        raise BadBody("is not an ExportTraceServiceRequest in protobuf") from None
    spans = sum(len(part.spans) for resource in request.resource_spans for part in resource.scope_spans)
    if spans > most:
        raise BadBody(f"has {spans} spans; at most {most} are taken at once")
    return _parts(request, vocabulary)


def _parts(request: Any, vocabulary: Vocabulary) -> Iterator[Part]:
    indexes = count()
    for resource in request.resource_spans:
        named = _read(vocabulary, resource.resource.attributes)[1]
        for part in resource.scope_spans:
            name, version = (text.decode(errors="replace") for text in (part.scope.name, part.scope.version))
            yield name, version, named, _spans(part.spans, indexes, vocabulary)


def _spans(spans: Any, indexes: Iterator[int], vocabulary: Vocabulary) -> Iterator[RawSpan]:
    for span in spans:
        said, named = _read(vocabulary, span.attributes)
        status = span.status
        failed = status.code == _FAILED
        yield RawSpan(
            next(indexes),
            span.trace_id,
            span.span_id,
            span.parent_span_id,
            span.start,
            span.end,
            failed,
            status.message[:1_000].decode(errors="replace") if failed else "",
            said,
            named,
            _events(span.events, vocabulary) if span.events else [],
        )


def _events(events: Any, vocabulary: Vocabulary) -> list[Event]:
    return [
        Event(event.name.decode(), event.time, _read(vocabulary, event.attributes)[0])
        for event in events[:MOST_EVENTS]
        if event.name in EVENTS
    ]


def _read(vocabulary: Vocabulary, attributes: Any) -> tuple[dict[str, object], Named]:
    try:
        return vocabulary.of_protobuf(attributes)
    except Damaged:
        raise BadBody("has an attribute that is not valid protobuf") from None
