"""Keys and digests: the same record is recognised, other content is told apart (R13)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.ingest.identity import KeyKind, digest_of, key_of, task_key_of
from spend.ingest.native import decode
from spend.ingest.reading import read_item
from spend.ingest.records import Call, Item, Kind
from tests.spend.ingest.builders import AT, GOOD, body, calmly, digest, record, wire

FULL_CALL: dict[str, Any] = {
    "id": "c-1",
    "occurred_at": "2026-10-01T12:00:00.5Z",
    "model": "gpt-5",
    "provider": "openai",
    "task": "claim-1",
    "task_type": "claim",
    "team": "Claims",
    "input_tokens": 1,
    "cache_read_tokens": 2,
    "cache_write_tokens": 3,
    "output_tokens": 4,
    "reasoning_tokens": 0,
    "cost_usd": "0.10",
    "latency_ms": 5,
    "status": "error",
    "final": True,
    "step": "draft",
    "purpose": "judge",
    "service_tier": "batch",
    "environment": "test",
    "metadata": {"a": 1, "b": "x"},
}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("call", {"cost_usd": 1.5}, {"cost_usd": "1.500000000000"}),
        ("call", {"cost_usd": 0}, {"cost_usd": "-0.0"}),
        ("call", {"cost_usd": 100}, {"cost_usd": "1e2"}),
        ("call", {"occurred_at": "2026-10-01T12:00:00Z"}, {"occurred_at": "2026-10-01T14:00:00.000+02:00"}),
        ("call", {}, {"status": "ok", "final": False, "purpose": "attempt", "metadata": {}, "task": None}),
        ("call", {"metadata": {"a": 1, "b": 2}}, {"metadata": {"b": 2.0, "a": 1e0}}),
        ("call", {}, {"team": "Claims"}),  # a team's own key leaves it out
        ("outcome", {"value_usd": "5"}, {"value_usd": 5.0, "version": 1, "withdrawn": False}),
        ("outcome", {"occurred_at": "2026-10-01T00:00:00Z"}, {"occurred_at": "2026-09-30T23:00:00-01:00"}),
        ("correction", {"minutes": 5}, {"minutes": "5.0000", "team": "Claims"}),
        ("correction", {"task": None, "tier": "mid"}, {"task": None, "tier": "mid", "team": "Claims"}),
        ("correction", {"task": None}, {"task": None, "team": "Claims"}),  # a key's own team need not be said
        ("incident", {"tasks": None}, {"tasks": None, "team": "Claims"}),
        ("incident", {}, {"recovered_usd": "0.00", "response_minutes": 0, "status": "confirmed"}),
        ("incident", {}, {"tasks": [{"task": "claim-1", "weight": "1.0"}], "invalidates_output": True}),
        (
            "incident",
            {"tasks": [{"task": "a"}, {"task": "b", "weight": 2}]},
            {"tasks": [{"weight": 2.0, "task": "b"}, {"task": "a"}]},
        ),
        ("incident", {"tasks": None}, {"tasks": [], "calls": []}),
        ("incident", {"withdrawn": True, "version": 2}, {"withdrawn": True, "version": 2, "title": "ignored"}),
    ],
)
def test_equal_content_has_equal_digests(kind: Kind, one: dict[str, Any], other: dict[str, Any]) -> None:
    assert digest(kind, **one) == digest(kind, **other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("call", {}, {"input_tokens": 0}),  # not stated is not 0
        ("call", {}, {"cost_usd": 0}),
        ("call", {"metadata": {"a": 1}}, {"metadata": {"a": "1"}}),
        ("call", {"metadata": {"a": 1}}, {"metadata": {"a": True}}),
        ("call", {"task": "a", "task_type": "b"}, {"task": "b", "task_type": "a"}),
        ("outcome", {}, {"version": 2}),
        ("outcome", {"version": 2}, {"version": 2, "withdrawn": True}),
        ("correction", {"task": "x"}, {"task": None, "call": "x"}),
        ("incident", {"tasks": [{"task": "x"}]}, {"tasks": None, "calls": [{"call": "x"}]}),
        ("incident", {}, {"tasks": [{"task": "claim-1", "weight": 2}]}),
    ],
)
def test_other_content_has_another_digest(kind: Kind, one: dict[str, Any], other: dict[str, Any]) -> None:
    assert digest(kind, **one) != digest(kind, **other)


def test_every_field_of_a_call_but_its_team_counts() -> None:
    others = {"id": "c-2", "occurred_at": "2026-10-01T12:00:01Z", "cost_usd": 0.2, "status": "ok", "final": False}
    others |= {"purpose": "attempt", "metadata": {"a": 2}}
    digests = {digest("call", **FULL_CALL)}
    fields = [field for field in FULL_CALL if field != "team"]
    for name in fields:
        value = FULL_CALL[name]
        changed = others.get(
            name, value - 1 if name == "output_tokens" else value + 1 if type(value) is int else f"{value}+"
        )
        digests.add(digest("call", **{**FULL_CALL, "reasoning_tokens": 1, name: changed}))
    assert len(digests) == len(fields) + 1


def test_a_call_made_by_other_code_has_the_digest_of_the_same_call_on_the_wire() -> None:
    made = Call(
        id="c-1",
        occurred_at=datetime(2026, 10, 1, 14, tzinfo=timezone(timedelta(hours=2))),
        model="gpt-5",
        cost_usd=Decimal("0.1"),
        status="".join(["o", "k"]),  # type: ignore[arg-type]  # equal to the default, but not the same object
        purpose="".join(["att", "empt"]),  # type: ignore[arg-type]
        team="Claims",
    )
    assert digest_of(made) == digest("call", cost_usd="0.1")


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("call", FULL_CALL, "01f4fe8eaf6915240f2c91893b4b67e7"),
        ("outcome", {}, "862fcf109449cd136f5d451f7d203391"),
        ("correction", {}, "45499ffba41190393a38b9cf394375a6"),
        ("incident", {}, "bdb851bb5228d3879b22c82df238836d"),
        ("incident", {"withdrawn": True, "version": 2}, "b77c0932b322d9e72c96f0f1b36fee1a"),
    ],
)
def test_digests_never_change_between_releases(kind: Kind, changes: dict[str, Any], expected: str) -> None:
    assert digest(kind, **changes).hex() == expected


def test_keys_never_change_between_releases() -> None:
    assert key_of("call", 7, "c-1") == UUID("404aa182-ee8a-9b52-33d3-a8d413f2234d")


def test_keys_are_whole_uuids() -> None:
    key = key_of("call", 7, "c-1")
    assert key == UUID(bytes=key.bytes) == UUID(str(key))
    assert hash(key) == hash(UUID(key.hex))
    assert key.is_safe is UUID(key.hex).is_safe


def test_keys_tell_kinds_teams_and_ids_apart() -> None:
    kinds: tuple[KeyKind, ...] = ("call", "task", "lone_task", "correction", "incident")
    names = ("1", "11", "a", "7:a", ":a", "", "\u00e9", "e\u0301", "call")
    keys = {key_of(kind, team, name) for kind in kinds for team in (1, 7, 11, 71) for name in names}
    assert len(keys) == len(kinds) * 4 * len(names)


def test_the_task_of_a_call_that_names_none_meets_no_named_task() -> None:
    lone = record("call", id="claim-1")
    named = record("call", task="claim-1")
    assert isinstance(lone, Call)
    assert isinstance(named, Call)
    assert task_key_of(named, 7) == key_of("task", 7, "claim-1")
    assert task_key_of(lone, 7) == key_of("lone_task", 7, "claim-1") != task_key_of(named, 7)


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)
CALLS = st.fixed_dictionaries(
    {
        "id": TEXT,
        "occurred_at": st.datetimes(datetime(2000, 1, 2), datetime(2026, 10, 2), timezones=st.just(UTC)).map(  # noqa: DTZ001
            datetime.isoformat
        ),
        "model": TEXT,
    },
    optional={
        "task": st.none() | TEXT,
        "input_tokens": st.integers(-1, 10**10 + 1),
        "output_tokens": st.none() | st.integers(0, 2),
        "reasoning_tokens": st.none() | st.integers(0, 2),
        "cost_usd": st.decimals(0, 2 * 10**6, places=9).map(str),
        "status": st.sampled_from(["ok", "error", "timeout", "maybe"]),
        "final": st.booleans(),
        "metadata": st.dictionaries(TEXT, TEXT | st.integers() | st.booleans(), max_size=2),
    },
)


@calmly
@given(CALLS, st.booleans())
def test_a_batch_at_once_reads_as_one_by_one(call: dict[str, Any], escaped: bool) -> None:
    text = json.dumps({"calls": [call]}, ensure_ascii=escaped).encode()
    result = decode(text, "call", AT)
    alone = read_item(msgspec.json.decode(json.dumps(call), strict=True), kind="call", index=0, at=AT)
    assert [*result.items, *result.problems] == [alone]


@calmly
@given(CALLS)
def test_what_was_read_can_be_sent_again(call: dict[str, Any]) -> None:
    result = decode(body("call", call), "call", AT)
    for read in result.items:
        again = decode(body("call", msgspec.to_builtins(read.record)), "call", AT)
        assert again.items == [read]


@pytest.mark.parametrize("kind", ["outcome", "correction", "incident"])
def test_one_bad_item_spoils_no_other(kind: Kind) -> None:
    result = decode(body(kind, wire(kind), {}, wire(kind)), kind, AT)
    assert [item.index for item in result.items] == [0, 2]
    assert all(isinstance(item, Item) and item.digest == digest(kind, **GOOD[kind]) for item in result.items)
