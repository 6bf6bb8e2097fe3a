"""Tokens in disjoint buckets, from a usage whose prompt tokens include what was cached."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from spend.ingest.litellm.payload import Fields, Payload, Unfit, part
from spend.ingest.rules import CALL

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_read_count = CALL.readers["input_tokens"]
_DIGITS = 15  # of a whole number that was sent as 12.0

# The names of a count, the most exact first; OpenAI's, those of its Responses API, Anthropic's and DeepSeek's.
_PROMPT = (("prompt_tokens",), ("input_tokens",))
_COMPLETION = (("completion_tokens",), ("output_tokens",))
_REASONING = (("completion_tokens_details", "reasoning_tokens"), ("output_tokens_details", "reasoning_tokens"))
_READ = (
    ("prompt_tokens_details", "cached_tokens"),
    ("input_tokens_details", "cached_tokens"),
    ("cache_read_input_tokens",),
    ("prompt_cache_hit_tokens",),
)
_WRITTEN = (
    ("prompt_tokens_details", "cache_creation_tokens"),
    ("prompt_tokens_details", "cache_write_tokens"),
    ("input_tokens_details", "cache_write_tokens"),
    ("cache_creation_input_tokens",),
)


class Tokens(NamedTuple):
    """Buckets as a `Call` has them; `semantics` says whether the prompt tokens included what was cached."""

    input: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    output: int | None = None
    reasoning: int | None = None
    semantics: Literal["inclusive", "exclusive"] | None = None

    @property
    def are_stated(self) -> bool:
        return self.input is not None or self.output is not None

    @property
    def total(self) -> int:
        return sum(bucket or 0 for bucket in self[:4])

    def fields(self) -> Fields:
        names = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
        return dict(zip(names, self[:5], strict=True))


NONE_USED = Tokens(input=0, output=0)


def tokens_of(payload: Payload) -> Tokens:
    """Return the tokens a payload states. Raises Unfit for a count that is none.

    The sums at the top of a payload say nothing of caches; they are read only where there is no usage object, and
    count as not stated where they are 0: LiteLLM writes 0 where it knows nothing.
    """
    usage = _usage_of(payload)
    prompt, output = _count(usage, *_PROMPT), _count(usage, *_COMPLETION)
    if prompt is None and output is None:
        return Tokens()
    read, written, reasoning = _most(usage, *_READ), _most(usage, *_WRITTEN), _count(usage, *_REASONING)
    fresh, semantics = _disjoint(usage, prompt, read or 0, written or 0, output or 0)
    total = _count(usage, ("total_tokens",))
    if reasoning and (reasoning > (output or 0) or total == (prompt or 0) + (output or 0) + reasoning):
        output = (output or 0) + reasoning  # xAI and Gemini, for two, count their thoughts apart
    return Tokens(fresh, read, written, output, reasoning, semantics)


def _usage_of(payload: Payload) -> Payload:
    places = (("metadata", "usage_object"), ("hidden_params", "usage_object"), ("response", "usage"))
    for place in places:
        if usage := part(payload, *place):
            return usage
    sums = {name: payload.get(name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
    return sums if any(sums.values()) else {}


def _disjoint(
    usage: Payload, prompt: int | None, read: int, written: int, output: int
) -> tuple[int | None, Literal["inclusive", "exclusive"] | None]:
    """Take what was cached out of the prompt tokens, unless they never held it.

    LiteLLM's own count includes it. A usage that it passes on as Anthropic wrote it does not; nor can one that has
    more cached than it has in all, or whose total only adds up with the cached tokens.
    """
    cached = read + written
    if prompt is None or not cached:
        return prompt, None
    is_anthropics = "prompt_tokens" not in usage and ("cache_read_input_tokens" in usage or
                                                      "cache_creation_input_tokens" in usage)  # fmt: skip
    if is_anthropics or cached > prompt or usage.get("total_tokens") == prompt + cached + output:
        return prompt, "exclusive"
    return prompt - cached, "inclusive"


def _count(usage: Payload, *paths: tuple[str, ...]) -> int | None:
    """Return the first of these counts that is stated."""
    for path in paths:
        value = part(usage, *path[:-1]).get(path[-1])
        if value is not None:
            return count(".".join(path), value)
    return None


def _most(usage: Payload, *paths: tuple[str, ...]) -> int | None:
    """Return the greatest of what are names of one count: some fill one of them, and leave the other at 0."""
    found = [count for path in paths if (count := _count(usage, path)) is not None]
    return max(found, default=None)


def count(name: str, value: object) -> int:
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < _DIGITS and value == int(value):
        value = int(value)
    try:
        read: int = _read_count(value, _EPOCH)
    except ValueError as error:
        raise Unfit(name, str(error)) from None
    return read
