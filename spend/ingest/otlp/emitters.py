"""What is known of an emitter beyond its names: whether its input count includes what was cached, whose cost it sends.

An emitter is known by its instrumentation scope, which its libraries name after themselves.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

Semantics = Literal["inclusive", "exclusive"]


class Emitter(NamedTuple):
    """`scope`: the beginning of its scope's name. `input`: None where nobody knows.

    `estimates_cost`: the cost it sends is its own estimate, from a price list it ships, at the caller's side. Such
    lists age, and know no contract; it is kept as a memo and never wins over our prices.
    """

    scope: str
    input: Semantics | None = None
    estimates_cost: bool = False


# The longest beginning that fits is the emitter. Versions: those whose source or payloads were read.
EMITTERS = (
    Emitter("opentelemetry.instrumentation.openai", "inclusive"),  # OpenLLMetry 0.62 (.openai.v1), OTel 2.4b0 (_v2)
    Emitter("opentelemetry.util.genai", "inclusive"),  # 1.1b0: OTel's openai-v2 2.4b0 makes its spans by it
    Emitter("opentelemetry.instrumentation.anthropic", "inclusive"),  # OpenLLMetry 0.62 adds the cache to the input
    Emitter("opentelemetry.instrumentation.google", "inclusive"),  # as Gemini counts
    Emitter("opentelemetry.instrumentation.vertexai", "inclusive"),
    Emitter("opentelemetry.instrumentation.bedrock", "exclusive"),  # OpenLLMetry 0.62: Converse's own counts
    Emitter("opentelemetry.instrumentation.strands", "exclusive"),
    Emitter("strands", "exclusive"),  # strands.telemetry.tracer 1.x: Bedrock's own counts (phoenix#13379)
    Emitter("openinference.instrumentation", "inclusive"),  # 0.1.42, Anthropic included
    Emitter("pydantic-ai", "inclusive"),  # 1.66
    Emitter("litellm", "inclusive"),  # 1.109: prompt_tokens
    Emitter("gcp.vertex.agent", "inclusive"),  # Google ADK: promptTokenCount
    Emitter("gemini-cli", "inclusive"),
    Emitter("codex", "inclusive"),
    Emitter("openlit", estimates_cost=True),  # 1.34 multiplies by its pricing.json
)
_UNKNOWN = Emitter("")


@lru_cache(maxsize=1024)
def emitter_of(scope: str) -> Emitter:
    """Return what is known of the library that names its scope so."""
    name = scope.lower()
    fitting = [emitter for emitter in EMITTERS if name.startswith(emitter.scope)]
    return max(fitting, key=lambda emitter: len(emitter.scope), default=_UNKNOWN)
