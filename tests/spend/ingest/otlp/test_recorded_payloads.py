"""116 recorded bodies of 33 emitters: which of their spans are calls, of what model, with which tokens.

The figures are read off the payloads by hand. Where a fixture stands for a body, its ids and times are made up.
"""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from spend.ingest.bodies import BadBody
from spend.ingest.records import Call
from tests.published import data
from tests.spend.ingest.otlp.wires import START, buckets, read

GENERATION, EMBEDDING, WRAPPER = "generation", "embedding", "wrapper"


class Of(NamedTuple):
    """One call: uncached input, cache reads, cache writes, output, reasoning; None is not stated."""

    model: str
    tokens: tuple[int | None, ...] = (None, None, None, None, None)
    usage: str = GENERATION
    stated: dict[str, Any] = {}


def bare(model: str, usage: str = GENERATION, **stated: Any) -> Of:
    """An inference that says nothing of its usage."""
    return Of(model, usage=usage, stated=stated)


def of(model: str, *tokens: int | None, usage: str = GENERATION, **stated: Any) -> Of:
    return Of(model, tokens, usage, stated)


# By the end of a file's name; every other file has no call in it.
EXPECTED: dict[str, list[Of]] = {
    # Langfuse SDK: an API's own usage object, disjoint details, a total that says the cache is in the input
    "L307_langfuse-sdk": [of("gpt-3.5-turbo-0125", 1957, 0, None, 80, 0)],
    "L94_langfuse-sdk": [of("gpt-4o", 123, None, None, 456, None, cost="0.002100000", environment="production")],
    "L124_langfuse-sdk": [of("gpt-4", 100, None, None, 50, None, cost="0.003000000", environment="production")],
    "L1055_langfuse-sdk": [bare("unknown")],
    "L1270_langfuse-sdk": [bare("unknown")],
    "L1452_langfuse-sdk": [bare("gpt-4", environment="test")],
    "L1556_langfuse-sdk": [of("gpt-4", 50, 50, None, 200, None, cost="0.030000000", semantics="inclusive")],
    "L1639_langfuse-sdk": [bare("gpt-4")],
    "L1743_langfuse-sdk": [bare("unknown")],
    "L886_langfuse-sdk": [
        of("claude-3-opus", 500, None, None, 200, None, cost="0.045000000", environment="staging", status="error")
    ],
    "L7097_test-scope": [bare("gpt-4")],
    # pydantic-ai: an agent's run with summed usage is a wrapper
    "L444_pydantic-ai": [of("test-model", 100, None, None, 200, None, environment="sdk-experiment")],
    "L2095_pydantic-ai": [of("gpt-4o", 174, None, None, 31, None, usage=WRAPPER)],
    "L2224_pydantic-ai": [of("unknown", 80, 30, 10, 40, None, semantics="inclusive")],
    "L2555_pydantic-ai": [of("unknown", 37, None, None, 248, None, usage=WRAPPER)],
    # OpenInference
    "L2328_openinference.instrumentation.agno": [of("unknown", 5000, 40000, 5000, 200, None, semantics="inclusive")],
    "L7767_openinference.instrumentation.openai": [of("unknown", 100, None, None, 50, 30)],
    "L7948_openinference.instrumentation.openai": [of("unknown", None, None, None, 110, 60)],  # 60 of 50 cannot be
    "L16_openinference.instrumentation.openai": [bare("gpt-5", first=467)],
    # Vercel AI SDK: the provider's own metadata is exact
    "L1013_ai": [bare("gemini-embedding-001", EMBEDDING)],
    "L5357_ai": [bare("test-model")],
    "L580_ai": [of("gpt-4-turbo", 10, None, None, 8, None, usage=WRAPPER)],
    "L669_ai": [bare("claude-opus-4-6")],
    "L8539_ai": [of("unknown", 7, 16399, 2089, 445, None, semantics="exclusive", tier="standard")],
    "L8658_ai": [of("unknown", 5000, 1500, 3000, 200, None, semantics="exclusive", tier="standard")],
    "L8764_ai": [of("unknown", 10000, 2000, 4000, 300, None, semantics="exclusive", tier="standard")],
    "L8867_ai": [of("anthropic.claude-3-5-sonnet-20241022-v2:0", 5734, 4482, 0, 178, None, semantics="exclusive")],
    "L8980_ai": [of("unknown", 100, 5000, None, None, None, semantics="exclusive")],
    "canonical_opencode-B.doStream": [
        of("claude-haiku-4-5-20251001", 3, 0, 12629, 13, None, semantics="exclusive", tier="standard", first=1716)
    ],
    # LiteLLM's callback: raw and dotted names, the dotted one 0
    "L8084_litellm": [of("unknown", 70, 20, 10, 40, None, semantics="inclusive")],
    "L8174_litellm": [of("unknown", 70, 20, 10, None, None, semantics="inclusive")],
    "L8262_litellm": [of("unknown", 80, 20, None, None, None, semantics="inclusive")],
    # OpenLIT: its own estimate of the cost is a memo
    "L563_openlit.otel.tracing": [of("gpt-3.5-turbo", 14, None, None, 96, None, estimate=0.000151)],
    "L378_openlit.otel.tracing": [
        of("gpt-3.5-turbo", 14, None, None, 96, None, estimate=0.000151, environment="production")
    ],
    # OpenLLMetry
    "L751_opentelemetry.instrumentation.openai.v1": [of("gpt-3.5-turbo-0125", 14, None, None, 173, None)],
    "L486_opentelemetry.instrumentation.openai.v1": [of("gpt-3.5-turbo-0125", 14, None, None, 173, None)],
    "L194_opentelemetry.instrumentation.openai.v1": [bare("gpt-5", first=1904)],
    # names of the convention from whoever
    "L2434_custom-instrumentation": [of("unknown", 5000, 40000, 5000, 200, None, semantics="assumed")],
    "L2826_noscope": [bare("gpt-4", EMBEDDING)],
    "L2916_noscope": [of("text-embedding-ada-002", 50, None, None, None, None, usage=WRAPPER)],
    "L4985_noscope": [bare("gpt-4o-mini")],
    "L7677_gen_ai": [of("unknown", 70, 20, 10, 40, None, semantics="inclusive")],  # by its total
    "L7860_gcp.vertex.agent": [of("unknown", 100, None, None, 60, 25)],
    "L8019_gcp.vertex.agent": [of("unknown", None, None, None, 25, 25)],
    "dogfood_claude_code": [of("claude-sonnet-4.6", 187, None, None, 53, None)],
    "dogfood_claude_cowork": [of("claude-sonnet-4.6", 256, None, None, 92, None)],
    "dogfood_cursor": [of("gpt-5.4", 412, None, None, 118, None)],
    "L2875_openclaw": [of("claude-opus-4-6", 50, None, None, 10, None)],
    "L811_opentelemetry.instrumentation.strands": [of("openai/gpt-4.1-nano", 24, None, None, 10, None)],
    "L918_org.springframework.boot": [of("gpt-5", 11, None, None, 13, None)],
    "canonical_codex-B.session_task_turn": [of("gpt-5.5", 8817, 4480, None, 23, 10, semantics="exclusive")],
    "canonical_gemini-B.llm_call": [of("gemini-3.1-flash-lite", 767, None, None, 30, None)],
}
UNREADABLE = "L4245_demo-tracer"  # a span that is a text


