"""What a span is, how it ended, whose it is; in protobuf and in every dialect of JSON."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from spend.ingest.mapping import DEFAULTS, Mapping, PurposeRule
from tests.spend.ingest.otlp.wires import (
    PARENT,
    SPAN,
    START,
    TRACE,
    as_json,
    as_protobuf,
    call,
    chat,
    one,
    problems,
    read,
    span,
    traces,
)

USED = {"gen_ai.usage.input_tokens": 5}


@pytest.mark.parametrize(
    ("said", "usage", "is_call"),
    [
        ({"gen_ai.operation.name": "chat"}, "generation", True),
        ({"gen_ai.operation.name": "generate_content"}, "generation", True),
        ({"gen_ai.operation.name": "embeddings"}, "embedding", True),
        ({"gen_ai.operation.name": "invoke_agent"}, "wrapper", False),
        ({"gen_ai.operation.name": "execute_tool"}, "wrapper", False),
        ({"gen_ai.operation.name": "something_new"}, "wrapper", False),
        ({"openinference.span.kind": "LLM"}, "generation", True),
        ({"openinference.span.kind": "EMBEDDING"}, "embedding", True),
        ({"openinference.span.kind": "AGENT"}, "wrapper", False),
        ({"openinference.span.kind": "TOOL", "gen_ai.operation.name": "chat"}, "wrapper", False),
        ({"langfuse.observation.type": "generation"}, "generation", True),
        ({"langfuse.observation.type": "embedding"}, "embedding", True),
        ({"langfuse.observation.type": "agent"}, "wrapper", False),
        ({"langfuse.observation.type": "span", "gen_ai.operation.name": "chat"}, "generation", True),
        ({"ai.operationId": "ai.generateText"}, "wrapper", False),
        ({"ai.operationId": "ai.streamText.doStream"}, "generation", True),
        ({"ai.operationId": "ai.embedMany.doEmbed"}, "embedding", True),
        ({"operation.name": "ai.generateText.doGenerate my-function"}, "generation", True),
        ({"traceloop.span.kind": "workflow"}, "wrapper", False),
        ({"llm.request.type": "chat"}, "generation", True),
        ({"sentry.op": "gen_ai.chat"}, "generation", True),
        ({"sentry.op": "gen_ai.invoke_agent"}, "wrapper", False),
        ({"agent_name": "router"}, "wrapper", False),
        ({}, "generation", False),
    ],
)
def test_the_kind_of_a_span(said: dict[str, Any], usage: str, is_call: bool) -> None:
    """With usage it is a call of that class; without, only an inference is one."""
    metered = one({**said, **USED, "gen_ai.request.model": "gpt-5"})
    assert (metered.usage, metered.is_metered, metered.item is not None) == (usage, True, True)
    unmetered = one({**said, "gen_ai.request.model": "gpt-5"})
    assert (unmetered.item is not None, unmetered.is_metered) == (is_call, False)
    assert unmetered.usage == (usage if is_call else "none")


def test_what_is_no_inference_is_a_link_and_no_problem() -> None:
    found = traces(span({"http.method": "GET"}, parent=PARENT))
    assert (found.items, found.problems) == ([], [])
    link = found.spans[0]
    assert (link.trace.hex(), link.id.hex(), (link.parent or b"").hex(), link.usage) == (TRACE, SPAN, PARENT, "none")


def test_a_call_has_its_identity_its_times_and_its_trace_as_task() -> None:
    item = one(chat(gen_ai__response__model="gpt-5-2025-08-07", **USED), scope="our.own", parent=PARENT).item
    assert item is not None
    found = call(chat(gen_ai__response__model="gpt-5-2025-08-07", **USED), scope="our.own", parent=PARENT)
    assert item.emitter == "our.own"
    assert (found.id, found.task) == (f"{TRACE}-{SPAN}", TRACE)
    assert found.occurred_at.isoformat() == "2026-11-22T16:23:42.175879+00:00"
    assert (found.latency_ms, found.model, found.provider) == (2000, "gpt-5-2025-08-07", "openai")


def test_the_model_that_answered_wins_over_the_one_that_was_asked() -> None:
    assert call({"gen_ai.response.model": "b", "gen_ai.request.model": "a", **USED}).model == "b"
    assert call({"gen_ai.request.model": "a", "llm.model_name": "b", **USED}).model == "b"
    assert call({"openinference.span.kind": "LLM", "llm.invocation_parameters": '{"model": "c"}'}).model == "c"
    assert call(USED).model == "unknown"  # counted, unpriced, and seen as such


@pytest.mark.parametrize("framework", ["langchain", "strands-agents", "_OTHER"])
def test_a_framework_is_no_provider(framework: str) -> None:
    assert call({"gen_ai.system": framework, "gen_ai.request.model": "gpt-5", **USED}).provider is None


def test_the_service_tier_that_served_wins_over_the_one_that_was_asked_for() -> None:
    asked = chat(openai__request__service_tier="auto", **USED)
    assert call(asked).service_tier == "auto"
    assert call({**asked, "openai.response.service_tier": "flex"}).service_tier == "flex"
    assert call({**asked, "gen_ai.openai.response.service_tier": "priority"}).service_tier == "priority"


# --- how it ended


@pytest.mark.parametrize(
    ("said", "changes", "status", "tokens"),
    [
        ({}, {}, "ok", None),
        ({"gen_ai.response.finish_reasons": ["stop"]}, {}, "ok", None),
        ({"gen_ai.response.finish_reasons": ["content_filter"]}, {}, "refused", None),
        ({"gen_ai.response.finish_reasons": '["SAFETY"]'}, {}, "refused", None),
        ({"error.type": "RateLimitError"}, {"code": 2}, "error", 0),
        ({"error.type": "429"}, {"code": 2}, "error", 0),
        ({"error.type": "500"}, {"code": 2}, "error", None),
        ({"error.type": "APITimeoutError"}, {"code": 2}, "timeout", None),
        ({"error.type": "408"}, {"code": 2}, "timeout", None),
        ({"error.type": "504"}, {}, "timeout", None),
        ({}, {"code": 2, "message": "Error code: 400 - {'error': ...}"}, "error", 0),
        ({}, {"code": 2, "message": "Request timed out."}, "timeout", None),
        ({}, {"code": 2, "events": [("exception", {"exception.type": "openai.BadRequestError"}, 1)]}, "error", 0),
        ({"langfuse.observation.level": "ERROR"}, {}, "error", None),
        ({"langfuse.observation.level": "WARNING"}, {}, "ok", None),
    ],
)
def test_how_a_call_ended_and_that_what_was_turned_away_used_nothing(
    said: dict[str, Any], changes: dict[str, Any], status: str, tokens: int | None
) -> None:
    found = call({**chat(), **said}, **changes)
    assert (found.status, found.input_tokens, found.output_tokens) == (status, tokens, tokens)


def test_a_failed_call_keeps_the_tokens_it_states() -> None:
    found = call(chat(error__type="RateLimitError", **USED), code=2)
    assert (found.status, found.input_tokens) == ("error", 5)


# --- time to the first token


@pytest.mark.parametrize(
    ("said", "events"),
    [
        ({"gen_ai.response.time_to_first_chunk": 0.25}, []),
        ({"gen_ai.server.time_to_first_token": 0.25}, []),
        ({"ai.response.msToFirstChunk": 250.0}, []),
        ({"ai.response.msToFirstChunk": 250}, []),
        ({"langfuse.observation.completion_start_time": '"2026-11-22T16:23:42.425900Z"'}, []),
        ({"langfuse.observation.completion_start_time": "2026-11-22T17:23:42.425900+01:00"}, []),
        ({}, [("First Token Stream Event", {}, 250)]),
        ({}, [("llm.content.completion.chunk", {}, 250), ("llm.content.completion.chunk", {}, 900)]),
    ],
)
def test_time_to_the_first_token(said: dict[str, Any], events: list[Any]) -> None:
    assert call({**chat(), **said}, events=events).metadata == {"time_to_first_token_ms": 250}


@pytest.mark.parametrize("wrong", [-1.0, 1e300, float("nan"), "soon"])
def test_a_time_that_cannot_be_is_left_out(wrong: Any) -> None:
    found = read(as_protobuf(span(chat(gen_ai__response__time_to_first_chunk=wrong)))).items[0].record
    assert found.metadata is None  # type: ignore[union-attr]


# --- whose it is


def test_the_mapping_names_task_type_team_environment_and_purpose() -> None:
    found = call(chat(task__id="C-1", task__type="claim", truecost__team="Claims", truecost__purpose="judge",
                      deployment__environment__name="staging"))  # fmt: skip
    assert (found.task, found.task_type, found.team) == ("C-1", "claim", "Claims")
    assert (found.purpose, found.environment) == ("judge", "staging")


def test_the_span_names_its_task_before_its_resource_does() -> None:
    resource = {"truecost.task": "of the resource", "deployment.environment.name": "production"}
    own = traces(span(chat(task__id="own")), resource=resource).items[0].record
    assert (own.task, own.environment) == ("own", "production")  # type: ignore[union-attr]
    inherited = traces(span(chat()), resource=resource).items[0].record
    assert inherited.task == "of the resource"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("langfuse.trace.metadata.claim", {"langfuse.trace.metadata.claim": '"C-1"'}),  # 5 encodes every value
        ("langfuse.trace.metadata.claim", {"langfuse.trace.metadata.claim": "C-1"}),
        ("langfuse.trace.metadata.claim", {"langfuse.trace.metadata": '{"claim": "C-1"}'}),
        ("langfuse.observation.metadata.claim", {"langfuse.observation.metadata": '{"claim": "C-1"}'}),
        ("traceloop.association.properties.claim", {"traceloop.association.properties.claim": "C-1"}),
        ("metadata.claim", {"metadata": '{"claim": "C-1"}'}),
        ("metadata.claim", {"metadata": {"claim": "C-1"}}),
        ("session.id", {"session.id": "C-1"}),
    ],
)
def test_a_task_is_found_in_every_emitters_metadata(attribute: str, said: dict[str, Any]) -> None:
    assert call({**chat(), **said}, mapping=Mapping(task=(attribute,))).task == "C-1"


def test_a_rule_gives_the_purpose_and_an_embedding_has_its_own() -> None:
    mapping = Mapping(purposes=(PurposeRule("openinference.span.kind", "*", "triage"),))
    assert call({"openinference.span.kind": "LLM", **USED}, mapping=mapping).purpose == "triage"
    assert call({"openinference.span.kind": "EMBEDDING", **USED}).purpose == "embedding"
    assert call({"openinference.span.kind": "EVALUATOR", **USED}).purpose == "judge"
    assert call({"openinference.span.kind": "GUARDRAIL", **USED}).purpose == "guardrail"


def test_an_environment_called_default_is_nobodys_word() -> None:
    assert call(chat(deployment__environment="default")).environment is None


# --- ids and dialects


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"trace": "00" * 16}, {"trace_id"}),
        ({"trace": "0102"}, {"trace_id"}),
        ({"id": "00" * 8}, {"span_id"}),
        ({"id": "01" * 9, "parent": "01"}, {"span_id", "parent_span_id"}),
        ({"start": 0}, {"occurred_at"}),
        ({"start": 2**64 - 1}, {"occurred_at"}),
        ({"start": START + 10**15}, {"occurred_at"}),
    ],
)
def test_an_inference_without_good_ids_or_time_is_a_problem(changes: dict[str, Any], named: set[str]) -> None:
    assert [set(errors) for errors in problems(span(chat(**USED), **changes))] == [named]
    assert problems(span({"http.method": "GET"}, **changes)) == []


def test_a_name_that_is_too_long_or_unprintable_is_a_problem_of_its_span_alone() -> None:
    long = span(chat(gen_ai__response__model="m" * 201), id="00000000000000aa")
    odd = span(chat(gen_ai__response__model="a\x00b"), id="00000000000000ab")
    found = traces(span(chat()), long, odd)
    assert [problem.index for problem in found.problems] == [1, 2]
    assert [problem.id for problem in found.problems] == [f"{TRACE}-00000000000000aa", f"{TRACE}-00000000000000ab"]
    assert len(found.items) == 1
    assert len(found.spans) == 3  # a refused span is still a link


def test_snake_case_base64_ids_names_of_enumerations_and_plain_numbers_are_understood() -> None:
    expected = traces(span(chat(gen_ai__usage__input_tokens=5), code=2, parent=PARENT), scope="s")
    body = json.loads(as_json(span(chat(gen_ai__usage__input_tokens=5), code=2, parent=PARENT), scope="s"))
    sent = body["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    other = {
        "trace_id": base64.b64encode(bytes.fromhex(TRACE)).decode(),
        "span_id": SPAN.upper(),
        "parent_span_id": base64.b64encode(bytes.fromhex(PARENT)).decode(),
        "start_time_unix_nano": START,
        "end_time_unix_nano": START + 2_000_000_000,
        "status": {"code": "STATUS_CODE_ERROR"},
        "attributes": [
            {"key": pair["key"], "value": {_snake(kind): int(value) if kind == "intValue" else value}}
            for pair in sent["attributes"]
            for kind, value in pair["value"].items()
        ],
    }
    scoped = {"scope": {"name": "s"}, "spans": [other]}
    again = json.dumps({"resource_spans": [{"scope_spans": [scoped]}]}).encode()
    assert read(again, is_json=True) == expected


def _snake(name: str) -> str:
    return name.replace("Value", "_value")


def test_a_lone_surrogate_in_a_prompt_does_not_stop_the_rest() -> None:
    body = as_json(span({**chat(**USED), "gen_ai.prompt": "\ud800"}))
    assert len(read(body, is_json=True).items) == 1


# --- evaluations


def test_an_evaluation_in_an_event_or_on_the_span_is_handed_on() -> None:
    event = {"gen_ai.evaluation.name": "helpful", "gen_ai.evaluation.score.value": 0.5,
             "gen_ai.evaluation.score.label": "meh", "gen_ai.evaluation.explanation": "SECRET"}  # fmt: skip
    on_span = {"annotation.name": "review", "annotation.label": "amended", "annotation.annotator_kind": "HUMAN",
               "annotation.metadata": '{"rework_minutes": 12, "by": "x"}'}  # fmt: skip
    mapping = DEFAULTS["otlp"]
    found = traces(span({**chat(), **on_span}, events=[("gen_ai.evaluation.result", event, 40)]), mapping=mapping)
    review, helpful = found.evaluations
    assert (review.name, review.label, review.kind, review.numbers) == (
        "review",
        "amended",
        "HUMAN",
        {"rework_minutes": 12},
    )
    assert (helpful.name, helpful.score, helpful.label) == ("helpful", 0.5, "meh")
    assert helpful.at.isoformat() == "2026-11-22T16:23:42.215879+00:00"
    assert "SECRET" not in repr(found.evaluations)
