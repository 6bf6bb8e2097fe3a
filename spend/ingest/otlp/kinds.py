"""What kind of work a span says it is: whether it is an inference, and what its usage stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from spend.ingest.otlp.records import UsageClass
from spend.ingest.records import Purpose


class Kind(NamedTuple):
    """The class that usage on such a span has; an inference is a call even where it states no usage."""

    usage: UsageClass
    is_inference: bool = False
    fields: Mapping[str, Purpose] = {}  # of its call, where the mapping says nothing else


GENERATION = Kind("generation", is_inference=True)
EMBEDDING = Kind("embedding", is_inference=True, fields={"purpose": "embedding"})
RERANK = Kind("embedding", fields={"purpose": "embedding"})
WRAPPER = Kind("wrapper")
JUDGE = Kind("wrapper", fields={"purpose": "judge"})
GUARDRAIL = Kind("wrapper", fields={"purpose": "guardrail"})


def _table(**words: Kind) -> Callable[[object], object]:
    by_word: Mapping[str, Kind] = words

    def read(value: object) -> object:
        return by_word.get(value.strip().lower()) if isinstance(value, str) else None

    return read


# Langfuse 5; `span` is what it calls everything it knows nothing of.
langfuse_type = _table(
    generation=GENERATION, embedding=EMBEDDING, event=WRAPPER, agent=WRAPPER, tool=WRAPPER, chain=WRAPPER,
    retriever=WRAPPER, evaluator=JUDGE, guardrail=GUARDRAIL,
)  # fmt: skip

# OpenInference 0.1.42
openinference_kind = _table(
    llm=GENERATION, embedding=EMBEDDING, reranker=RERANK, tool=WRAPPER, chain=WRAPPER, agent=WRAPPER,
    retriever=WRAPPER, guardrail=GUARDRAIL, evaluator=JUDGE, prompt=WRAPPER, decision=GENERATION,
)  # fmt: skip

# OpenTelemetry GenAI 0.66b2, and what others put there: `llm_request` OpenLLMetry, `llm_call` Gemini CLI,
# `agent_step` Vercel. Every other operation is no inference.
_OPERATIONS: Mapping[str, Kind] = {
    "chat": GENERATION,
    "generate_content": GENERATION,
    "text_completion": GENERATION,
    "completion": GENERATION,
    "responses": GENERATION,
    "llm_request": GENERATION,
    "llm_call": GENERATION,
    "embeddings": EMBEDDING,
    "embedding": EMBEDDING,
    "rerank": RERANK,
}

# Vercel AI SDK 3 to 6: the outer span of an operation sums up its steps, which are the requests.
_VERCEL: Mapping[str, Kind] = {
    "doGenerate": GENERATION,
    "doStream": GENERATION,
    "doEmbed": EMBEDDING,
    "doRerank": RERANK,
}


def operation(value: object) -> object:
    if not isinstance(value, str) or not value.strip():
        return None
    return _OPERATIONS.get(value.strip().lower(), WRAPPER)


def vercel_operation(value: object) -> object:
    """Read `ai.operationId`, or `operation.name`, whose first word it is: `ai.generateText.doGenerate my-function`."""
    head = value.partition(" ")[0] if isinstance(value, str) else ""
    return _VERCEL.get(head.rpartition(".")[2], WRAPPER) if head.startswith("ai.") else None


def vercel_id(value: object) -> object:
    """Read `ai.operationId`, whose `ai.` some versions leave out."""
    if not isinstance(value, str) or not value:
        return None
    return vercel_operation(value if value.startswith("ai.") else f"ai.{value}")


def sentry_operation(value: object) -> object:
    """Read `sentry.op`: `gen_ai.chat`, `gen_ai.invoke_agent`, ..."""
    if not isinstance(value, str) or not value.startswith("gen_ai."):
        return None
    return operation(value.removeprefix("gen_ai."))


# OpenLLMetry 0.62: `traceloop.span.kind`, and `llm.request.type` of its requests.
traceloop_kind = _table(workflow=WRAPPER, task=WRAPPER, agent=WRAPPER, tool=WRAPPER)
request_type = _table(
    chat=GENERATION, completion=GENERATION, embedding=EMBEDDING, rerank=RERANK,
)  # fmt: skip


def agent_run(value: object) -> object:
    """Read `agent_name`: older spans of an agent's run carry it, and its summed usage, but no operation."""
    return WRAPPER if isinstance(value, str) and value else None
