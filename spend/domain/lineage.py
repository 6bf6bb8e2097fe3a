"""Which spans of a trace only repeat what spans below them used, whatever order they come in.

An agent's span often carries the sum of its model calls, a framework's span what the client below it reports again;
each must be counted once, at the lowest span that says it. Between spans that bear usage there are others that bear
none (tools, chains, HTTP), and any of them may arrive in a later batch, from another process.

What a span bears is told to the nearest span above it that bears usage too: that one is *repeated* when what is below
it is of its own sort. So the answer depends on the set of spans alone. Told are bits, and they are only ever added.

Kept between batches (`Known`) is the little that a later batch may ask for: the parent of a span without usage below
something that is not known to end harmlessly; and, of a span that has not come yet, what there is below it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Bears = Literal["nothing", "generation", "embedding", "sum"]
Key = bytes

GENERATION, EMBEDDING = 1, 2
_TELLS: dict[Bears, int] = {"nothing": 0, "generation": GENERATION, "sum": GENERATION, "embedding": EMBEDDING}
_IS_REPEATED_BY: dict[Bears, int] = {
    "nothing": 0, "generation": GENERATION, "sum": GENERATION | EMBEDDING, "embedding": EMBEDDING,
}  # fmt: skip


class Span(NamedTuple):
    """A span: `sum` is one that bears usage without being a call itself, like an agent's."""

    key: Key
    parent: Key | None
    bears: Bears


class Known(NamedTuple):
    """What is kept of a span. `below`: bits of what is known to be below it; `is_sum`: it is here, and bears a sum."""

    parent: Key | None = None
    below: int = 0
    is_sum: bool = False


@dataclass
class Found:
    """What a batch changes: spans of it that are repeated, what to keep, and what is below spans that came before."""

    repeated: set[Key] = field(default_factory=set)
    keep: dict[Key, Known] = field(default_factory=dict)
    below_earlier: dict[Key, Known] = field(default_factory=dict)


def is_repeated(bears: Bears, below: int) -> bool:
    """Whether a span that bears this repeats something, where `below` is told of what is below it."""
    return bool(_IS_REPEATED_BY[bears] & below)


def look_up(spans: Iterable[Span], known: Callable[[Collection[Key]], Mapping[Key, Known]]) -> Found:
    """Return what a batch of spans changes. `known` returns what is kept of spans, of those of which something is."""
    batch: dict[Key, Span] = {}
    for span in spans:
        batch.setdefault(span.key, span)
    marks = known(batch.keys())
    telling = _Telling(batch, known, marks)
    for span in batch.values():
        if span.parent is not None and span.bears != "nothing":
            telling.tell(span.parent, _TELLS[span.bears])
    for key, mark in marks.items():
        telling.tell(key, mark.below)
    telling.go_on_outside()
    return telling.found()


class _Telling:
    """Bits on their way up: through the batch at once, through what is kept level by level."""

    def __init__(
        self,
        batch: Mapping[Key, Span],
        known: Callable[[Collection[Key]], Mapping[Key, Known]],
        marks: Mapping[Key, Known],
    ) -> None:
        self._batch = batch
        self._known = known
        self._below: dict[Key, int] = {}
        self._outside: dict[Key, int] = {}  # told, and not yet looked up
        self._kept: dict[Key, Known] = dict(marks)

    def tell(self, key: Key, bits: int) -> None:
        """Tell a span what is below it, and through it, where it bears nothing, the one above."""
        at: Key | None = key
        while at is not None:
            bits &= ~self._below.get(at, 0)
            if not bits:
                return
            self._below[at] = self._below.get(at, 0) | bits
            span = self._batch.get(at)
            if span is None:
                self._outside[at] = self._outside.get(at, 0) | bits
                return
            at = span.parent if span.bears == "nothing" else None

    def go_on_outside(self) -> None:
        while self._outside:
            told, self._outside = self._outside, {}
            self._kept |= self._known(told.keys())
            for key, bits in told.items():
                kept = self._kept.get(key)
                if kept is not None and kept.parent is not None and bits & ~kept.below:
                    self.tell(kept.parent, bits & ~kept.below)

    def found(self) -> Found:
        found = Found()
        for key, below in self._below.items():
            span, kept = self._batch.get(key), self._kept.get(key, Known())
            if span is not None and is_repeated(span.bears, below):
                found.repeated.add(key)
            if span is None and below & ~kept.below:
                found.keep[key] = kept._replace(below=kept.below | below)
                if kept.parent is None:
                    found.below_earlier[key] = found.keep[key]
        for key, span in self._batch.items():
            if span.bears == "sum" or (span.bears == "nothing" and self._may_matter(span)):
                parent = span.parent if span.bears == "nothing" else None
                found.keep[key] = Known(parent, self._below.get(key, 0), span.bears == "sum")
        return found

    def _may_matter(self, span: Span) -> bool:
        """Whether something told to it later may reach a span that bears usage, or one that is not here."""
        passed = {span.key}
        at = span.parent
        while at is not None and at not in passed:
            passed.add(at)
            above = self._batch.get(at)
            if above is None or above.bears != "nothing":
                return True
            at = above.parent
        return False
