"""Tokens in disjoint buckets, whatever an emitter's input count includes; costs that are facts, and guesses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spend.ingest.builders import calmly
from tests.spend.ingest.otlp.wires import buckets, call, chat, problems, span

COUNT = st.integers(0, 10**6)
CACHED = st.integers(1, 10**6)

INCLUSIVE = ["opentelemetry.instrumentation.openai_v2", "opentelemetry.instrumentation.anthropic", "pydantic-ai",
             "opentelemetry.util.genai.handler", "openinference.instrumentation.anthropic", "litellm"]  # fmt: skip
EXCLUSIVE = ["opentelemetry.instrumentation.bedrock", "strands.telemetry.tracer"]


def counted(input: int, read: int, write: int, output: int, **more: int) -> dict[str, Any]:
    return chat(
        gen_ai__usage__input_tokens=input,
        gen_ai__usage__cache_read__input_tokens=read,
        gen_ai__usage__cache_creation__input_tokens=write,
        gen_ai__usage__output_tokens=output,
        **more,
    )


@settings(calmly, max_examples=60)
@given(fresh=COUNT, read=CACHED, write=COUNT, output=COUNT, scope=st.sampled_from(INCLUSIVE))
def test_an_inclusive_emitter_counts_what_was_cached_twice_and_we_do_not(
    fresh: int, read: int, write: int, output: int, scope: str
) -> None:
    found = call(counted(fresh + read + write, read, write, output), scope=scope)
    assert buckets(found) == {"input": fresh, "cache_read": read, "cache_write": write, "output": output}
    assert found.metadata is not None
    assert found.metadata["input_semantics"] == "inclusive"


@settings(calmly, max_examples=60)
@given(fresh=COUNT, read=CACHED, write=COUNT, output=COUNT, scope=st.sampled_from(EXCLUSIVE))
def test_an_exclusive_emitter_is_taken_at_its_word(fresh: int, read: int, write: int, output: int, scope: str) -> None:
    found = call(counted(fresh, read, write, output), scope=scope)
    assert buckets(found) == {"input": fresh, "cache_read": read, "cache_write": write, "output": output}
    assert found.metadata is not None
    assert found.metadata["input_semantics"] == "exclusive"


@settings(calmly, max_examples=60)
@given(fresh=COUNT, read=CACHED, write=COUNT, output=COUNT, is_inclusive=st.booleans())
def test_a_total_tells_even_of_an_emitter_nobody_knows(
    fresh: int, read: int, write: int, output: int, is_inclusive: bool
) -> None:
    sent = fresh + read + write if is_inclusive else fresh
    total = fresh + read + write + output
    found = call(counted(sent, read, write, output, gen_ai__usage__total_tokens=total))
    assert buckets(found) == {"input": fresh, "cache_read": read, "cache_write": write, "output": output}


@settings(calmly, max_examples=60)
@given(fresh=COUNT, more=CACHED, scope=st.sampled_from(["mine", *INCLUSIVE, *EXCLUSIVE]))
def test_more_cached_than_input_cannot_be_in_it(fresh: int, more: int, scope: str) -> None:
    found = call(counted(fresh, fresh + more, 0, 1), scope=scope)
    assert buckets(found)["input"] == fresh
    assert (found.metadata or {})["input_semantics"] == "exclusive"


def test_without_any_evidence_the_convention_is_assumed_and_said() -> None:
    found = call(counted(100, 30, 0, 1), scope="our.own")
    assert buckets(found)["input"] == 70
    assert (found.metadata or {})["input_semantics"] == "assumed"


def test_where_nothing_was_cached_there_is_nothing_to_say() -> None:
    found = call(counted(100, 0, 0, 1), scope="our.own")
    assert found.metadata == {"otel.scope": "our.own"}


ALIASES = [
    ("gen_ai.usage.prompt_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_creation_input_tokens"),
    ("gen_ai.usage.input_tokens", "gen_ai.usage.cache_read_tokens", "gen_ai.usage.cache_write_tokens"),
    ("gen_ai.usage.input_tokens", "gen_ai.usage.details.cache_read_tokens", "gen_ai.usage.details.cache_write_tokens"),
    ("gen_ai.usage.input_tokens", "gen_ai.usage.input_tokens.cached", "gen_ai.usage.input_tokens.cache_write"),
    ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens_details.cached_tokens",
     "gen_ai.usage.prompt_tokens_details.cache_creation_tokens"),
    ("gen_ai.usage.input_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_write_input_tokens"),
    ("llm.token_count.prompt", "llm.token_count.prompt_details.cache_read",
     "llm.token_count.prompt_details.cache_write"),
    ("ai.usage.inputTokens", "ai.usage.inputTokenDetails.cacheReadTokens",
     "ai.usage.inputTokenDetails.cacheWriteTokens"),
]  # fmt: skip


@pytest.mark.parametrize(("input", "read", "write"), ALIASES)
def test_every_emitters_names_mean_the_same(input: str, read: str, write: str) -> None:
    found = call({**chat(), input: 100, read: 30, write: 10})
    assert buckets(found) == {"input": 60, "cache_read": 30, "cache_write": 10}


def test_two_names_for_one_count_are_not_added_up_and_0_gives_way() -> None:
    said = counted(100, 20, 10, 5)
    both = {**said, "gen_ai.usage.cache_read_input_tokens": 20, "gen_ai.usage.prompt_tokens": 100}
    assert buckets(call(both)) == buckets(call(said))
    zero = {**both, "gen_ai.usage.cache_read.input_tokens": 0}
    assert buckets(call(zero)) == buckets(call(said))
    assert buckets(call(dict(reversed(zero.items())))) == buckets(call(said))


@pytest.mark.parametrize(
    ("output", "reasoning", "total", "kept"),
    [
        (100, 30, None, 100),  # part of the output, as everybody but Google has it
        (100, 30, 110, 100),
        (100, 30, 140, 130),  # only so does the total of 10 + 100 + 30 add up
        (20, 30, None, 50),  # cannot be part of it
        (None, 30, None, 30),
    ],
)
def test_reasoning_is_part_of_output(output: int | None, reasoning: int, total: int | None, kept: int) -> None:
    said = chat(gen_ai__usage__input_tokens=10, gen_ai__usage__reasoning__output_tokens=reasoning)
    said |= {} if output is None else {"gen_ai.usage.output_tokens": output}
    said |= {} if total is None else {"gen_ai.usage.total_tokens": total}
    assert buckets(call(said)) == {"input": 10, "output": kept, "reasoning": reasoning}


@pytest.mark.parametrize("value", ["12", 12.0, 12])
def test_a_count_may_be_written_as_text_or_as_a_double(value: Any) -> None:
    assert buckets(call(chat(gen_ai__usage__input_tokens=value))) == {"input": 12}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (-1, "must be >= 0"),
        (10**12, "must be <= 10000000000"),
        (1.5, "must be a whole number, written without point or exponent"),
        ("many", "must be a whole number, not text"),
        (True, "must be a whole number, not true"),
    ],
)
def test_a_count_that_is_none_is_a_problem_by_the_native_rules(value: Any, sentence: str) -> None:
    wrong = span(chat(gen_ai__usage__input_tokens=value, gen_ai__usage__output_tokens=5))
    right = span(chat(gen_ai__usage__input_tokens=7), id="00000000000000aa")
    assert problems(wrong, right) == [{"input_tokens": [sentence]}]


# --- Langfuse's and Vercel's JSON


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ('{"input": 10, "output": 5, "total": 15}', {"input": 10, "output": 5}),
        ('{"input": 10, "input_cached_tokens": 90, "output": 5, "output_reasoning_tokens": 7}',
         {"input": 10, "cache_read": 90, "output": 12, "reasoning": 7}),
        ('{"input": 10, "cache_creation_input_tokens": 4, "cache_read_input_tokens": 6, "output": 5}',
         {"input": 10, "cache_read": 6, "cache_write": 4, "output": 5}),
        ('{"input": 10, "input_audio_tokens": 3, "output": 5, "output_audio_tokens": 2}', {"input": 13, "output": 7}),
        ('{"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105,'
         ' "prompt_tokens_details": {"cached_tokens": 64}, "completion_tokens_details": {"reasoning_tokens": 3}}',
         {"input": 36, "cache_read": 64, "output": 5, "reasoning": 3}),
        ('{"input_tokens": 100, "output_tokens": 5, "total_tokens": 105, "input_tokens_details": {"cached_tokens": 64},'
         ' "output_tokens_details": {"reasoning_tokens": 3}}',
         {"input": 36, "cache_read": 64, "output": 5, "reasoning": 3}),
    ],
)  # fmt: skip
def test_langfuse_details_are_disjoint_but_an_apis_own_usage_is_not(details: str, expected: dict[str, int]) -> None:
    said = {"langfuse.observation.type": "generation", "langfuse.observation.usage_details": details}
    assert buckets(call(said)) == expected


@pytest.mark.parametrize("details", ["{", "[1]", "null", '{"input": {}}', '{"input": "x"}', "{}"])
def test_details_that_say_nothing_leave_an_unmetered_call(details: str) -> None:
    said = {"langfuse.observation.type": "generation", "langfuse.observation.usage_details": details}
    assert buckets(call(said)) == {}


# --- costs


@pytest.mark.parametrize(
    ("said", "scope", "reported", "estimate"),
    [
        ({"gen_ai.usage.cost": 0.25}, "litellm", "0.25", None),  # a gateway knows what it paid
        ({"gen_ai.usage.cost": 0.25}, "openlit.otel.tracing", None, 0.25),  # a price list at the caller's side
        ({"operation.cost": 0.25}, "pydantic-ai", None, 0.25),
        ({"llm.cost.total": 0.25}, "openinference.instrumentation.litellm", "0.25", None),
        ({"litellm.cost.total_cost": 0.25}, "litellm", "0.25", None),
        ({"langfuse.observation.cost_details": '{"input": 0.05, "output": 0.20}'}, "langfuse-sdk", "0.25", None),
        ({"langfuse.observation.cost_details": '{"input": 0.05, "total": 0.25}'}, "langfuse-sdk", "0.25", None),
        ({"gen_ai.usage.cost.amount": 0.25, "gen_ai.usage.cost.currency": "USD"}, "", "0.25", None),
        ({"gen_ai.usage.cost.amount": 0.25, "gen_ai.usage.cost.currency": "USD",
          "gen_ai.usage.cost.source": "local"}, "", None, 0.25),
        ({"gen_ai.usage.cost.amount": 0.25, "gen_ai.usage.cost.currency": "EUR"}, "", None, None),
        ({"gen_ai.usage.cost.amount": 0.25}, "", None, None),
    ],
)  # fmt: skip
def test_a_cost_is_a_fact_of_who_paid_and_else_a_memo(
    said: dict[str, Any], scope: str, reported: str | None, estimate: float | None
) -> None:
    found = call({**chat(gen_ai__usage__input_tokens=5), **said}, scope=scope)
    assert found.cost_usd == (None if reported is None else Decimal(reported))
    assert (found.metadata or {}).get("estimated_cost_usd") == estimate


def test_a_cost_below_zero_is_refused() -> None:
    assert problems(span({**chat(), "gen_ai.usage.cost": -0.1})) == [{"cost_usd": ["must be >= 0"]}]


@settings(calmly, max_examples=100)
@given(cost=st.floats(0, 1_000, allow_nan=False))
def test_a_cost_is_the_same_from_protobuf_and_json(cost: float) -> None:
    found = call({**chat(), "gen_ai.usage.cost": cost}).cost_usd  # `call` compares the two
    assert found is not None
    assert abs(found - Decimal(cost)) <= Decimal("0.0000000005")
