"""OTLP/HTTP: the bytes of an ExportTraceServiceRequest become spans, calls, evaluations and problems.

docs/connecting.md says what is read. Pure: no Django, no database, no clock.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec

from spend.ingest.fields import A_DAY, EARLIEST
from spend.ingest.identity import digest_of
from spend.ingest.mapping import Mapping
from spend.ingest.native import MOST_ITEMS
from spend.ingest.otlp import jsoned, protobuf
from spend.ingest.otlp.calls import Facets, Fields, Reading, Scope, facets_of, found_in, read_span, scope_of
from spend.ingest.otlp.evaluations import evaluations_of
from spend.ingest.otlp.kinds import JUDGE
from spend.ingest.otlp.records import Evaluation, RawSpan, Span, Traces
from spend.ingest.otlp.vocabulary import vocabulary_of
from spend.ingest.reading import read_item, refused
from spend.ingest.records import COST_STEP, Call, Item, Problem
from spend.ingest.rules import CALL

MOST_SPANS = MOST_ITEMS
_TRACE_BYTES, _SPAN_BYTES = 16, 8
_read_cost = CALL.readers["cost_usd"]


def decode(body: bytes, *, is_json: bool, mapping: Mapping, at: datetime) -> Traces:
    """Read a request. Raises BadBody where the fault is of the whole body; any other fault is a span's Problem."""
    vocabulary, facets = vocabulary_of(mapping), facets_of(mapping)
    batch = _Batch(at)
    parts = (jsoned if is_json else protobuf).parts_of(body, vocabulary, MOST_SPANS)
    for name, version, named, spans in parts:
        scope = scope_of(name, version, found_in(named, facets) if named else {})
        for span in spans:
            batch.add(span, read_span(span, scope, facets), scope, facets)
    return batch.decoded()


class _Batch:
    """Collects what was read, and makes the calls of it all at once."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._spans: list[Span] = []
        self._evaluations: list[Evaluation] = []
        self._problems: list[Problem] = []
        self._pending: list[tuple[int, Reading, Fields, str]] = []  # place in `_spans`, ...

    def add(self, span: RawSpan, reading: Reading, scope: Scope, facets: tuple[Facets, ...]) -> None:
        fields = reading.fields
        if faults := _faults_of_ids(span):
            if fields is not None:
                self._problems.append(refused(span.index, faults))
            return
        if "evaluation" in span.said or span.events:
            self._evaluations += [_placed(said, span, reading, scope, facets) for said in evaluations_of(span)]
        self._spans.append(Span(span.index, span.trace, span.id, span.parent or None))
        if fields is not None:
            if (cost := fields.get("cost_usd")) is not None:
                with suppress(ValueError):  # which leaves it to be refused by name
                    fields["cost_usd"] = _read_cost(cost, self._at)
            self._pending.append((len(self._spans) - 1, reading, fields, scope.emitter))

    def decoded(self) -> Traces:
        calls = self._all_at_once()
        for number, (place, reading, fields, emitter) in enumerate(self._pending):
            span = self._spans[place]
            read = self._item(span.index, calls[number] if calls else None, fields)
            if isinstance(read, Problem):
                self._problems.append(read)
            else:
                self._spans[place] = _with_item(span, reading, Item(read.index, read.record, read.digest, emitter))
        self._problems.sort(key=lambda problem: problem.index)
        return Traces(self._spans, self._problems, self._evaluations)

    def _all_at_once(self) -> list[Call] | None:
        try:
            return msgspec.convert([fields for _, _, fields, _ in self._pending], list[Call])
        except ValueError:
            return None

    def _item(self, index: int, call: Call | None, fields: Fields) -> Item | Problem:
        """Return the item of a good call; whatever needs a closer look is read field by field, by the native rules."""
        if call is not None and self._is_good(call):
            return Item(index, call, digest_of(call))
        when = fields["occurred_at"]
        when = when.isoformat() if isinstance(when, datetime) else when
        return read_item({**fields, "occurred_at": when}, kind="call", index=index, at=self._at)

    def _is_good(self, call: Call) -> bool:
        cost = call.cost_usd
        return (
            EARLIEST <= call.occurred_at <= self._at + A_DAY
            and (call.reasoning_tokens or 0) <= (call.output_tokens or 0)
            and (cost is None or (cost >= 0 and cost.same_quantum(COST_STEP)))
            and all(value.isprintable() for value in msgspec.structs.astuple(call) if type(value) is str)
        )


def _with_item(span: Span, reading: Reading, item: Item) -> Span:
    usage = reading.kind.usage if reading.kind else "none"
    return Span(span.index, span.trace, span.id, span.parent, usage, reading.is_metered, item)


def _placed(said: Evaluation, span: RawSpan, reading: Reading, scope: Scope, facets: tuple[Facets, ...]) -> Evaluation:
    """Add to an evaluation whether its span is a call, and which task and team it and its resource name."""
    found = {**scope.found, **found_in(span.named, facets)}
    task, team = found.get("task"), found.get("team")
    is_call = reading.fields is not None and reading.kind is not JUDGE
    return msgspec.structs.replace(
        said,
        is_call=is_call,
        task=task if isinstance(task, str) else None,
        team=team if isinstance(team, str) else None,
    )


def _faults_of_ids(span: RawSpan) -> list[tuple[str, str]]:
    """Return what is wrong with the ids: OTLP wants 16 and 8 bytes, not all of them zero."""
    faults = []
    if len(span.trace) != _TRACE_BYTES or not any(span.trace):
        faults.append(("trace_id", "must be 16 bytes, not all of them zero"))
    if len(span.id) != _SPAN_BYTES or not any(span.id):
        faults.append(("span_id", "must be 8 bytes, not all of them zero"))
    if span.parent and len(span.parent) != _SPAN_BYTES:
        faults.append(("parent_span_id", "must be 8 bytes"))
    return faults
