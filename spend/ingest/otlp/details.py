"""Usage and costs that come as one JSON object: Langfuse's details, a provider's usage as Vercel's SDK hands it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spend.ingest.otlp import values

Fields = dict[str, object]

# The usage of a provider's API, where somebody hands it to Langfuse as it is: input includes what was cached.
_API_USAGE = (
    ("prompt_tokens", "completion_tokens", "prompt_tokens_details", "completion_tokens_details"),
    ("input_tokens", "output_tokens", "input_tokens_details", "output_tokens_details"),
)


def langfuse_usage(value: object) -> Fields | None:
    """Read `langfuse.observation.usage_details`: disjoint buckets, unless it is an API's own usage object."""
    given = values.json_object(value)
    if not given:
        return None
    for name_in, name_out, details_in, details_out in _API_USAGE:
        if details_in in given or details_out in given or {name_in, name_out, "total_tokens"} <= given.keys():
            cached = values.json_object(given.get(details_in))
            return _stated(
                input=given.get(name_in),
                output=given.get(name_out),
                total=given.get("total_tokens"),
                cache_read=cached.get("cached_tokens"),
                cache_write=cached.get("cache_write_tokens") or cached.get("cache_creation_tokens"),
                reasoning=values.json_object(given.get(details_out)).get("reasoning_tokens"),
            )
    return _disjoint(given)


def _disjoint(given: Mapping[str, Any]) -> Fields:
    """Add up buckets by what their names say, as Langfuse does: any name with `input`, any with `output` in it."""
    sums: dict[str, int] = {}
    for name, value in given.items():
        bucket, count = _bucket_of(name.lower()), values.tokens(value)
        if bucket and type(count) is int:
            sums[bucket] = sums.get(bucket, 0) + count
    if "reasoning" in sums:
        sums["output"] = sums.get("output", 0) + sums["reasoning"]
    cached = sums.get("cache_read", 0) + sums.get("cache_write", 0)
    total, known = sums.pop("total", None), sums.get("uncached", 0) + sums.get("output", 0)
    if cached and total == known and cached <= sums.get("uncached", 0):
        sums["input"] = sums.pop("uncached")  # its own total says that the cached part is in the input
        sums["total"] = total
    return dict(sums)


def _bucket_of(name: str) -> str | None:
    if "cache" in name:
        return "cache_write" if "creation" in name or "write" in name else "cache_read"
    if "reasoning" in name or "thought" in name:
        return "reasoning"
    if "input" in name or "prompt" in name:
        return "uncached"
    if "output" in name or "completion" in name:
        return "output"
    return "total" if name in ("total", "total_tokens") else None


def langfuse_cost(value: object) -> float | None:
    """Read `langfuse.observation.cost_details`, in USD: the total where it is given, else the sum."""
    costs = {name: found for name, cost in values.json_object(value).items() if (found := _number(cost)) is not None}
    if not costs:
        return None
    return costs["total"] if "total" in costs else sum(costs.values())


def _number(value: object) -> float | None:
    found = values.number(value)
    return found if isinstance(found, float) else None


def vercel_metadata(value: object) -> Fields | None:
    """Read `ai.response.providerMetadata`: Anthropic's and Bedrock's own counts, whose input is without the cache."""
    given = values.json_object(value)
    if usage := values.json_object(values.json_object(given.get("anthropic")).get("usage")):
        return _stated(
            uncached=usage.get("input_tokens"),
            cache_read=usage.get("cache_read_input_tokens"),
            cache_write=usage.get("cache_creation_input_tokens"),
            tier=values.text(usage.get("service_tier")),
        )
    if usage := values.json_object(values.json_object(given.get("bedrock")).get("usage")):
        return _stated(
            uncached=usage.get("inputTokens"),
            cache_read=usage.get("cacheReadInputTokens"),
            cache_write=usage.get("cacheWriteInputTokens"),
        )
    return None


def _stated(**fields: object) -> Fields:
    return {name: value for name, value in fields.items() if value is not None}
