"""What released instrumentations really sent, held against the usage that the provider answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spend.ingest.records import Call
from tests.published import data
from tests.spend.ingest.otlp.wires import buckets, read


def truth_of(usage: dict[str, Any]) -> dict[str, int]:
    """OpenAI's usage in disjoint buckets: what was cached is part of its prompt count."""
    is_chat = "prompt_tokens" in usage
    prompt = usage["prompt_tokens" if is_chat else "input_tokens"]
    prompt_details = usage["prompt_tokens_details" if is_chat else "input_tokens_details"] or {}
    output_details = usage["completion_tokens_details" if is_chat else "output_tokens_details"] or {}
    cached = prompt_details.get("cached_tokens", 0)
    return {
        "input": prompt - cached,
        "cache_read": cached,
        "output": usage["completion_tokens" if is_chat else "output_tokens"],
        "reasoning": output_details.get("reasoning_tokens", 0),
    }


@pytest.mark.parametrize("emitter", ["openllmetry_openai", "openinference_openai"])
def test_a_live_capture_has_the_buckets_the_provider_answered(emitter: str) -> None:
    folder = data("ingest_payloads") / "otlp_live_instrumentations" / emitter
    truth = json.loads((folder / "truth_usage.json").read_text())
    sent = read((folder / "001_v1_traces.pb").read_bytes())
    assert read((folder / "001_v1_traces.json").read_bytes(), is_json=True) == sent
    assert sent.problems == []
    assert len(sent.items) == len(truth) == 6
    for item, expected in zip(sent.items, truth, strict=True):
        call = item.record
        assert isinstance(call, Call)
        assert (call.provider, call.model, call.environment) == ("openai", expected["model"], "prod")
        if "usage" in expected:
            found = {"cache_read": 0, "reasoning": 0, **buckets(call)}
            assert (call.status, found) == ("ok", truth_of(expected["usage"]))
        else:  # 429: nobody bills that
            assert (call.status, buckets(call)) == ("error", {"input": 0, "output": 0})
