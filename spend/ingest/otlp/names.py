"""What emitters call things: one small table for each, with its version; GENAI_INGEST.md has the sources.

An attribute maps to one of our fields, with a reader of its value. Names of several tables for one field are aliases:
the first in the order of the tables wins, but one that says 0 or nothing gives way to any that says more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from spend.ingest.otlp import details, kinds, values

Read = Callable[[object], object]
Table = Mapping[str, tuple[str, Read]]


class Name(NamedTuple):
    """Our field for an attribute, how its value is read, and its place among the aliases: less is first."""

    field: str
    read: Read
    rank: int


# --- what kind of span it is; who says it most exactly comes first
KINDS: Table = {
    "langfuse.observation.type": ("kind", kinds.langfuse_type),
    "openinference.span.kind": ("kind", kinds.openinference_kind),
    "ai.operationId": ("kind", kinds.vercel_id),
    "gen_ai.operation.name": ("kind", kinds.operation),
    "sentry.op": ("kind", kinds.sentry_operation),
    "operation.name": ("kind", kinds.vercel_operation),
    "traceloop.span.kind": ("kind", kinds.traceloop_kind),
    "llm.request.type": ("kind", kinds.request_type),
    "agent_name": ("kind", kinds.agent_run),
}

# --- opentelemetry-semantic-conventions 0.66b2 and the drafts that followed it
OPENTELEMETRY: Table = {
    "gen_ai.provider.name": ("provider", values.provider),
    "gen_ai.response.model": ("model", values.required_text),
    "gen_ai.request.model": ("requested_model", values.required_text),
    "gen_ai.usage.input_tokens": ("input", values.tokens),
    "gen_ai.usage.output_tokens": ("output", values.tokens),
    "gen_ai.usage.cache_read.input_tokens": ("cache_read", values.tokens),
    "gen_ai.usage.cache_creation.input_tokens": ("cache_write", values.tokens),
    "gen_ai.usage.reasoning.output_tokens": ("reasoning", values.tokens),
    "gen_ai.usage.total_tokens": ("total", values.tokens),
    "gen_ai.response.time_to_first_chunk": ("first_seconds", values.number),
    "gen_ai.response.finish_reasons": ("finish", lambda value: value),
    "openai.response.service_tier": ("tier", values.text),
    "openai.request.service_tier": ("requested_tier", values.text),
    "error.type": ("error", values.text),
    "exception.type": ("error", values.text),
    "gen_ai.usage.cost.amount": ("cost_amount", values.number),  # proposed: semantic-conventions-genai 443
    "gen_ai.usage.cost.currency": ("cost_currency", values.text),
    "gen_ai.usage.cost.source": ("cost_source", values.text),
    "gen_ai.evaluation.name": ("evaluation", values.text),
    "gen_ai.evaluation.score.value": ("evaluation_score", values.number),
    "gen_ai.evaluation.score.label": ("evaluation_label", values.text),
}

# --- deprecated names of the same that are still sent
DEPRECATED: Table = {
    "gen_ai.system": ("provider", values.provider),
    "gen_ai.usage.prompt_tokens": ("input", values.tokens),
    "gen_ai.usage.completion_tokens": ("output", values.tokens),
    "gen_ai.usage.cache_read_input_tokens": ("cache_read", values.tokens),
    "gen_ai.usage.cache_creation_input_tokens": ("cache_write", values.tokens),
    "gen_ai.openai.response.service_tier": ("tier", values.text),
    "gen_ai.openai.request.service_tier": ("requested_tier", values.text),
    "gen_ai.server.time_to_first_token": ("first_seconds", values.number),
}

# --- OpenLLMetry 0.62 (semconv-ai 0.5.1)
OPENLLMETRY: Table = {
    "llm.usage.total_tokens": ("total", values.tokens),
    "gen_ai.usage.reasoning_tokens": ("reasoning", values.tokens),
    "llm.usage.reasoning_tokens": ("reasoning", values.tokens),
    "gen_ai.response.finish_reason": ("finish", lambda value: value),
    "llm.response.finish_reason": ("finish", lambda value: value),
    "llm.response.stop_reason": ("finish", lambda value: value),
}

# --- OpenInference 0.1.42
OPENINFERENCE: Table = {
    "llm.response.model_name": ("model", values.required_text),
    "llm.model_name": ("model", values.required_text),
    "llm.request.model_name": ("requested_model", values.required_text),
    "embedding.model_name": ("model", values.required_text),
    "decision.model_name": ("model", values.required_text),
    "reranker.model_name": ("model", values.required_text),
    "llm.invocation_parameters": ("parameters", values.text),
    "llm.provider": ("provider", values.provider),
    "llm.system": ("provider", values.provider),
    "decision.provider": ("provider", values.provider),
    "llm.token_count.prompt": ("input", values.tokens),
    "llm.token_count.completion": ("output", values.tokens),
    "llm.token_count.total": ("total", values.tokens),
    "llm.token_count.prompt_details.cache_read": ("cache_read", values.tokens),
    "llm.token_count.prompt_details.cache_input": ("cache_read", values.tokens),
    "llm.token_count.prompt_details.cache_write": ("cache_write", values.tokens),
    "llm.token_count.completion_details.reasoning": ("reasoning", values.tokens),
    "decision.token_count.input": ("input", values.tokens),
    "decision.token_count.output": ("output", values.tokens),
    "llm.cost.total": ("cost", values.number),
    "llm.finish_reason": ("finish", lambda value: value),
    **{
        f"{prefix}.{name}": (field, read)
        for prefix in ("annotation", "evaluation")
        for name, field, read in (
            ("name", "evaluation", values.text),
            ("score", "evaluation_score", values.number),
            ("label", "evaluation_label", values.text),
            ("annotator_kind", "evaluation_kind", values.text),
            ("identifier", "evaluation_identifier", values.text),
            ("metadata", "evaluation_metadata", values.json_object),
        )
    },
}

# --- Langfuse SDK 3 to 5 on OTLP; what it calls usage and cost is JSON
LANGFUSE: Table = {
    "langfuse.observation.model.name": ("model", values.required_text),
    "langfuse.observation.usage_details": ("usage_details", details.langfuse_usage),
    "langfuse.observation.cost_details": ("cost", details.langfuse_cost),
    "langfuse.observation.completion_start_time": ("first_at", values.instant),
    "langfuse.observation.level": ("level", values.text),
    "gen_ai.usage.input_cached_tokens": ("cache_read", values.tokens),
    "gen_ai.usage.input_cache_creation": ("cache_write", values.tokens),
}

# --- LiteLLM 1.109, its OpenTelemetry callback 1 and 2
LITELLM: Table = {
    "litellm.cost.total_cost": ("cost", values.number),
    "gen_ai.cost.total_cost": ("cost", values.number),
    "gen_ai.usage.cost": ("cost", values.number),  # OpenLIT and Bifrost as well
}

# --- pydantic-ai 0.7 to 1.66
PYDANTIC_AI: Table = {
    "model_name": ("model", values.required_text),
    "gen_ai.usage.cache_read_tokens": ("cache_read", values.tokens),
    "gen_ai.usage.cache_write_tokens": ("cache_write", values.tokens),
    "gen_ai.usage.details.cache_read_tokens": ("cache_read", values.tokens),
    "gen_ai.usage.details.cache_write_tokens": ("cache_write", values.tokens),
    "gen_ai.usage.details.cache_read_input_tokens": ("cache_read", values.tokens),
    "gen_ai.usage.details.cache_creation_input_tokens": ("cache_write", values.tokens),
    "gen_ai.usage.details.reasoning_tokens": ("reasoning", values.tokens),
    "gen_ai.usage.details.thoughts_tokens": ("reasoning", values.tokens),
    "operation.cost": ("cost_estimate", values.number),
}

# --- Vercel AI SDK 3 to 6 (scope `ai`, or the program's own)
VERCEL: Table = {
    "ai.response.model": ("model", values.required_text),
    "ai.model.id": ("requested_model", values.required_text),
    "ai.model.provider": ("provider", values.provider),
    "ai.usage.inputTokens": ("input", values.tokens),
    "ai.usage.promptTokens": ("input", values.tokens),
    "ai.usage.outputTokens": ("output", values.tokens),
    "ai.usage.completionTokens": ("output", values.tokens),
    "ai.usage.tokens": ("input_or_total", values.tokens),
    "ai.usage.totalTokens": ("total", values.tokens),
    "ai.usage.inputTokenDetails.noCacheTokens": ("uncached", values.tokens),
    "ai.usage.inputTokenDetails.cacheReadTokens": ("cache_read", values.tokens),
    "ai.usage.inputTokenDetails.cacheWriteTokens": ("cache_write", values.tokens),
    "ai.usage.cachedInputTokens": ("cache_read", values.tokens),
    "ai.usage.outputTokenDetails.reasoningTokens": ("reasoning", values.tokens),
    "ai.usage.reasoningTokens": ("reasoning", values.tokens),
    "ai.response.msToFirstChunk": ("first_ms", values.number),
    "ai.stream.msToFirstChunk": ("first_ms", values.number),
    "ai.response.finishReason": ("finish", lambda value: value),
    "ai.response.providerMetadata": ("provider_metadata", details.vercel_metadata),
}

# --- Strands Agents 1.x (what it sends beside the deprecated names)
STRANDS: Table = {
    "gen_ai.usage.cache_write_input_tokens": ("cache_write", values.tokens),
}

# --- OpenLIT 1.34
OPENLIT: Table = {
    "gen_ai.usage.prompt_tokens_details.cached_tokens": ("cache_read", values.tokens),
    "gen_ai.usage.prompt_tokens_details.cache_creation_tokens": ("cache_write", values.tokens),
    "gen_ai.usage.completion_tokens_details.reasoning_tokens": ("reasoning", values.tokens),
}

# --- Sentry 2.x
SENTRY: Table = {
    "gen_ai.usage.input_tokens.cached": ("cache_read", values.tokens),
    "gen_ai.usage.input_tokens.cache_write": ("cache_write", values.tokens),
    "gen_ai.usage.output_tokens.reasoning": ("reasoning", values.tokens),
}

# --- Codex CLI: one span for each turn
CODEX: Table = {
    "model": ("requested_model", values.text),
    "codex.turn.token_usage.input_tokens": ("input", values.tokens),
    "codex.turn.token_usage.cached_input_tokens": ("cache_read", values.tokens),
    "codex.turn.token_usage.non_cached_input_tokens": ("uncached", values.tokens),
    "codex.turn.token_usage.output_tokens": ("output", values.tokens),
    "codex.turn.token_usage.reasoning_output_tokens": ("reasoning", values.tokens),
    "codex.turn.token_usage.total_tokens": ("total", values.tokens),
}

TABLES: Mapping[str, Table] = {
    "kinds": KINDS,
    "OpenTelemetry GenAI 0.66b2": OPENTELEMETRY,
    "deprecated OpenTelemetry GenAI": DEPRECATED,
    "OpenLLMetry 0.62": OPENLLMETRY,
    "OpenInference 0.1.42": OPENINFERENCE,
    "Langfuse SDK 3 to 5": LANGFUSE,
    "LiteLLM 1.109": LITELLM,
    "pydantic-ai 0.7 to 1.66": PYDANTIC_AI,
    "Vercel AI SDK 3 to 6": VERCEL,
    "Strands Agents 1": STRANDS,
    "OpenLIT 1.34": OPENLIT,
    "Sentry 2": SENTRY,
    "Codex CLI": CODEX,
}


def _ranked() -> Iterator[tuple[str, Name]]:
    names = [pair for table in TABLES.values() for pair in table.items()]
    for rank, (attribute, (field, read)) in enumerate(names):
        yield attribute, Name(field, read, rank)


NAMES: Mapping[str, Name] = dict(_ranked())
