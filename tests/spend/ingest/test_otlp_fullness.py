"""A request of very many empty messages is refused before it is parsed; what is legal is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from benchmarks import spans
from spend.ingest.bodies import LARGE_BYTES, BadBody
from spend.ingest.otlp import fullness
from spend.ingest.otlp.fullness import refuse_overfull
from spend.ingest.otlp.wire import WireRequest

MANY = LARGE_BYTES // 2 + 1  # of two bytes each


def nested(tag: int, content: bytes) -> bytes:
    size = len(content)
    return bytes([tag, size & 127 | 128, size >> 7 & 127 | 128, size >> 14 & 127 | 128, size >> 21]) + content


def spans_of(content: bytes) -> bytes:
    return nested(0x0A, nested(0x12, content))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"\x0a\x00" * MANY, "resources"),
        (nested(0x0A, b"\x12\x00" * MANY), "scopes"),
        (spans_of(b"\x12\x00" * MANY), "spans"),
        (spans_of(nested(0x12, b"\x4a\x00" * MANY)), "attributes"),
        (spans_of(nested(0x12, b"\x5a\x00" * MANY)), "events"),
        (spans_of(nested(0x12, b"\x5a\x02\x1a\x00" * MANY)), "attributes of events"),
        (b"\x78\x01" * MANY, "unknown numbers"),
    ],
)
def test_too_many_of_anything_is_too_much(body, field, monkeypatch):
    monkeypatch.setattr(fullness, "MOST_FIELDS", 10_000)
    with pytest.raises(BadBody, match="smaller batches"):
        refuse_overfull(body)


def test_the_largest_legal_request_is_taken():
    body = next(spans.bodies("full", 1, size=10_000, start=datetime(2026, 1, 1, tzinfo=UTC), days=30))
    assert len(body) > LARGE_BYTES
    refuse_overfull(body)
    assert sum(len(scope.spans) for part in WireRequest.FromString(body).resource_spans for scope in part.scope_spans)


@pytest.mark.parametrize("end", [b"\x0a", b"\x0a\xff\xff\xff\xff\x7f", b"\x09\x01", b"\x0f\x0c\x0b", b"\xff" * 20])
def test_what_is_damaged_is_left_to_the_parser(end):
    refuse_overfull((b"\x4a\x40" + b"x" * 64) * 20_000 + end)
