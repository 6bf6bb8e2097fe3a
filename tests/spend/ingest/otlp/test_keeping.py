"""What is kept of a refused span reads as the span did, and holds no content."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from spend.ingest.mapping import DEFAULTS
from spend.ingest.otlp.keeping import request_of
from tests.spend.ingest.otlp.wires import as_json, as_protobuf, chat, read, span

LANGFUSE = {
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": "gpt-5",
    "langfuse.observation.usage_details": '{"input": 100, "input_cached_tokens": 20, "output": 5}',
    "langfuse.observation.cost_details": '{"total": 0.25}',
    "langfuse.observation.completion_start_time": '"2026-11-22T16:23:43Z"',
    "langfuse.observation.input": "SECRET",
    "langfuse.trace.metadata.task": '"claim-1"',
}
OPENINFERENCE = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-5",
    "llm.invocation_parameters": '{"model": "gpt-5", "system": "SECRET"}',
    "llm.token_count.prompt": 100,
    "llm.token_count.prompt_details.cache_read": 64,
    "llm.token_count.completion_details.reasoning": 5,
    "metadata": '{"task": "SECRET"}',
}
VERCEL = {
    "ai.operationId": "ai.generateText.doGenerate",
    "ai.model.id": "claude",
    "ai.response.providerMetadata": '{"anthropic": {"usage": {"input_tokens": 5}, "thoughts": "SECRET"}}',
    "ai.usage.inputTokens": 9,
    "ai.prompt": "SECRET",
}
WRONG_TEAM = chat(gen_ai__usage__input_tokens=3, task__id="t", truecost__purpose="judge", error__type="429")


@pytest.mark.parametrize("said", [LANGFUSE, OPENINFERENCE, VERCEL, WRONG_TEAM])
@pytest.mark.parametrize("send", [as_protobuf, as_json])
def test_once_mended_it_gives_the_call_it_would_have_given(said: dict[str, Any], send: Any) -> None:
    good = span(said)
    bad = {**good, "start": 1}  # 1970: refused
    resource = {"deployment.environment": "production"}
    refused = read(send(bad, scope="s", version="1", resource=resource), is_json=send is as_json)
    assert [problem.errors for problem in refused.problems] == [{"occurred_at": ["must not be before 2000-01-01"]}]
    kept = json.dumps(request_of(refused.refused[0]))
    assert "SECRET" not in kept
    mended = kept.replace('"startTimeUnixNano": "1"', f'"startTimeUnixNano": "{good["start"]}"').encode()
    expected = read(send(good, scope="s", version="1", resource=resource), is_json=send is as_json)
    assert read(mended, is_json=True) == expected
    assert len(expected.items) == 1


def test_a_number_that_was_refused_is_kept_as_it_was() -> None:
    refused = read(as_protobuf(span(chat(gen_ai__usage__input_tokens=-5))))
    again = read(json.dumps(request_of(refused.refused[0])).encode(), is_json=True)
    assert again.problems == refused.problems
    assert again.problems[0].errors == {"input_tokens": ["must be >= 0"]}


def test_what_a_mapping_takes_out_of_an_object_is_kept_without_the_object() -> None:
    mapping = replace(DEFAULTS["otlp"], task=("metadata.claim",))
    said = {**OPENINFERENCE, "metadata": '{"claim": "C-1", "notes": "SECRET"}', "llm.token_count.prompt": -1}
    refused = read(as_protobuf(span(said)), mapping=mapping)
    kept = json.dumps(request_of(refused.refused[0]))
    assert "SECRET" not in kept
    assert '{"key": "metadata.claim", "value": {"stringValue": "C-1"}}' in kept
