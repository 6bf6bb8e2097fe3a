"""What a trace request says, as plain values: links between spans, calls, evaluations, and what was wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from spend.ingest.records import Item, Problem

# What the usage of a span stands for. A wrapper (agent, chain, tool, ...) may repeat the usage of whatever is below it.
UsageClass = Literal["none", "generation", "embedding", "wrapper"]


class Span(Struct, frozen=True, gc=False):
    """One span with its place in the trace; ids are raw bytes (16, 8, 8).

    `usage` is the class of its usage. `is_metered` says whether it states usage (tokens or a cost): an inference
    span that states none is a call all the same, but repeats nobody. `item` is its call, None where it is none.
    """

    index: int
    trace: bytes
    id: bytes
    parent: bytes | None
    usage: UsageClass = "none"
    is_metered: bool = False
    item: Item | None = None


class Evaluation(Struct, frozen=True, gc=False):
    """What somebody or something said of a span or its trace. `numbers` are the numbers of its metadata.

    Said on the span itself or in an event of it; where the span is an evaluator's own, it speaks of `parent`.
    `kind` is who judged, as sent: HUMAN, LLM, CODE. The explanation is never kept. `is_call`: the span is a call of
    its own, and no evaluator's. `task` and `team` are what the mapping finds on the span, else its resource.
    """

    index: int
    trace: bytes
    span: bytes
    parent: bytes | None
    at: datetime
    name: str
    score: float | None = None
    label: str | None = None
    kind: str | None = None
    identifier: str | None = None
    numbers: dict[str, float] = {}
    is_call: bool = False
    task: str | None = None
    team: str | None = None


class Event(Struct, frozen=True, gc=False):
    """An event of interest: when, and what its attributes say, by our fields."""

    name: str
    nanoseconds: int
    said: dict[str, object]


class RawSpan(Struct):
    """A span of either encoding before it is understood; ids are as sent (bytes), times are Unix nanoseconds.

    `said`: our field -> value. `named`: the attributes that the mapping asks for, by their own names.
    """

    index: int
    trace: bytes
    id: bytes
    parent: bytes
    start: int
    end: int
    failed: bool
    message: str
    said: dict[str, object]
    named: dict[str, object]
    events: list[Event]


class Refused(Struct, frozen=True):
    """A span that should have become a call and could not, with what its scope and resource said."""

    span: RawSpan
    scope: str
    version: str
    resource: dict[str, object]


class Traces(Struct, frozen=True):
    """A request, read. `problems` are of spans that should have become calls and could not; `refused` by index."""

    spans: list[Span]
    problems: list[Problem]
    evaluations: list[Evaluation]
    refused: dict[int, Refused]

    @property
    def items(self) -> list[Item]:
        return [span.item for span in self.spans if span.item is not None]
