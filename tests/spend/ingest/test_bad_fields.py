"""Every bad field is named, with a sentence that follows its name."""

from __future__ import annotations

from typing import Any

import pytest

from spend.ingest.native import decode
from spend.ingest.records import Kind
from tests.spend.ingest.builders import AT, body, decoded, errors, problem_in, record, wire

WHOLE = "must be a whole number"
POINT = "must be a whole number, written without point or exponent"
CONTROL = "must not contain control characters or invalid UTF-8"


def call_with(raw_field: str) -> bytes:
    """A call as text, for what json.dumps would not write."""
    return b'{"calls":[{"id":"c-1","occurred_at":"2026-10-01T12:00:00Z","model":"gpt-5",%b}]}' % raw_field.encode()


@pytest.mark.parametrize(
    ("raw_field", "name", "sentence"),
    [
        ('"input_tokens":-1', "input_tokens", "must be >= 0"),
        ('"input_tokens":NaN', "input_tokens", POINT),
        ('"input_tokens":Infinity', "input_tokens", POINT),
        ('"input_tokens":1.0', "input_tokens", POINT),
        ('"input_tokens":1e3', "input_tokens", POINT),
        ('"input_tokens":1' + "0" * 30, "input_tokens", "must be <= 10000000000"),
        ('"input_tokens":1' + "0" * 9000, "input_tokens", POINT),
        ('"input_tokens":10000000001', "input_tokens", "must be <= 10000000000"),
        ('"input_tokens":true', "input_tokens", f"{WHOLE}, not true"),
        ('"input_tokens":"12"', "input_tokens", f"{WHOLE}, not text"),
        ('"input_tokens":[1]', "input_tokens", f"{WHOLE}, not a list"),
        ('"output_tokens":4,"reasoning_tokens":5', "reasoning_tokens", "must be <= output_tokens"),
        ('"reasoning_tokens":5', "reasoning_tokens", "needs output_tokens, which include them"),
        ('"latency_ms":-1', "latency_ms", "must be >= 0"),
        ('"cost_usd":-0.01', "cost_usd", "must be >= 0"),
        ('"cost_usd":NaN', "cost_usd", "must be a number, not NaN or infinite"),
        ('"cost_usd":-Infinity', "cost_usd", "must be a number, not NaN or infinite"),
        ('"cost_usd":1e9999999999999999999', "cost_usd", "must be a number, not NaN or infinite"),
        ('"cost_usd":1e400', "cost_usd", "must be <= 1000000"),
        ('"cost_usd":1000000.000000001', "cost_usd", "must be <= 1000000"),
        ('"cost_usd":"NaN"', "cost_usd", "must be a number such as 12.50"),
        ('"cost_usd":" 1"', "cost_usd", "must be a number such as 12.50"),
        ('"cost_usd":"1_000"', "cost_usd", "must be a number such as 12.50"),
        ('"cost_usd":"\u0661"', "cost_usd", "must be a number such as 12.50"),
        ('"cost_usd":"1,50"', "cost_usd", "must be a number with a decimal point, not a comma"),
        ('"cost_usd":false', "cost_usd", "must be a number, not false"),
        ('"task":""', "task", "must not be empty"),
        ('"task":7', "task", "must be text, not a number"),
        ('"task":"' + "x" * 201 + '"', "task", "must have at most 200 characters"),
        ('"task":"a\\u0000"', "task", CONTROL),
        ('"task":"a\\n"', "task", CONTROL),
        ('"task":"a\x7f"', "task", CONTROL),
        ('"task":"a\u0085"', "task", CONTROL),
        ('"task":"\\ud800"', "task", CONTROL),
        ('"status":"OK"', "status", "must be one of ok, error, timeout, refused"),
        ('"purpose":[]', "purpose", "must be one of attempt, triage, judge, guardrail, embedding"),
        ('"final":1', "final", "must be true or false, not a number"),
        ('"tokens":1', "tokens", "is not a field of a call"),
        ('"tokens":null', "tokens", "is not a field of a call"),
        ('"version":2', "version", "is not a field of a call"),
        ('"id":"c-1"', "id", "is given twice"),
        ('"id" :"c-1"', "id", "is given twice"),
        ('"id"  \n:"c-1"', "id", "is given twice"),
        ('"\\u0069d":"c-1"', "id", "is given twice"),
        ('"metadata":[]', "metadata", "must be a flat object, not a list"),
        ('"metadata":{"a":{"b":1}}', "metadata", "must be flat: a is an object"),
        ('"metadata":{"a":1,"a":2}', "metadata", "must not give a twice"),
        ('"metadata":{"a":"\\u0000"}', "metadata", "must not contain NUL"),
        ('"metadata":{"a\\u0000":1}', "metadata", "must not contain NUL"),
        ('"metadata":{"a":NaN}', "metadata", "must not contain infinite numbers or invalid UTF-8"),
        ('"metadata":{"a":1e400}', "metadata", "must not contain infinite numbers or invalid UTF-8"),
        ('"metadata":{"a":"\\udc00"}', "metadata", "must not contain infinite numbers or invalid UTF-8"),
        ('"metadata":{"a":"' + "x" * 4090 + '"}', "metadata", "must have at most 4096 bytes as JSON"),
    ],
)
def test_a_bad_field_of_a_call_is_named(raw_field: str, name: str, sentence: str) -> None:
    assert sentence in problem_in(call_with(raw_field)).errors[name]


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("2026-10-01T12:00:00", "must have an offset, such as Z or +02:00"),
        ("2026-10-01", "must be a time such as 2026-10-01T12:00:00Z"),
        ("yesterday", "must be a time such as 2026-10-01T12:00:00Z"),
        (1790000000, "must be a time such as 2026-10-01T12:00:00Z, not a number"),
        ("1999-12-31T23:59:59Z", "must not be before 2000-01-01"),
        ("0001-01-01T00:00:00+14:00", "must not be before 2000-01-01"),
        ("2026-10-03T12:00:01Z", "must not be more than a day in the future"),
        ("9999-12-31T23:59:59-14:00", "must not be more than a day in the future"),
        (None, "is required"),
    ],
)
def test_a_bad_time_is_explained(when: Any, sentence: str) -> None:
    assert errors("call", occurred_at=when) == {"occurred_at": [sentence]}


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("outcome", {"outcome": "ok"}, {"outcome": ["must be one of success, failure"]}),
        ("outcome", {"id": "x"}, {"id": ["is not a field of an outcome"]}),
        ("outcome", {"value_usd": -1}, {"value_usd": ["must be >= 0"]}),
        ("outcome", {"version": 0}, {"version": ["must be >= 1"]}),
        ("outcome", {"withdrawn": "yes"}, {"withdrawn": ["must be true or false, not text"]}),
        ("outcome", {"complexity": "hard"}, {"complexity": ["must be one of low, medium, high"]}),
        ("correction", {"minutes": -1}, {"minutes": ["must be >= 0"]}),
        ("correction", {"minutes": 100_001}, {"minutes": ["must be <= 100000"]}),
        ("correction", {"minutes": 0.00001}, {"minutes": ["must have at most 4 decimal places"]}),
        ("correction", {"role": None}, {"role": ["is required"]}),
        ("correction", {"activity": None}, {"activity": ["is required"]}),
        ("correction", {"worked_on": "2026-02-30"}, {"worked_on": ["must be a day such as 2026-10-01"]}),
        ("correction", {"worked_on": 20261001}, {"worked_on": ["must be a day such as 2026-10-01, not a number"]}),
        ("correction", {"worked_on": "2026-10-04"}, {"worked_on": ["must not be more than a day in the future"]}),
        ("correction", {"worked_on": "1999-12-31"}, {"worked_on": ["must not be before 2000-01-01"]}),
        ("correction", {"call": "c-1"}, {"call": ["must not be given together with task"]}),
        ("correction", {"tier": "mid"}, {"tier": ["must not be given together with task"]}),
        (
            "correction",
            {"task": None, "tier": "mid", "model": "m"},
            {"model": ["must not be given together with tier"]},
        ),
        ("correction", {"note": "x" * 4001}, {"note": ["must have at most 4000 characters"]}),
        ("correction", {"note": "a\x00"}, {"note": ["must not contain NUL or invalid UTF-8"]}),
        ("incident", {"loss_usd": None}, {"loss_usd": ["is required"]}),
        ("incident", {"loss_usd": 10**9 + 1}, {"loss_usd": ["must be <= 1000000000"]}),
        ("incident", {"recovered_usd": 250_001}, {"recovered_usd": ["must be <= loss_usd"]}),
        ("incident", {"response_minutes": 5}, {"role": ["is required with response_minutes"]}),
        ("incident", {"discovered_on": "2026-09-29"}, {"discovered_on": ["must not be before occurred_on"]}),
        ("incident", {"calls": [{"call": "c"}]}, {"calls": ["must not be given together with tasks"]}),
        ("incident", {"model": "gpt-5"}, {"model": ["must not be given together with tasks"]}),
        ("incident", {"tasks": "T1"}, {"tasks": ['must be a list such as [{"task": "A-1", "weight": 1}], not text']}),
        ("incident", {"tasks": ["T1"]}, {"tasks": ["entry 0: it must be an object, not text"]}),
        ("incident", {"tasks": [{}]}, {"tasks": ["entry 0: task must be text, not null"]}),
        ("incident", {"tasks": [{"call": "c"}]}, {"tasks": ["entry 0: call is not one of task, weight"]}),
        ("incident", {"tasks": [{"task": "t", "weight": -1}]}, {"tasks": ["entry 0: weight must be >= 0"]}),
        ("incident", {"tasks": [{"task": "t", "weight": 0}]}, {"tasks": ["must have a weight above 0"]}),
        ("incident", {"tasks": [{"task": "t"}, {"task": "t"}]}, {"tasks": ["must not name t twice"]}),
        ("incident", {"tasks": [{"task": "t"}] * 10_001}, {"tasks": ["must have at most 10000 entries"]}),
    ],
)
def test_a_bad_field_of_the_others_is_named(
    kind: Kind, changes: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    assert errors(kind, **changes) == expected


def test_every_bad_field_is_named_at_once() -> None:
    assert errors("call", model=None, input_tokens=-1, output_tokens="x", status="?", more=1).keys() == {
        "model",
        "input_tokens",
        "output_tokens",
        "status",
        "more",
    }


def test_a_problem_carries_index_and_id() -> None:
    result = decoded("call", wire("call"), wire("call", id="c-9", input_tokens=-1))
    assert [item.index for item in result.items] == [0]
    assert [(problem.index, problem.id) for problem in result.problems] == [(1, "c-9")]


def test_a_problem_of_an_outcome_carries_its_task() -> None:
    assert decoded("outcome", wire("outcome", outcome="?")).problems[0].id == "claim-1"


@pytest.mark.parametrize("identity", [7, None, "", "x" * 201, "a\x00"])
def test_an_id_that_is_none_is_not_repeated(identity: Any) -> None:
    assert decoded("call", wire("call", id=identity)).problems[0].id is None


@pytest.mark.parametrize("value", [None, 1, "x", [], True])
def test_an_item_must_be_an_object(value: Any) -> None:
    assert problem_in(body("call", value)).errors.keys() == {"record"}


def test_null_is_absent() -> None:
    nulls = dict.fromkeys(["task", "status", "final", "purpose", "cost_usd", "metadata", "input_tokens"])
    assert record("call", **nulls) == record("call")


def test_no_reasoning_needs_no_output() -> None:
    assert record("call", reasoning_tokens=0)
    assert record("call", reasoning_tokens=0, output_tokens=0)


def test_links_may_weigh_nothing_as_long_as_one_does() -> None:
    """R5: a link of weight 0 fails its task and costs it nothing."""
    assert record("incident", tasks=[{"task": "b", "weight": 0}, {"task": "a"}])


def test_a_team_may_own_what_names_a_task() -> None:
    """R12."""
    assert record("correction", team="Claims")
    assert record("incident", team="Claims")


def test_a_correction_may_name_nothing() -> None:
    """R7: it is unattributed."""
    assert record("correction", task=None)


def test_a_withdrawal_needs_its_identity_only() -> None:
    withdrawn = b'{"corrections":[{"id":"k-1","version":2,"withdrawn":true}]}'
    assert decode(withdrawn, "correction", AT).problems == []
    assert problem_in(b'{"outcomes":[{"withdrawn":true}]}', "outcome").errors == {"task": ["is required"]}
    assert problem_in(b'{"calls":[{"id":"c","withdrawn":true}]}').errors["withdrawn"] == ["is not a field of a call"]
