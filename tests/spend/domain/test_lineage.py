"""Each use is counted once, at the lowest span that says it, in whatever order and batches the spans come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from spend.domain.lineage import Bears, Key, Known, Span, is_repeated, look_up


class Kept:
    """What a database would keep: the kept of spans, and of those that bear usage whether they are repeated."""

    def __init__(self) -> None:
        self.known: dict[Key, Known] = {}
        self.bears: dict[Key, Bears] = {}
        self.repeated: set[Key] = set()

    def take(self, spans: Iterable[Span]) -> None:
        spans = list(spans)
        found = look_up(spans, self._read)
        for span in spans:
            if span.bears != "nothing":
                self.bears.setdefault(span.key, span.bears)
        self.repeated |= found.repeated
        for key, kept in found.below_earlier.items():
            if key in self.bears and is_repeated(self.bears[key], kept.below):
                self.repeated.add(key)
        for key, new in found.keep.items():
            old = self.known.get(key, Known())
            self.known[key] = Known(old.parent or new.parent, old.below | new.below, old.is_sum or new.is_sum)

    def _read(self, keys: Collection[Key]) -> Mapping[Key, Known]:
        return {key: self.known[key] for key in keys if key in self.known}


def trace(*spans: tuple[str, str | None, Bears]) -> list[Span]:
    return [Span(key.encode(), parent and parent.encode(), bears) for key, parent, bears in spans]


def repeated(spans: Iterable[Span]) -> set[str]:
    kept = Kept()
    kept.take(spans)
    return {key.decode() for key in kept.repeated}


def test_an_agent_that_sums_its_calls_is_not_counted_again() -> None:
    spans = trace(("agent", None, "sum"), ("chain", "agent", "nothing"), ("one", "chain", "generation"))
    assert repeated(spans) == {"agent"}


def test_a_parent_alone_with_usage_is_counted() -> None:
    assert repeated(trace(("agent", None, "sum"), ("tool", "agent", "nothing"))) == set()


def test_a_call_around_the_same_call_is_repeated_but_not_by_an_embedding() -> None:
    assert repeated(trace(("outer", None, "generation"), ("inner", "outer", "generation"))) == {"outer"}
    assert repeated(trace(("call", None, "generation"), ("search", "call", "embedding"))) == set()
    assert repeated(trace(("agent", None, "sum"), ("search", "agent", "embedding"))) == {"agent"}


def test_only_the_lowest_of_several_counts() -> None:
    spans = trace(
        ("flow", None, "sum"), ("agent", "flow", "sum"), ("one", "agent", "generation"), ("two", "one", "sum")
    )
    assert repeated(spans) == {"flow", "agent", "one"}


def test_siblings_and_other_traces_do_not_touch() -> None:
    assert repeated(trace(("a", "root", "generation"), ("b", "root", "generation"), ("c", None, "sum"))) == set()


def test_spans_that_are_their_own_ancestors_end() -> None:
    spans = trace(
        ("a", "b", "nothing"), ("b", "a", "nothing"), ("self", "self", "generation"), ("c", "a", "generation")
    )
    assert repeated(spans) == {"self"}


KINDS: tuple[Bears, ...] = ("nothing", "generation", "embedding", "sum")


@st.composite
def traces(draw: st.DrawFn) -> list[Span]:
    size = draw(st.integers(1, 9))
    parents = [draw(st.none() | st.integers(0, size)) for _ in range(size)]  # one of them never comes; cycles too
    return [
        Span(b"%d" % n, None if parent is None else b"%d" % parent, draw(st.sampled_from(KINDS)))
        for n, parent in enumerate(parents)
    ]


def nearest_below(span: Span, spans: list[Span]) -> set[Bears]:
    """What the nearest spans with usage below a span bear, by walking down: the rule, said the other way round."""
    found: set[Bears] = set()
    seen, below = set(), [span.key]
    while below:
        at = below.pop()
        for child in spans:
            if child.parent == at and child.key not in seen:
                seen.add(child.key)
                if child.bears == "nothing":
                    below.append(child.key)
                else:
                    found.add(child.bears)
    return found


@settings(max_examples=300, deadline=None)
@given(traces(), st.randoms(use_true_random=False))
def test_the_set_of_spans_alone_decides(spans: list[Span], chance: Random) -> None:
    by_rule = {
        span.key
        for span in spans
        if any(
            is_repeated(span.bears, {"generation": 1, "sum": 1, "embedding": 2, "nothing": 0}[bears])
            for bears in nearest_below(span, spans)
        )
    }
    sent = spans + chance.sample(spans, chance.randrange(len(spans) + 1))
    chance.shuffle(sent)
    kept = Kept()
    while sent:
        kept.take([sent.pop() for _ in range(chance.randint(1, len(sent)))])
    assert kept.repeated == by_rule
