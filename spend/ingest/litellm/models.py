"""Which model answered: of the names a payload has, the one that prices right."""

from __future__ import annotations

import re

from spend.ingest.litellm.payload import Payload, part, text

UNNAMED = "unknown"  # of a call that failed before it had a model: counted, and seen
_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{3})$")
_AZURE = frozenset({"azure", "azure_ai"})  # where people name deployments as they like


def model_of(payload: Payload) -> str:
    """Return the provider's name of the model.

    `model` is what LiteLLM asked the provider for; `model_group`, the proxy's own name, is the last resort. A dated
    snapshot of that very model, by the response or by LiteLLM's price map, is more exact. On Azure it is a deployment,
    which says nothing: there the name in LiteLLM's price map counts, where it found one.
    """
    batched = part(payload, "hidden_params").get("batch_models")
    if isinstance(batched, list) and batched and isinstance(batched[0], str) and batched[0]:
        return batched[0]
    asked = text(payload, "model") or text(part(payload, "hidden_params"), "litellm_model_name")
    if asked is None:
        return text(payload, "model_group") or UNNAMED
    asked = asked.removeprefix(f"{provider_of(payload)}/") or asked  # which a router puts before it
    answered, mapped = text(part(payload, "response"), "model"), _mapped(payload)
    if provider_of(payload) in _AZURE and mapped is not None:
        return mapped
    for name in (answered, mapped):
        if name is not None and _SNAPSHOT.fullmatch(name.removeprefix(asked)) and name.startswith(asked):
            return name
    return asked


def provider_of(payload: Payload) -> str | None:
    return text(payload, "custom_llm_provider") or text(part(payload, "error_information"), "llm_provider")


def service_tier_of(payload: Payload) -> str | None:
    """Return the tier that served the call; only where nobody says, the one that was asked for."""
    if payload.get("call_type") in ("retrieve_batch", "aretrieve_batch"):
        return "batch"
    said = (
        ("response", "service_tier"),
        ("metadata", "usage_object", "service_tier"),
        ("cost_breakdown", "service_tier"),
    )
    for *place, name in (*said, ("model_parameters", "service_tier")):
        if found := text(part(payload, *place), name):
            return found
    return None


def _mapped(payload: Payload) -> str | None:
    found = part(payload, "model_map_information")
    return text(found, "model_map_key") if found.get("model_map_value") else None
