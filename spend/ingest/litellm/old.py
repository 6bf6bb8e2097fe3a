"""The shape of LiteLLM's first generic callback (`generic_api_use_v1`): every value is Python's text of it."""

from __future__ import annotations

import re

from spend.ingest.litellm.payload import Payload, Unfit, text

_COUNT = re.compile(
    r"\b((?:prompt|completion|total|reasoning|cached|cache_creation|cache_(?:creation|read)_input)_tokens)"
    r"'?[=:] ?([0-9]{1,12})\b"
)
_DETAILS = {
    "reasoning_tokens": "completion_tokens_details",
    "cached_tokens": "prompt_tokens_details",
    "cache_creation_tokens": "prompt_tokens_details",
}


def is_old(payload: Payload) -> bool:
    return "modelParameters" in payload and "usage" in payload


def renewed(payload: Payload) -> Payload:
    """Return what of it is a StandardLoggingPayload. Raises Unfit where the usage cannot be read.

    It says nothing of provider, team, tags and trace, and knows no failures. An answer from LiteLLM's own cache has
    the id of the answer it repeats.
    """
    is_cached = text(payload, "cache_hit") == "True"
    answer = text(payload, "id")
    return {
        "id": f"{answer}_cache_hit{payload['startTime']}" if answer and is_cached else answer,
        "call_type": payload.get("call_type"),
        "cache_hit": is_cached,
        "status": "success",
        "startTime": payload["startTime"],
        "endTime": payload.get("endTime"),
        "model": payload.get("model"),
        "response_cost": None if payload.get("cost") == "None" else payload.get("cost"),
        "metadata": {"usage_object": _usage(payload.get("usage"))},
    }


def _usage(said: object) -> Payload:
    usage: Payload = {}
    for name, number in _COUNT.findall(said if isinstance(said, str) else ""):
        detail = _DETAILS.get(name)
        held = usage.setdefault(detail, {}) if detail else usage
        if isinstance(held, dict):
            held.setdefault(name, int(number))
    if "prompt_tokens" not in usage:
        raise Unfit("usage", "must name its prompt_tokens")
    return usage
