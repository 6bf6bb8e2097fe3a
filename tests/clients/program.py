"""A program of somebody else's: the real `openai` SDK under an instrumentation, exporting to Truecost.

Run by itself, in a process of its own: instrumentations patch the SDK for good. Arguments: the instrumentation, the
address and key of Truecost, the address of the provider.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

from openai import APIStatusError, OpenAI
from opentelemetry import baggage, context, trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

INSTRUMENTATIONS = {
    "opentelemetry": "opentelemetry.instrumentation.openai_v2",
    "openllmetry": "opentelemetry.instrumentation.openai",
    "openinference": "openinference.instrumentation.openai",
}
TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": "look_up",
            "parameters": {"type": "object", "properties": {"claim": {"type": "string"}}},
        },
    }
]


class Kept(SpanProcessor):
    """Names the task of the baggage on every span, and keeps what has ended to be sent in any order."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_start(self, span: Span, parent_context: context.Context | None = None) -> None:
        if task := baggage.get_baggage("task.id", parent_context):
            span.set_attribute("task.id", str(task))

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)


def work(client: OpenAI, tracer: trace.Tracer) -> None:
    """Two traces: an agent that says the usage of its calls again, and calls of a task that has a name."""
    with tracer.start_as_current_span("invoke_agent claims") as agent:
        agent.set_attribute("gen_ai.operation.name", "invoke_agent")
        ask(client, "plain")
        ask(client, "tools", tools=TOOLS)
        for _ in client.chat.completions.create(
            model="gpt-5-mini", messages=said("stream"), stream=True, stream_options={"include_usage": True}
        ):
            pass
        agent.set_attribute("gen_ai.usage.input_tokens", 3000)
        agent.set_attribute("gen_ai.usage.output_tokens", 900)
    token = context.attach(baggage.set_baggage("task.id", "claim-77"))
    with tracer.start_as_current_span("claim"):
        client.embeddings.create(model="text-embedding-3-small", input="Hello", encoding_format="float")
        for failure in ("429", "500"):
            with suppress(APIStatusError):
                ask(client, failure)
    context.detach(token)


def ask(client: OpenAI, how: str, **more: Any) -> None:
    client.chat.completions.create(model="gpt-5-mini", messages=said(how), **more)


def said(how: str) -> Any:
    return [{"role": "user", "content": how}]


def main(instrumentation: str, address: str, key: str, provider: str) -> None:
    kept = Kept()
    tracers = TracerProvider(resource=Resource.create({"service.name": "claims", "truecost.task_type": "claim"}))
    tracers.add_span_processor(kept)
    trace.set_tracer_provider(tracers)
    import_module(INSTRUMENTATIONS[instrumentation]).OpenAIInstrumentor().instrument(tracer_provider=tracers)
    work(OpenAI(base_url=provider, api_key="none", max_retries=0), trace.get_tracer("claims-agent"))
    exporter = OTLPSpanExporter(
        endpoint=f"{address}/v1/traces", headers={"Authorization": f"Bearer {key}"}, compression=Compression.Gzip
    )
    parents_first, children_first = kept.spans[::-1], kept.spans
    for batch in (*([span] for span in parents_first), children_first, children_first):
        assert exporter.export(batch) is SpanExportResult.SUCCESS


main(*sys.argv[1:])
