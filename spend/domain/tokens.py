"""What a call used, in disjoint buckets of tokens. `None` is not stated, which is not the same as 0."""

from __future__ import annotations

from typing import NamedTuple


class Usage(NamedTuple):
    """Tokens of one call; no token is in two buckets.

    `input` is uncached input, `output` includes reasoning. `reasoning` (part of `output`) and `cache_write_1h`
    (the part of `cache_write` kept for an hour instead of five minutes) are memos: they repeat tokens, never add any.
    """

    input: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    output: int | None = None
    reasoning: int | None = None
    cache_write_1h: int | None = None

    @property
    def is_stated(self) -> bool:
        """Whether any bucket is given; a memo alone states nothing that can be priced."""
        return not (self.input is None and self.cache_read is None and self.cache_write is None and self.output is None)

    @property
    def total_input(self) -> int:
        """All input tokens, cached or not: what a context-length threshold is compared with."""
        return (self.input or 0) + (self.cache_read or 0) + (self.cache_write or 0)

    @property
    def total(self) -> int:
        return self.total_input + (self.output or 0)
