"""LiteLLM's payloads as calls: what was recorded, and case by case what the recordings do not have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spend.ingest.bodies import BadBody
from spend.ingest.litellm.decoding import decode
from spend.ingest.mapping import Mapping, PurposeRule, default_of
from spend.ingest.records import Call, Problem
from tests.published import data

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEGAN = 1795364928.5
DEFAULT = default_of("litellm")

ANSWERED: dict[str, Any] = {
    "id": "chatcmpl-1",
    "litellm_call_id": "c-1",
    "trace_id": "trace-1",
    "session_id": "",
    "call_type": "acompletion",
    "status": "success",
    "custom_llm_provider": "openai",
    "model": "gpt-5-mini",
    "startTime": BEGAN,
    "endTime": BEGAN + 2,
    "completionStartTime": BEGAN + 0.5,
    "response_cost": 0.001,
    "prompt_tokens": 1200,
    "completion_tokens": 300,
    "total_tokens": 1500,
    "metadata": {
        "usage_object": {
            "prompt_tokens": 1200,
            "completion_tokens": 300,
            "total_tokens": 1500,
            "prompt_tokens_details": {"cached_tokens": 200},
        }
    },
    "request_tags": [],
}
FAILED = {
    **ANSWERED,
    "id": "c-1",
    "status": "failure",
    "response_cost": 0.0,
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "total_tokens": 0,
    "metadata": {"usage_object": {}},
}


def read(*payloads: Any, mapping: Mapping = DEFAULT, names_teams: bool = False) -> list[Call | Problem]:
    decoded = decode(json.dumps(payloads).encode(), mapping, AT, names_teams=names_teams)
    found = {item.index: item.record for item in decoded.items} | {it.index: it for it in decoded.problems}
    return [found[index] for index in sorted(found)]


def call_of(payload: Any = ANSWERED, mapping: Mapping = DEFAULT, *, names_teams: bool = False, **changes: Any) -> Call:
    (call,) = read({**payload, **changes}, mapping=mapping, names_teams=names_teams)
    assert isinstance(call, Call), call
    return call


def used(call: Call) -> tuple[int | None, ...]:
    return (
        call.input_tokens,
        call.cache_read_tokens,
        call.cache_write_tokens,
        call.output_tokens,
        call.reasoning_tokens,
    )


def with_usage(**usage: Any) -> Call:
    return call_of(metadata={"usage_object": usage})


RECORDED = [  # as their usage_object and response_cost say; one request was turned away
    ("live/*_00_*", "gpt-3.5-turbo-0125", (15, None, None, 19, None), "0.000036000", "ok", "task-chat"),
    ("live/*_01_*", "gpt-5-nano-2025-08-07", (11, 0, None, 228, 192), "0.000091750", "ok", "task-reasoning"),
    ("live/*_02_*", "gpt-4o-mini-2024-07-18", (1149, 0, None, 315, 0), "0.000361350", "ok", "task-cache"),
    ("live/*_03_*", "gpt-4o-mini-2024-07-18", (125, 1024, None, 353, 0), "0.000307350", "ok", "task-cache"),
    ("live/*_07_*", "gpt-4o-mini", (0, None, None, 0, None), "0", "error", "task-fail"),
    ("upstream*/standard*", "gpt-4o", (10, None, None, 20, None), "0.000225000", "ok", None),
]


@pytest.mark.parametrize(("file", "model", "tokens", "cost", "status", "task"), RECORDED)
def test_a_recorded_payload(file: str, model: str, tokens: tuple[int], cost: str, status: str, task: str) -> None:
    (path,) = (data("ingest_payloads") / "litellm").glob(f"{file}.json")
    call = call_of(json.loads(path.read_text()))
    assert (call.provider, call.model, used(call), call.status, call.task) == ("openai", model, tokens, status, task)
    assert call.cost_usd == Decimal(cost)
    assert "Hello" not in str(call)  # nothing of what was said


@pytest.mark.parametrize("file", ["spend_logs_payload", "langfuse_ingestion_batch"])
def test_another_kind_of_payload_is_refused_by_name(file: str) -> None:
    body = (data("ingest_payloads") / "litellm" / "upstream_fixtures" / f"{file}.json").read_bytes()
    decoded = decode(body, DEFAULT, AT, names_teams=False)
    assert (decoded.items, len(decoded.problems)) == ([], 1)


def test_every_form_of_body_says_the_same() -> None:
    other = {**ANSWERED, "id": "chatcmpl-2"}
    one, two = json.dumps(ANSWERED).encode(), json.dumps(other).encode()
    expected = decode(b"[%b, %b]" % (one, two), DEFAULT, AT, names_teams=False)
    assert [item.record.id for item in expected.items if isinstance(item.record, Call)] == [
        "c-1:chatcmpl-1:success",
        "c-1:chatcmpl-2:success",
    ]
    for body in (b"%b\n%b" % (one, two), b"%b\r\n%b\n" % (one, two), json.dumps([ANSWERED, other], indent=1).encode()):
        assert decode(body, DEFAULT, AT, names_teams=False) == expected
    for body in (one, b"\n" + one + b"\n", json.dumps(ANSWERED, indent=2).encode()):
        assert decode(body, DEFAULT, AT, names_teams=False).items == expected.items[:1]


def test_a_bad_line_is_one_problem_and_a_bad_body_one_refusal() -> None:
    decoded = decode(json.dumps(ANSWERED).encode() + b"\nnull\n{oops\n", DEFAULT, AT, names_teams=False)
    assert [problem.index for problem in decoded.problems] == [1, 2]
    assert len(decoded.items) == 1
    for body in (b"", b"{oops", b"{oops\n{oops", b"\xff"):
        with pytest.raises(BadBody):
            decode(body, DEFAULT, AT, names_teams=False)


BUCKETS = [
    ({"prompt_tokens": 10, "completion_tokens": 2}, (10, None, None, 2, None), None),
    (  # Anthropic through LiteLLM: prompt_tokens has both
        {"prompt_tokens": 100, "completion_tokens": 5, "cache_read_input_tokens": 60,
         "cache_creation_input_tokens": 30,
         "prompt_tokens_details": {"cached_tokens": 60, "cache_creation_tokens": 30}},
        (10, 60, 30, 5, None), "inclusive",
    ),
    (  # as Anthropic writes it
        {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 6, "cache_creation_input_tokens": 3},
        (10, 6, 3, 5, None), "exclusive",
    ),
    ({"prompt_tokens": 9, "completion_tokens": 5, "cache_read_input_tokens": 60}, (9, 60, None, 5, None), "exclusive"),
    (  # the total only adds up with the cached tokens
        {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 21, "cache_read_input_tokens": 6},
        (10, 6, None, 5, None), "exclusive",
    ),
    (  # OpenAI's Responses API
        {"input_tokens": 10, "output_tokens": 5, "input_tokens_details": {"cached_tokens": 4},
         "output_tokens_details": {"reasoning_tokens": 3}},
        (6, 4, None, 5, 3), "inclusive",
    ),
    (  # reasoning beside the completion, as the total shows
        {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 18,
         "completion_tokens_details": {"reasoning_tokens": 3}},
        (10, None, None, 8, 3), None,
    ),
    ({"prompt_tokens": 10, "completion_tokens": 5, "prompt_cache_hit_tokens": 4}, (6, 4, None, 5, None), "inclusive"),
    ({"prompt_tokens": 10.0, "completion_tokens": 2}, (10, None, None, 2, None), None),
]  # fmt: skip


@pytest.mark.parametrize(("usage", "tokens", "semantics"), BUCKETS)
def test_tokens_are_disjoint(usage: dict[str, Any], tokens: tuple[int], semantics: str | None) -> None:
    call = with_usage(**usage)
    assert used(call) == tokens
    assert (call.metadata or {}).get("input_semantics") == semantics


def test_without_a_usage_object_the_sums_count() -> None:
    assert used(call_of(metadata=None)) == (1200, None, None, 300, None)
    assert used(call_of(metadata=None, response={"usage": {"prompt_tokens": 7, "completion_tokens": 1}}))[0] == 7


COSTS = [
    ({}, "0.001"),
    ({"response_cost": 0.00030734999999999996}, "0.00030735"),
    ({"response_cost": 0.0011, "cost_breakdown": {"total_cost": 0.0011, "margin_total_amount": 0.0001}}, "0.001"),
    ({"response_cost": 0.0009, "cost_breakdown": {"original_cost": 0.001, "discount_amount": 0.0001}}, "0.0009"),
    ({"response_cost": 0.004, "cost_breakdown": {"tool_usage_cost": 0.003}}, "0.004"),
    ({"response_cost": None, "cost_breakdown": {"total_cost": 0.002}}, "0.002"),
    ({"response_cost": 0.0}, "0"),  # which counts for a free model only (R10)
    ({"response_cost": 0.0, "zero_cost_diagnostic": {"reason": "missing_pricing_key"}}, None),
    ({"response_cost": 0.0, "response_cost_failure_debug_info": {"error_str": "no such model"}}, None),
    ({"response_cost": None}, None),
    ({"response_cost": 0.0, "metadata": None, "prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, None),
]


@pytest.mark.parametrize(("changes", "cost"), COSTS)
def test_the_reported_cost_is_what_is_paid_outside(changes: dict[str, Any], cost: str | None) -> None:
    assert call_of(**changes).cost_usd == (None if cost is None else Decimal(cost))


def test_parts_of_the_cost_are_noted() -> None:
    breakdown = {
        "tool_usage_cost": 0.003,
        "guardrail_cost": 0.0,
        "discount_amount": 0.002,
        "margin_total_amount": 0.001,
    }
    noted = call_of(cost_breakdown=breakdown, response_cost=0.01).metadata
    assert noted == {
        "litellm.call_type": "acompletion",
        "input_semantics": "inclusive",
        "litellm.tool_cost_usd": 0.003,
        "litellm.discount_usd": 0.002,
        "litellm.margin_usd": 0.001,
    }


def test_an_answer_from_litellms_own_cache_bought_nothing() -> None:
    call = call_of(cache_hit=True, id="chatcmpl-1_cache_hit1795364929.1", saved_cache_cost=0.001, response_cost=0.0)
    assert (used(call), call.cost_usd, call.status) == ((0, None, None, 0, None), Decimal(0), "ok")
    assert call.metadata == {
        "litellm.call_type": "acompletion",
        "litellm.cache_hit": True,
        "litellm.saved_input_tokens": 1200,
        "litellm.saved_output_tokens": 300,
        "litellm.saved_cost_usd": 0.001,
    }


ENDINGS = [  # of the error: code, class, then status and cost
    ("429", "RateLimitError", "error", 0),
    ("400", "ContentPolicyViolationError", "refused", 0),
    ("400", "BadRequestError", "error", 0),
    ("500", "InternalServerError", "error", 0),
    ("500", "APIConnectionError", "error", None),
    ("503", "MidStreamFallbackError", "error", None),
    ("408", "Timeout", "timeout", None),
    ("504", "GatewayTimeout", "timeout", None),
    ("499", "ClientDisconnected", "error", None),
    ("", "ValueError", "error", None),
]


@pytest.mark.parametrize(("code", "kind", "status", "cost"), ENDINGS)
def test_a_failure_without_usage_is_free_only_where_no_model_can_have_run(
    code: str, kind: str, status: str, cost: int | None
) -> None:
    call = call_of(FAILED, error_information={"error_code": code, "error_class": kind, "traceback": "secret.py"})
    assert (call.status, call.cost_usd) == (status, cost)
    assert used(call) == ((None,) * 5 if cost is None else (0, None, None, 0, None))
    assert (call.metadata or {})["litellm.error"] == kind
    assert "secret" not in str(call)


def test_a_stream_that_broke_off_keeps_the_usage_it_had() -> None:
    usage = {"prompt_tokens": 40, "completion_tokens": 7}
    error = {"error_code": "503", "error_class": "MidStreamFallbackError"}
    call = call_of(FAILED, id="chatcmpl-9", metadata={"usage_object": usage}, error_information=error)
    assert (call.id, call.status, used(call)) == ("c-1:chatcmpl-9:failure", "error", (40, None, None, 7, None))


def test_what_the_proxy_itself_refused_reached_no_model() -> None:
    error = {"error_code": "400", "error_class": "ProxyModelNotFoundError", "llm_provider": ""}
    assert read({**FAILED, "custom_llm_provider": None, "model": "nonsense", "error_information": error}) == []
    assert len(read({**FAILED, "custom_llm_provider": None, "error_information": {"llm_provider": "openai"}})) == 1


def test_filtered_answers_and_guarded_requests_are_refused() -> None:
    assert call_of(response={"choices": [{"finish_reason": "content_filter"}]}).status == "refused"
    assert call_of(response={"choices": [{"finish_reason": "stop"}]}).status == "ok"
    assert call_of(FAILED, status_fields={"guardrail_status": "guardrail_intervened"}).status == "refused"


def test_each_attempt_is_a_call_of_its_own_and_a_resend_is_not() -> None:
    retried = [{**FAILED, "startTime": BEGAN + second} for second in (0, 1)]
    ids = [call.id for call in read(*retried, ANSWERED, *retried) if isinstance(call, Call)]
    assert ids[:2] == ids[3:]
    assert len(set(ids)) == 3
    assert {call_of(payload).task for payload in (FAILED, ANSWERED)} == {"trace-1"}


def test_an_identity_is_bounded_and_never_empty() -> None:
    long = [call_of(id=f"resp_{'x' * 300}{last}").id for last in "ab"]
    assert long[0] != long[1]
    assert {len(identity) for identity in long} == {len("c-1:") + 32}
    (problem,) = read({**ANSWERED, "id": "", "litellm_call_id": None})
    assert isinstance(problem, Problem)
    assert problem.errors == {"id": ["is required, or litellm_call_id"]}


MODELS = [
    ({"response": {"model": "gpt-5-mini-2025-08-07"}}, "gpt-5-mini-2025-08-07"),
    ({"model": "openai/gpt-5-mini"}, "gpt-5-mini"),
    ({"model": "openai/gpt-5-mini", "response": {"model": "gpt-5-mini-2025-08-07"}}, "gpt-5-mini-2025-08-07"),
    ({"response": {"model": "my-cheap-group"}, "model_group": "my-cheap-group"}, "gpt-5-mini"),
    ({"response": {"model": "gpt-5-mini-cheap"}}, "gpt-5-mini"),
    ({"model_map_information": {"model_map_key": "gpt-5-mini-2025-08-07", "model_map_value": {}}}, "gpt-5-mini"),
    ({"custom_llm_provider": "azure", "model": "our-deployment", "model_map_information":
        {"model_map_key": "azure/gpt-5-mini", "model_map_value": {"input_cost_per_token": 1}}}, "azure/gpt-5-mini"),
    ({"custom_llm_provider": "azure", "model": "our-deployment"}, "our-deployment"),
    ({"model": "", "hidden_params": {"litellm_model_name": "gpt-5"}}, "gpt-5"),
    ({"model": "", "model_group": "support-bot"}, "support-bot"),
    ({"model": None}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "model"), MODELS)
def test_the_model_is_the_one_that_prices_right(changes: dict[str, Any], model: str) -> None:
    assert call_of(**changes).model == model


def test_the_service_tier_is_the_one_that_served() -> None:
    asked = {"model_parameters": {"service_tier": "auto"}}
    assert call_of(**asked).service_tier == "auto"
    assert call_of(**asked, response={"service_tier": "flex"}).service_tier == "flex"
    assert call_of(**asked, cost_breakdown={"service_tier": "priority"}).service_tier == "priority"


def test_times() -> None:
    call = call_of(stream=True)
    assert call.occurred_at == datetime(2026, 11, 22, 16, 28, 48, 500000, tzinfo=UTC)
    assert (call.latency_ms, (call.metadata or {})["time_to_first_token_ms"]) == (2000, 500)
    assert "time_to_first_token_ms" not in (call_of().metadata or {})
    assert call_of(endTime=BEGAN - 1).latency_ms is None
    assert call_of(startTime="2026-11-22 16:28:48.5").occurred_at == call.occurred_at
    for bad in (None, True, "yesterday", 1e300, {}):
        (problem,) = read({**ANSWERED, "startTime": bad})
        assert isinstance(problem, Problem)
        assert list(problem.errors) == ["startTime"]


PURPOSES = [
    ({}, "attempt"),
    ({"call_type": "aembedding"}, "embedding"),
    ({"call_type": "rerank"}, "embedding"),
    ({"call_type": "amoderation"}, "guardrail"),
    ({"classifier_input": "..."}, "triage"),
    ({"metadata": {"is_silent_experiment": True}}, "judge"),
    ({"model_group": "llm-judge"}, "judge"),  # by the mapping, which comes first
]


@pytest.mark.parametrize(("changes", "purpose"), PURPOSES)
def test_the_purpose(changes: dict[str, Any], purpose: str) -> None:
    mapping = msgspec.structs.replace(DEFAULT, purposes=(PurposeRule("model_group", "*-judge", "judge"),))
    assert call_of(mapping=mapping, **changes).purpose == purpose


def test_tags_and_metadata_name_task_and_type() -> None:
    call = call_of(request_tags=["User-Agent: x", "task:claim-1", "task_type:claim"])
    assert (call.task, call.task_type) == ("claim-1", "claim")
    for place in ("requester_metadata", "spend_logs_metadata"):
        call = call_of(metadata={place: {"task": "claim-2", "task_type": "claim"}})
        assert (call.task, call.task_type) == ("claim-2", "claim")
    assert call_of(session_id="conversation-1").task == "conversation-1"
    assert call_of(trace_id=None).task == "c-1"
    headers = {"metadata": {"requester_custom_headers": {"x-claim.id": "claim-3"}}}
    mapping = Mapping(task=("metadata.requester_custom_headers.x-claim.id",))
    assert call_of(mapping=mapping, **headers).task == "claim-3"


def test_a_team_is_named_for_keys_of_all_teams_only() -> None:
    metadata = {"user_api_key_team_alias": "claims-emea", "user_api_key_team_id": "t-1"}
    mapping = msgspec.structs.replace(DEFAULT, teams={"claims-emea": "Claims"})
    assert call_of(mapping=mapping, names_teams=True, metadata=metadata).team == "Claims"
    assert call_of(mapping=mapping, metadata=metadata).team is None


def test_what_manages_things_is_no_call_but_a_batch_read_back_is_one() -> None:
    nothing = {"response_cost": 0.0, "prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "metadata": {}}
    assert read({**ANSWERED, **nothing, "call_type": "acreate_file"}) == []
    batch = {
        **ANSWERED,
        "call_type": "aretrieve_batch",
        "response": {"completed_at": 1795360000},
        "hidden_params": {"batch_models": ["gpt-5-nano"]},
    }
    first, again = read(batch, {**batch, "litellm_call_id": "c-2", "trace_id": "trace-2", "startTime": BEGAN + 60})
    assert first == again  # asked twice, used once
    assert isinstance(first, Call)
    assert (first.model, first.service_tier, first.latency_ms) == ("gpt-5-nano", "batch", None)


OLD = {
    "id": "chatcmpl-7",
    "call_type": "completion",
    "cache_hit": "None",
    "startTime": "2026-11-22 16:28:48.500000",
    "endTime": "2026-11-22 16:28:49",
    "model": "gpt-5-mini",
    "user": "",
    "modelParameters": "{}",
    "messages": "[{'role': 'user', 'content': 'prompt_tokens=9'}]",
    "response": "ModelResponse(...)",
    "usage": "Usage(completion_tokens=300, prompt_tokens=1200, total_tokens=1500, completion_tokens_details="
    "CompletionTokensDetailsWrapper(reasoning_tokens=100), prompt_tokens_details="
    "PromptTokensDetailsWrapper(audio_tokens=None, cached_tokens=200))",
    "metadata": "{}",
    "cost": "0.001",
}


def test_the_old_shape_is_read_as_far_as_it_goes() -> None:
    call = call_of(OLD)
    assert (call.id, call.model, call.provider, call.latency_ms) == ("chatcmpl-7:success", "gpt-5-mini", None, 500)
    assert (used(call), call.cost_usd) == ((1000, 200, None, 300, 100), Decimal("0.001"))
    assert used(call_of(OLD, usage="{'prompt_tokens': 7, 'completion_tokens': 1}")) == (7, None, None, 1, None)
    assert used(call_of(OLD, cache_hit="True"))[0] == 0
    assert call_of(OLD, cost="None").cost_usd is None
    (problem,) = read({**OLD, "usage": "None"})
    assert isinstance(problem, Problem)
    assert problem == Problem(0, "chatcmpl-7:success", {"usage": ["must name its prompt_tokens"]})


def test_bad_counts_and_amounts_are_named_as_litellm_names_them() -> None:
    bad = [
        {**ANSWERED, "metadata": {"usage_object": {"prompt_tokens": -1}}},
        {**ANSWERED, "response_cost": "much"},
        {**ANSWERED, "cost_breakdown": {"margin_total_amount": []}},
    ]
    named = [list(problem.errors) for problem in read(*bad) if isinstance(problem, Problem)]
    assert named == [["prompt_tokens"], ["response_cost"], ["margin_total_amount"]]


_WORDS = st.sampled_from(sorted({*ANSWERED, *OLD, *ANSWERED["metadata"]["usage_object"], "response", "hidden_params"}))
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([1e300, -1, 10**30, "failure", "True", "aretrieve_batch", "task:x", "\x00", "\ud800"])
)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=5), max_leaves=12
)


@settings(max_examples=250, deadline=None)
@given(st.dictionaries(_WORDS, _JSON, max_size=6), st.booleans())
def test_nothing_that_is_json_breaks_it(changes: dict[str, Any], is_old: bool) -> None:
    body = json.dumps([{**(OLD if is_old else ANSWERED), **changes}]).encode()
    decoded = decode(body, DEFAULT, AT, names_teams=True)
    assert len(decoded.items) + len(decoded.problems) <= 1


@settings(max_examples=250, deadline=None)
@given(st.binary(max_size=60) | _JSON.map(lambda value: json.dumps(value).encode()))
def test_nothing_else_breaks_it(body: bytes) -> None:
    try:
        decode(body, DEFAULT, AT, names_teams=False)
    except BadBody:
        return
