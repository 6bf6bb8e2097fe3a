"""Each use is counted once, at the lowest span that says it, in whatever order and batches the spans come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from spend.domain.lineage import EMBEDDING, GENERATION, Key, Known, Span, look_up

# (tells, yields_to)
SORTS = {
    "nothing": (0, 0),
    "call": (GENERATION, GENERATION),
    "unmetered call": (0, GENERATION),
    "embedding": (EMBEDDING, EMBEDDING),
    "sum": (GENERATION, GENERATION | EMBEDDING),
}


class Kept:
    """What a database would keep: the known of spans, what those that came yield to, and which are repeated."""

    def __init__(self) -> None:
        self.known: dict[Key, Known] = {}
        self.yields_to: dict[Key, int] = {}
        self.repeated: set[Key] = set()

    def take(self, spans: Iterable[Span]) -> None:
        spans = list(spans)
        found = look_up(spans, self._read)
        for span in spans:
            self.yields_to.setdefault(span.key, span.yields_to)
        self.repeated |= found.repeated
        self.repeated |= {key for key, below in found.below_earlier.items() if below & self.yields_to.get(key, 0)}
        for key, new in found.keep.items():
            old = self.known.get(key, Known())
            self.known[key] = Known(old.parent or new.parent, old.below | new.below)

    def _read(self, keys: Collection[Key]) -> Mapping[Key, Known]:
        return {key: self.known[key] for key in keys if key in self.known}


def repeated(*spans: tuple[str, str | None, str]) -> set[str]:
    kept = Kept()
    kept.take(Span(key.encode(), parent and parent.encode(), *SORTS[sort]) for key, parent, sort in spans)  # type: ignore[arg-type]
    return {key.decode() for key in kept.repeated}


def test_an_agent_that_sums_its_calls_is_not_counted_again() -> None:
    assert repeated(("agent", None, "sum"), ("chain", "agent", "nothing"), ("one", "chain", "call")) == {"agent"}


def test_a_parent_alone_with_usage_is_counted() -> None:
    assert repeated(("agent", None, "sum"), ("tool", "agent", "nothing")) == set()
    assert repeated(("agent", None, "sum"), ("one", "agent", "unmetered call")) == set()


def test_a_call_around_the_same_call_is_repeated_but_not_by_an_embedding() -> None:
    assert repeated(("outer", None, "call"), ("inner", "outer", "call")) == {"outer"}
    assert repeated(("outer", None, "unmetered call"), ("inner", "outer", "call")) == {"outer"}
    assert repeated(("call", None, "call"), ("search", "call", "embedding")) == set()
    assert repeated(("agent", None, "sum"), ("search", "agent", "embedding")) == {"agent"}


def test_only_the_lowest_of_several_counts() -> None:
    spans = ("flow", None, "sum"), ("agent", "flow", "sum"), ("one", "agent", "call"), ("two", "one", "sum")
    assert repeated(*spans) == {"flow", "agent", "one"}


def test_siblings_and_other_traces_do_not_touch() -> None:
    assert repeated(("a", "root", "call"), ("b", "root", "call"), ("c", None, "sum")) == set()


def test_spans_that_are_their_own_ancestors_end() -> None:
    assert repeated(
        ("a", "b", "nothing"), ("b", "a", "nothing"), ("self", "self", "call"), ("c", "a", "call")
    ) == {"self"}  # fmt: skip


@st.composite
def traces(draw: st.DrawFn) -> list[Span]:
    size = draw(st.integers(1, 9))
    parents = [draw(st.none() | st.integers(0, size)) for _ in range(size)]  # one of them never comes; circles too
    return [
        Span(b"%d" % n, None if parent is None else b"%d" % parent, *draw(st.sampled_from(list(SORTS.values()))))
        for n, parent in enumerate(parents)
    ]


def told_to(span: Span, spans: list[Span]) -> int:
    """The rule said the other way round: what the nearest spans with usage below a span state, by walking down."""
    told, seen, below = 0, set[Key](), [span.key]
    while below:
        at = below.pop()
        for child in spans:
            if child.parent == at and child.key not in seen:
                seen.add(child.key)
                told |= child.tells
                if not child.tells:
                    below.append(child.key)
    return told


@settings(max_examples=300, deadline=None)
@given(traces(), st.randoms(use_true_random=False))
def test_the_set_of_spans_alone_decides(spans: list[Span], chance: Random) -> None:
    by_rule = {span.key for span in spans if told_to(span, spans) & span.yields_to}
    sent = spans + chance.sample(spans, chance.randrange(len(spans) + 1))
    chance.shuffle(sent)
    kept = Kept()
    while sent:
        kept.take([sent.pop() for _ in range(chance.randint(1, len(sent)))])
    assert kept.repeated == by_rule
