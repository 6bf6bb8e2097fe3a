"""The models the sample uses, with the list prices by which published costs are turned into tokens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Llm:
    """A model. Prices in nano-dollars per token: $1 per million tokens is 1,000."""

    provider: str
    name: str
    tier: str
    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    output: int = 0

    def cost_nanos(self, uncached: int, cache_read: int, cache_write: int, output: int) -> int:
        return (
            uncached * self.input + cache_read * self.cache_read + cache_write * self.cache_write + output * self.output
        )


OPUS = Llm("anthropic", "claude-opus-4-5", "frontier", 5000, 500, 6250, 25000)
SONNET = Llm("anthropic", "claude-sonnet-4-5", "frontier", 3000, 300, 3750, 15000)
GPT_5 = Llm("openai", "gpt-5", "frontier", 1250, 125, 0, 10000)
GPT_4O = Llm("openai", "gpt-4o", "frontier", 2500, 1250, 0, 10000)
GPT_41 = Llm("openai", "gpt-4.1", "mid", 1800, 450, 0, 7200)  # negotiated: a tenth below the list price
HAIKU = Llm("anthropic", "claude-haiku-4-5", "mid", 1000, 100, 1250, 5000)
GPT_41_MINI = Llm("openai", "gpt-4.1-mini", "commodity", 400, 100, 0, 1600)
GPT_5_MINI = Llm("openai", "gpt-5-mini", "commodity", 250, 25, 0, 2000)
GPT_5_NANO = Llm("openai", "gpt-5-nano", "commodity", 50, 5, 0, 400)
GPT_4O_MINI = Llm("openai", "gpt-4o-mini", "commodity", 150, 75, 0, 600)
FLASH_LITE = Llm("google", "gemini-2.5-flash-lite", "commodity", 100, 10, 0, 400)
EMBEDDING = Llm("openai", "text-embedding-3-small", "commodity", 20)
GEMMA = Llm("self-hosted", "gemma-2-9b-it", "commodity")  # free by the token; its GPUs are a fixed cost

# Nobody has a price or a tier for this one: its calls are unpriced and its tier reads unattributed.
UNLISTED = Llm("in-house", "clause-tagger-7b", "")

LISTED = (
    OPUS, SONNET, GPT_5, GPT_4O, GPT_41, HAIKU,
    GPT_41_MINI, GPT_5_MINI, GPT_5_NANO, GPT_4O_MINI, FLASH_LITE, EMBEDDING, GEMMA,
)  # fmt: skip
