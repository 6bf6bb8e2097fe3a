"""What is kept of a refused item: enough to try it again as it was, and never a text that is not a field of ours."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from spend.ingest.kept import MOST_BYTES, kept_item, kept_raw
from spend.ingest.native import decode
from spend.ingest.reading import read_item
from spend.ingest.records import Item, Problem

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = "2026-10-05"
RECORDS = [
    ("call", {
        "id": "c-1", "occurred_at": f"{DAY}T08:00:00+02:00", "model": "small-1", "task": "T", "cost_usd": "0.250000001",
        "input_tokens": 10, "metadata": {"a": 1, "b": "x"}, "final": True, "team": "Claims", "latency_ms": 12,
    }),
    ("outcome", {"task": "T", "outcome": "success", "value_usd": 12.5, "complexity": "high", "version": 3}),
    ("outcome", {"task": "T", "withdrawn": True, "version": 4}),
    ("correction", {
        "id": "k", "worked_on": DAY, "minutes": 12.25, "role": "adjuster", "activity": "fix", "task": "T",
        "cause": "tool", "note": "It was wrong.",
    }),
    ("incident", {
        "id": "i", "title": "Wrong", "severity": "low", "occurred_on": DAY, "loss_usd": 5, "response_minutes": 3,
        "role": "adjuster", "tasks": [{"task": "T", "weight": 2}, {"task": "U"}],
    }),
    ("incident", {
        "id": "i", "title": "Wrong", "severity": "low", "occurred_on": DAY, "loss_usd": 5, "calls": [{"call": "c"}],
    }),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "record"), RECORDS)
def test_what_was_read_is_kept_so_that_it_is_read_the_same_again(kind, record) -> None:
    (item,) = decode(json.dumps({f"{kind}s": [record]}).encode(), kind, NOON).items
    kept = kept_item(item)
    assert kept is not None
    again = read_item(json.loads(json.dumps(kept.content)), kind=kept.kind, index=0, at=NOON)
    assert isinstance(again, Item), again
    assert (again.record, again.digest) == (item.record, item.digest)


CALL = {"id": "c-1", "occurred_at": f"{DAY}T08:00:00Z", "model": "small-1"}


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({"input_tokens": -1}, {"input_tokens": -1}),
        ({"prompt": "my secret"}, {"prompt": None}),  # a retry is refused for it again, and knows no more
        ({"model": "a prompt " * 40}, None),
        ({"metadata": {"messages": [{"content": "my secret"}]}}, None),
        ({"task": {"text": "my secret"}}, None),
    ],
)
def test_of_what_could_not_be_read_only_our_own_fields_are_kept(more, kept) -> None:
    raw = {**CALL, **more}
    problem = read_item(raw, kind="call", index=0, at=NOON)
    assert isinstance(problem, Problem)
    found = kept_raw(raw, problem, kind="call")
    assert (found and found.content) == (kept if kept is None else {**CALL, **kept})
    if found is not None:
        again = read_item(found.content, kind="call", index=0, at=NOON)
        assert isinstance(again, Problem)
        assert again.errors == problem.errors


@pytest.mark.parametrize("raw", [None, 3, "text", [], [1]])
def test_what_is_no_object_is_not_kept(raw) -> None:
    assert kept_raw(raw, Problem(0, None, {"record": ["must be an object"]}), kind="call") is None


def test_nothing_large_is_kept() -> None:
    raw = {**CALL, **{f"field {number} {'x' * 150}": 1 for number in range(100)}}
    assert len(json.dumps(raw)) > MOST_BYTES
    assert kept_raw(raw, Problem(0, None, {"field": ["is not a field of a call"]}), kind="call") is None
