"""OTLP/HTTP: the bytes of an ExportTraceServiceRequest become spans, calls, evaluations and problems.

docs/connecting.md says what is read. Pure: no Django, no database, no clock.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from spend.ingest.fields import A_DAY, EARLIEST
from spend.ingest.identity import digest_of
from spend.ingest.mapping import Mapping
from spend.ingest.native import MOST_ITEMS
from spend.ingest.otlp import jsoned, protobuf
from spend.ingest.otlp.calls import Facets, Fields, Reading, Scope, read_span, scope_of
from spend.ingest.otlp.evaluations import evaluations_of
from spend.ingest.otlp.kinds import JUDGE
from spend.ingest.otlp.records import Evaluation, RawSpan, Refused, Span, Traces
from spend.ingest.otlp.vocabulary import vocabulary_of
from spend.ingest.reading import read_item, refused
from spend.ingest.records import Call, Item, Problem
from spend.ingest.rules import CALL

MOST_SPANS = MOST_ITEMS
_TRACE_BYTES, _SPAN_BYTES = 16, 8
_NO_TRACE, _NO_SPAN = bytes(16), bytes(8)
_read_cost = CALL.readers["cost_usd"]


def decode(body: bytes, *, is_json: bool, mapping: Mapping, at: datetime) -> Traces:
    """Read a request. Raises BadBody where the fault is of the whole body; any other fault is a span's Problem."""
    vocabulary, facets = vocabulary_of(mapping), Facets(mapping)
    batch = _Batch(at)
    parts = (jsoned if is_json else protobuf).parts_of(body, vocabulary, MOST_SPANS)
    for name, version, named, spans in parts:
        scope = scope_of(name, version, named, facets)
        for span in spans:
            batch.add(span, read_span(span, scope, facets), scope, facets)
    return batch.decoded


class _Batch:
    """Collects what was read. Spans are finished one by one: kept all at once they no longer fit into the caches."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._latest = at + A_DAY
        self.decoded = Traces([], [], [], {})

    def add(self, span: RawSpan, reading: Reading | None, scope: Scope, facets: Facets) -> None:
        if not _has_good_ids(span):
            if reading is not None:
                self._refuse(refused(span.index, _faults_of_ids(span)), span, scope)
            return
        if "evaluation" in span.said or span.events:
            self.decoded.evaluations.extend(
                _placed(said, span, reading, scope, facets) for said in evaluations_of(span)
            )
        parent = span.parent or None
        item = None if reading is None else self._item(span.index, reading.fields, scope.emitter)
        if isinstance(item, Problem):
            self._refuse(item, span, scope)
        if reading is None or not isinstance(item, Item):  # a link between those above and those below it
            self.decoded.spans.append(Span(span.index, span.trace, span.id, parent))
            return
        usage = reading.kind.usage
        self.decoded.spans.append(Span(span.index, span.trace, span.id, parent, usage, reading.is_metered, item))

    def _refuse(self, problem: Problem, span: RawSpan, scope: Scope) -> None:
        self.decoded.problems.append(problem)
        self.decoded.refused[span.index] = Refused(span, scope.emitter, scope.version, scope.resource)

    def _item(self, index: int, fields: Fields, emitter: str) -> Item | Problem:
        try:
            if (cost := fields.get("cost_usd")) is not None:
                fields["cost_usd"] = _read_cost(cost, self._at)
            call = msgspec.convert(fields, Call)
            if self._is_good(call):
                return Item(index, call, digest_of(call), emitter)
        except ValueError:
            pass
        read = _read_closely(index, fields, self._at)
        return Item(index, read.record, read.digest, emitter) if isinstance(read, Item) else read

    def _is_good(self, call: Call) -> bool:
        """Whether what msgspec does not check holds too; the rest of a call is not text from outside."""
        texts = (
            f"{call.model}{call.provider}{call.task}{call.task_type}{call.team}{call.service_tier}{call.environment}"
        )
        return (
            EARLIEST <= call.occurred_at <= self._latest
            and (call.reasoning_tokens or 0) <= (call.output_tokens or 0)
            and texts.isprintable()
        )


def _read_closely(index: int, fields: Fields, at: datetime) -> Item | Problem:
    """Read field by field, by the native rules, so that every bad field is named."""
    when = fields["occurred_at"]
    said = {**fields, "occurred_at": when.isoformat() if isinstance(when, datetime) else when}
    return read_item(said, kind="call", index=index, at=at)


def _placed(said: Evaluation, span: RawSpan, reading: Reading | None, scope: Scope, facets: Facets) -> Evaluation:
    """Add to an evaluation whether its span is a call, and which task and team it and its resource name."""
    found = {**scope.found, **facets.found_in(span.named)}
    task, team = found.get("task"), found.get("team")
    return msgspec.structs.replace(
        said,
        is_call=reading is not None and reading.kind is not JUDGE,
        task=task if isinstance(task, str) else None,
        team=team if isinstance(team, str) else None,
    )


def _has_good_ids(span: RawSpan) -> bool:
    return (
        len(span.trace) == _TRACE_BYTES
        and len(span.id) == _SPAN_BYTES
        and len(span.parent) in (0, _SPAN_BYTES)
        and span.trace != _NO_TRACE
        and span.id != _NO_SPAN
    )


def _faults_of_ids(span: RawSpan) -> list[tuple[str, str]]:
    """Return what is wrong with the ids: OTLP wants 16 and 8 bytes, not all of them zero."""
    faults = []
    if len(span.trace) != _TRACE_BYTES or span.trace == _NO_TRACE:
        faults.append(("trace_id", "must be 16 bytes, not all of them zero"))
    if len(span.id) != _SPAN_BYTES or span.id == _NO_SPAN:
        faults.append(("span_id", "must be 8 bytes, not all of them zero"))
    if len(span.parent) not in (0, _SPAN_BYTES):
        faults.append(("parent_span_id", "must be 8 bytes"))
    return faults
