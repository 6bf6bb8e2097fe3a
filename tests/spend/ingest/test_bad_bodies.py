"""Faults of a body as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.ingest.bodies import BadBody
from spend.ingest.native import MOST_ITEMS, decode
from spend.ingest.records import Kind
from tests.spend.ingest.builders import AT, GOOD, body, calmly, wire

KINDS: list[Kind] = ["call", "outcome", "correction", "incident"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "the body is not valid JSON"),
        (b"nonsense", "the body is not valid JSON"),
        (b'{"calls":[]}x', "the body is not valid JSON"),
        (b'{"calls":[{"id":"\xff"}]}', "the body is not UTF-8 at byte 17"),
        (b'{"calls":[{"id":"\xed\xa0\x80"}]}', "the body is not UTF-8"),
        (b'{"calls":' + b"[" * 100_000, "the body is nested too deeply"),
        (b'{"calls":' + b'{"a":' * 100_000, "the body is nested too deeply"),
        (b"[]", 'the body must be an object such as {"calls": [...]}'),
        (b"{}", "the body must have a list calls"),
        (b'{"calls":{}}', "the body must have a list calls"),
        (b'{"calls":null}', "the body must have a list calls"),
        (b'{"outcomes":[]}', "the body has the unknown key outcomes; only calls is known"),
        (b'{"calls":[],"more":1}', "the body has the unknown key more"),
        (b'{"calls":[],"calls":[]}', "the body gives calls twice"),
        (b'{"calls":[],"calls" :[]}', "the body gives calls twice"),
        (b'{"calls":[%b]}' % b",".join([b"1"] * (MOST_ITEMS + 1)), "the body has 10001 items; at most 10000"),
    ],
)
def test_it_says_what_is_wrong(text: bytes, sentence: str) -> None:
    with pytest.raises(BadBody) as caught:
        decode(text, "call", AT)
    assert str(caught.value).startswith(sentence)


def test_ndjson_names_the_bad_lines() -> None:
    good = json.dumps(wire("call")).encode()
    result = decode(b"\xef\xbb\xbf" + good + b'\r\n\n{"id":\n{"id":"\xff"}\n' + good + b"\n[]", "call", AT, ndjson=True)
    assert [item.index for item in result.items] == [0, 3]
    assert [problem.index for problem in result.problems] == [1, 2, 4]
    assert all(problem.errors.keys() == {"record"} for problem in result.problems)


def test_ndjson_is_bounded_too() -> None:
    with pytest.raises(BadBody, match="10001 items"):
        decode(b"1\n" * (MOST_ITEMS + 1), "call", AT, ndjson=True)


def test_no_item_is_no_fault() -> None:
    assert decode(b'{"calls":[]}', "call", AT).items == []
    assert decode(b"", "call", AT, ndjson=True).items == []


@calmly
@given(st.binary(max_size=300), st.sampled_from(KINDS), st.booleans())
def test_random_bytes_raise_bad_body_or_nothing(text: bytes, kind: Kind, ndjson: bool) -> None:
    decode_or_refuse(text, kind, ndjson=ndjson)


@calmly
@given(st.data(), st.sampled_from(KINDS), st.booleans())
def test_mutated_json_raises_bad_body_or_nothing(data: st.DataObject, kind: Kind, ndjson: bool) -> None:
    text = bytearray(json.dumps(GOOD[kind]).encode() * 2 if ndjson else body(kind, GOOD[kind], GOOD[kind]))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    decode_or_refuse(bytes(text), kind, ndjson=ndjson)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=4), SCALARS, max_size=2)


@calmly
@given(st.data(), st.sampled_from(KINDS))
def test_any_value_in_any_field_is_read_or_named(data: st.DataObject, kind: Kind) -> None:
    fields: list[str] = ["team", "metadata", "cost_usd", "calls", "version", "withdrawn", *GOOD[kind]]
    changes: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(fields), JSON, max_size=3))
    decode_or_refuse(body(kind, wire(kind, **changes)), kind)


def decode_or_refuse(text: bytes, kind: Kind, *, ndjson: bool = False) -> None:
    try:
        result = decode(text, kind, AT, ndjson=ndjson)
    except BadBody as refusal:
        str(refusal).encode()
        return
    for problem in result.problems:
        assert problem.errors
        json.dumps([problem.id, problem.errors], ensure_ascii=False).encode()
