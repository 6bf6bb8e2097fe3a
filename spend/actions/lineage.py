"""Calls that came as spans, and repeat the usage of spans below them: noticed when they come, or when those do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from spend import store
from spend.domain.lineage import Key, Span, look_up
from spend.ingest.identity import key_bytes_of
from spend.queries.book import Book
from spend.queries.zone import reporting_day

_TRACE_BYTES = 16
SPAN_KINDS = frozenset({"otlp", "langfuse"})


def key_of_span(trace: bytes, span: bytes) -> Key:
    return trace + span


def call_name_of(key: Key) -> str:
    """Return the external id of the call that a span is."""
    return f"{key[:_TRACE_BYTES].hex()}-{key[_TRACE_BYTES:].hex()}"


class Lineage:
    """The spans of a batch. What they say of each other is known at once, what earlier ones say only after `settle`."""

    def __init__(self, spans: Sequence[Span], reach: frozenset[int] | None) -> None:
        self._spans = spans
        self._reach = reach
        self.repeated = {call_name_of(key) for key in look_up(spans, lambda keys: {}).repeated}
        self.yields_to = {call_name_of(span.key): span.yields_to for span in spans if span.yields_to}

    def settle(self, reference: Book, at: datetime) -> None:
        """Hold the batch against what came before it. The last step of the transaction that wrote its calls."""
        scope = next(iter(self._reach)) if self._reach is not None and len(self._reach) == 1 else 0
        store.lock_spans(scope)
        found = look_up(self._spans, lambda keys: store.known_spans(scope, keys))
        below = dict(found.below_earlier)
        # Those repeated among themselves too: sent again together with what is below it, a span may be stored already.
        below |= {span.key: span.yields_to for span in self._spans if span.key in found.repeated}
        store.demote_calls(
            {
                key_bytes_of("call", team, call_name_of(key)): sorts
                for key, sorts in below.items()
                for team in self._teams(reference)
            }
        )
        store.keep_spans(scope, found.keep, reporting_day(at))

    def _teams(self, reference: Book) -> frozenset[int]:
        """Whose calls may be meant: a key of all teams does not say whose an earlier span was."""
        if self._reach is not None:
            return self._reach
        return frozenset(team for team, kind, _ in reference.sources if kind in SPAN_KINDS)
