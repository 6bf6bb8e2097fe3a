"""Which spans of a trace only repeat what spans below them used, whatever order they come in.

An agent's span often carries the sum of its model calls, a framework's span what the client below it reports again;
each use must be counted once, at the lowest span that says it. Between spans that state usage there are others that
state none (tools, chains, HTTP), and any of them may arrive in a later batch, from another process.

A span that states usage tells so to those above it, up to and including the next that states usage too. One that is
told of its own sort below *yields*: it is repeated. So the answer depends on the set of spans alone. What is told are
bits, and they are only ever added.

Kept between batches (`Known`) is the little that a later batch may ask for: the parent of a span that tells nothing,
below something that is not known to end harmlessly; and, of a span that has not come yet, what there is below it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Key = bytes

GENERATION, EMBEDDING = 1, 2


class Span(NamedTuple):
    """A span. `tells`: the sort of usage it states, 0 for none. `yields_to`: the sorts below that it would repeat."""

    key: Key
    parent: Key | None
    tells: int = 0
    yields_to: int = 0


class Known(NamedTuple):
    """What is kept of a span: its parent, where that may still matter, and what is known to be below it."""

    parent: Key | None = None
    below: int = 0


@dataclass
class Found:
    """What a batch changes: spans of it that are repeated, what is below spans of earlier batches, what to keep."""

    repeated: set[Key] = field(default_factory=set)
    below_earlier: dict[Key, int] = field(default_factory=dict)
    keep: dict[Key, Known] = field(default_factory=dict)


Read = Callable[[Collection[Key]], Mapping[Key, Known]]


def look_up(spans: Iterable[Span], known: Read) -> Found:
    """Return what a batch of spans changes. `known` returns what is kept, of those spans of which something is."""
    batch: dict[Key, Span] = {}
    for span in spans:
        batch.setdefault(span.key, span)
    telling = _Telling(batch, known)
    for span in batch.values():
        if span.parent is not None and span.tells:
            telling.tell(span.parent, span.tells)
    telling.go_on()
    return telling.found()


class _Telling:
    """Bits on their way up: through the batch at once, through what is kept level by level."""

    def __init__(self, batch: Mapping[Key, Span], known: Read) -> None:
        self._batch = batch
        self._known = known
        self._below: dict[Key, int] = {}
        self._kept = dict(known(batch.keys()))
        self._outside: dict[Key, int] = {}  # told, and not yet looked up
        for key, kept in list(self._kept.items()):
            self.tell(key, kept.below)

    def tell(self, key: Key, bits: int) -> None:
        """Tell a span what is below it, and through it, where it states nothing itself, the one above."""
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
            at = None if span.tells else span.parent

    def go_on(self) -> None:
        while self._outside:
            told, self._outside = self._outside, {}
            self._kept |= self._known(told.keys())
            for key, bits in told.items():
                kept = self._kept.get(key, Known())
                if kept.parent is not None and (new := bits & ~kept.below):
                    self.tell(kept.parent, new)

    def found(self) -> Found:
        found = Found()
        for key, below in self._below.items():
            span, kept = self._batch.get(key), self._kept.get(key, Known())
            if span is not None and below & span.yields_to:
                found.repeated.add(key)
            if span is None and below & ~kept.below:
                found.below_earlier[key] = below
                found.keep[key] = kept._replace(below=kept.below | below)
        for key, span in self._batch.items():
            if not span.tells and self._may_matter(span):
                found.keep[key] = Known(span.parent, self._below.get(key, 0))
        return found

    def _may_matter(self, span: Span) -> bool:
        """Whether something told to it later may reach a span that could yield, or one that is not here."""
        passed = {span.key}
        at = span.parent
        while at is not None and at not in passed:
            passed.add(at)
            above = self._batch.get(at)
            if above is None or above.yields_to:
                return True
            at = above.parent
        return False