def files() -> list[Path]:
    folder = data("ingest_payloads")
    return sorted([*folder.glob("otlp_langfuse_fixtures/*.json"), *folder.glob("otlp_langwatch_fixtures/*.json")])


def body_of(path: Path) -> dict[str, Any]:
    """The file as a request; ids and times that are no values but notes of the test they came from are made up."""
    content = json.loads(path.read_text())
    if "resourceSpans" not in content:  # one span's attributes, as plain JSON
        pairs = [{"key": key, "value": value_of(value)} for key, value in content["attributes"].items()]
        span = {"name": content["spanName"], "attributes": pairs}
        scope = {"scope": {"name": content["scopeName"]}, "spans": [span]}
        content = {"resourceSpans": [{"scopeSpans": [scope]}]}
    numbers = count(1)
    for resource in content["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                if isinstance(span, dict):
                    mend(span, next(numbers))
    return content


def value_of(value: Any) -> dict[str, Any]:
    name = {str: "stringValue", int: "intValue", float: "doubleValue", dict: "arrayValue"}[type(value)]
    return {name: value}


def mend(span: dict[str, Any], number: int) -> None:
    for name, digits in (("traceId", 32), ("spanId", 16)):
        is_base64 = isinstance(span.get(name), str) and span[name].endswith("=")
        if not is_base64 and (not isinstance(span.get(name), str) or not is_id(span[name], digits)):
            span[name] = f"{number:0{digits}x}"
    if not isinstance(span.get("parentSpanId", ""), str | None):
        span["parentSpanId"] = "0102030405060708"
    start = span.get("startTimeUnixNano")
    if not isinstance(start, str | int) or int(start) < 10**18:
        span["startTimeUnixNano"] = str(START)
        span["endTimeUnixNano"] = str(START + 10**9)


def is_id(text: str, digits: int) -> bool:
    return len(text) == digits and set(text) <= set("0123456789abcdef") and set(text) != {"0"}


def seen(span: Any) -> Of:
    call = span.item.record
    assert isinstance(call, Call)
    metadata = call.metadata or {}
    stated = {
        "cost": None if call.cost_usd is None else str(call.cost_usd),
        "environment": call.environment,
        "status": None if call.status == "ok" else call.status,
        "tier": call.service_tier,
        "semantics": metadata.get("input_semantics"),
        "first": metadata.get("time_to_first_token_ms") or None,
        "estimate": metadata.get("estimated_cost_usd"),
    }
    tokens = buckets(call)
    return Of(
        call.model,
        tuple(tokens.get(name) for name in ("input", "cache_read", "cache_write", "output", "reasoning")),
        span.usage,
        {name: value for name, value in stated.items() if value is not None},
    )


def test_every_recorded_body_gives_the_calls_it_says() -> None:
    found: dict[str, list[Of]] = {}
    for path in files():
        key = path.stem.partition("_test_")[2] or path.stem.partition("servertest_")[2]
        key = key or path.stem.removeprefix("otel_traces_")
        if key == UNREADABLE:
            continue
        decoded = read(json.dumps(body_of(path)).encode(), is_json=True)
        assert decoded.problems == [], path.name
        if calls := [seen(span) for span in decoded.spans if span.item]:
            found[key] = calls
    assert found == EXPECTED


def test_a_recorded_body_as_it_is_gives_calls_or_says_why_not() -> None:
    """Stubs in place of ids and times and all."""
    unreadable = []
    for path in files():
        try:
            decoded = read(path.read_bytes(), is_json=True)
        except BadBody:
            unreadable.append(path.stem)
            continue
        for problem in decoded.problems:
            assert set(problem.errors) <= {"trace_id", "span_id", "parent_span_id", "occurred_at"}, path.name
    assert [name.partition("_servertest_")[2] for name in unreadable] == [UNREADABLE]


def test_there_are_as_many_files_as_the_index_says() -> None:
    index = (data("ingest_payloads") / "INDEX.csv").read_text()
    assert len(files()) == index.count("otlp_langfuse_fixtures/") + index.count("otlp_langwatch_fixtures/")
