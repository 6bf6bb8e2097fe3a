"""Whatever bytes come, the decoder answers: spans, problems by name, or BadBody; nothing else, and soon."""

from __future__ import annotations

import json
import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spend.ingest.bodies import BadBody
from spend.ingest.otlp.decoding import MOST_SPANS
from tests.published import data
from tests.spend.ingest.builders import calmly
from tests.spend.ingest.otlp.wires import SPAN, TRACE, as_json, as_protobuf, chat, read, span

CASES = 10_000
GOOD = span(
    chat(gen_ai__usage__input_tokens=7, gen_ai__usage__cost__amount=0.5, tags=["a", {"b": 1}]),
    events=[("gen_ai.evaluation.result", {"gen_ai.evaluation.name": "ok"}, 5)],
)
AS_PROTOBUF, AS_JSON = as_protobuf(GOOD, scope="x"), as_json(GOOD, scope="x")

# Tags, lengths and values as they stand in such bodies: far more of what is made of them comes near to a message.
_PIECES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([b"\x0a", b"\x12", b"\x1a", b"\x4a", b"\x18\x07", b"\xff" * 9 + b"\x01", b"\x0a\x80\x01"]),
    st.integers(0, len(AS_PROTOBUF)).map(lambda start: AS_PROTOBUF[start : start + 24]),
)


def survives(body: bytes, *, is_json: bool) -> None:
    with suppress(BadBody):
        decoded = read(body, is_json=is_json)
        for problem in decoded.problems:
            assert all(problem.errors.values())


@settings(calmly, max_examples=500)
@given(
    pieces=st.lists(_PIECES, max_size=12), places=st.lists(st.integers(0, len(AS_PROTOBUF)), min_size=20, max_size=20)
)
def test_ten_thousand_times_made_up_bytes(pieces: list[bytes], places: list[int]) -> None:
    """By themselves, and let into a good body at twenty places."""
    made_up = b"".join(pieces)
    survives(made_up, is_json=False)
    for place in places:
        survives(AS_PROTOBUF[:place] + made_up + AS_PROTOBUF[place + len(made_up) :], is_json=False)


_KEYS = [
    "resourceSpans", "resource", "scope_spans", "scopeSpans", "scope", "name", "spans", "traceId", "spanId", "events",
    "startTimeUnixNano", "status", "code", "attributes", "key", "value", "stringValue", "intValue", "doubleValue",
    "arrayValue", "kvlistValue", "values",
]  # fmt: skip
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(calmly, max_examples=100)
@given(value=_VALUES)
def test_made_up_json(value: object) -> None:
    survives(json.dumps({"resourceSpans": value}).encode(), is_json=True)
    part = {"scopeSpans": [{"spans": [value]}], "resource": value}
    survives(json.dumps({"resourceSpans": [part]}).encode(), is_json=True)


_NASTY = (0, 0x0A, 0x12, 0x7F, 0x80, 0xFF, 0x22, 0x5D, 0x31)


@pytest.mark.parametrize("is_json", [False, True])
def test_ten_thousand_bodies_cut_off_or_changed(is_json: bool) -> None:
    body, chance = AS_JSON if is_json else AS_PROTOBUF, random.Random("hostile")
    for number in range(CASES):
        changed = bytearray(body[: chance.randrange(len(body) + 1)] if number % 4 == 0 else body)
        for _ in range(chance.randrange(4)):
            if changed:
                changed[chance.randrange(len(changed))] = chance.choice(
                    (0, 0x0A, 0x12, 0x7F, 0x80, 0xFF, 0x22, 0x5D, 0x31)
                )
        survives(bytes(changed), is_json=is_json)


def test_ten_thousand_changed_captures() -> None:
    body = (data("ingest_payloads") / "otlp_live_instrumentations/openllmetry_openai/001_v1_traces.pb").read_bytes()
    chance = random.Random("capture")
    for _ in range(CASES // 10):  # each has six spans and 24 kB
        changed = bytearray(body)
        for _ in range(chance.randrange(1, 30)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        survives(bytes(changed), is_json=False)


# --- bounds


def test_more_spans_than_are_taken_are_refused_before_any_is_read() -> None:
    empty = b"\x12\x00" * (MOST_SPANS + 1)  # ScopeSpans with so many empty spans
    resource = b"\x12" + varint(len(empty)) + empty
    with pytest.raises(BadBody, match="10001 spans; at most 10000"):
        read(b"\x0a" + varint(len(resource)) + resource)
    spans = b",".join([b"{}"] * (MOST_SPANS + 1))
    with pytest.raises(BadBody, match="10001 spans; at most 10000"):
        read(b'{"resourceSpans":[{"scopeSpans":[{"spans":[%s]}]}]}' % spans, is_json=True)


def varint(number: int) -> bytes:
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


@pytest.mark.parametrize("depth", [10, 100, 5_000])
def test_a_value_nested_deeply_is_not_followed(depth: int) -> None:
    value = b"\x0a\x01x"
    for _ in range(depth):
        value = b"\x0a" + varint(len(value)) + value  # ArrayValue of one
        value = b"\x2a" + varint(len(value)) + value  # AnyValue
    key = b"\x0a\x07task.id"
    attribute = key + b"\x12" + varint(len(value)) + value
    made = b"\x0a\x10" + bytes.fromhex(TRACE) + b"\x12\x08" + bytes.fromhex(SPAN)
    made += b"\x4a" + varint(len(attribute)) + attribute
    for tag in (b"\x12", b"\x12", b"\x0a"):
        made = tag + varint(len(made)) + made
    survives(made, is_json=False)
    nested = b'{"arrayValue":{"values":[' * depth + b"{}" + b"]}}" * depth
    survives(AS_JSON.replace(b'{"stringValue": "chat"}', nested), is_json=True)
    survives(b"[" * depth + b"]" * depth, is_json=True)


def test_a_text_without_end_is_cut_off_not_kept() -> None:
    decoded = read(as_protobuf(span(chat(task__id="x" * 100_000, truecost__team="y" * 100_000))))
    assert decoded.items[0].record.task == "x" * 200  # type: ignore[union-attr]
    assert len(decoded.items[0].record.team) == 200  # type: ignore[union-attr, arg-type]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "valid JSON"),
        (b"[]", "must be an object"),
        (b'{"resourceSpans": 1}', "must have a list resourceSpans"),
        (b'{"resourceSpans": [1]}', "must have objects in resourceSpans"),
        (b'{"resourceSpans": [{"scopeSpans": [{"spans": ["x"]}]}]}', "must have objects in spans"),
        (b"\xff", "UTF-8"),
    ],
)
def test_a_body_that_is_no_request_is_refused_in_words(body: bytes, reason: str) -> None:
    with pytest.raises(BadBody, match=reason):
        read(body, is_json=True)


def test_an_empty_request_is_a_good_one() -> None:
    for body, is_json in ((b"", False), (b"{}", True), (b'{"resourceSpans":null}', True)):
        decoded = read(body, is_json=is_json)
        assert (decoded.spans, decoded.problems, decoded.evaluations) == ([], [], [])
