"""Tokens in disjoint buckets, from counts that include each other or not, and the cost that was sent."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from spend.ingest.otlp.emitters import Emitter

Said = dict[str, object]
Semantics = Literal["inclusive", "exclusive", "assumed"]


class Tokens(Struct, frozen=True, gc=False):
    """Buckets as a `Call` has them; a value that is no number is handed on for the field's rule to refuse.

    `semantics`: whether the emitter's input count included what was cached, where that mattered.
    """

    input: object = None
    cache_read: object = None
    cache_write: object = None
    output: object = None
    reasoning: object = None
    semantics: Semantics | None = None

    @property
    def are_stated(self) -> bool:
        return not (self.input is None and self.output is None and self.cache_read is None and self.cache_write is None)


_DETAILS = frozenset({"usage_details", "provider_metadata", "input_or_total"})


def tokens_of(said: Said, emitter: Emitter) -> Tokens:
    """Return the tokens a span states."""
    get = said.get
    fresh, read, write = get("input"), get("cache_read"), get("cache_write")
    output, reasoning = get("output"), get("reasoning")
    semantics: Semantics | None = None
    if "uncached" in said:
        fresh, semantics = said["uncached"], "exclusive" if read or write else None
    elif read or write:
        fresh, semantics = _disjoint(fresh, read, write, said, emitter)
    if reasoning:
        output = _with_reasoning(output, reasoning, (fresh, read, write), get("total"))
    return Tokens(fresh, read, write, output, reasoning, semantics)


def with_details(said: Said) -> Said:
    """Return what is said with what is inside its JSON objects, which is more exact where both speak."""
    if _DETAILS.isdisjoint(said):
        return said
    usage, provider = said.get("usage_details"), said.get("provider_metadata")
    if isinstance(provider, dict):
        said = {**said, **provider}
    if isinstance(usage, dict):
        said = {**said, **usage}
    if "input_or_total" in said:  # one word of Vercel's: an embedding has nothing but input
        said.setdefault("total" if "input" in said or "output" in said else "input", said["input_or_total"])
    return said


def _disjoint(
    given: object, read: object, write: object, said: Said, emitter: Emitter
) -> tuple[object, Semantics | None]:
    """Take what was cached out of an input count that includes it.

    In this order: more cached than input cannot be included; a total that only adds up with the cache says so; the
    emitter's custom; a total that adds up without; the convention says inclusive, which is then an assumption.
    """
    cached = _count(read) + _count(write)
    if type(given) is not int or cached <= 0:
        return given, None
    total, output = said.get("total"), _count(said.get("output"))
    if cached > given or total == given + cached + output:
        return given, "exclusive"
    if emitter.input == "exclusive":
        return given, "exclusive"
    is_known = emitter.input == "inclusive" or total == given + output
    return given - cached, "inclusive" if is_known else "assumed"


def _with_reasoning(output: object, reasoning: object, inputs: tuple[object, ...], total: object) -> object:
    """Return output with reasoning in it; Gemini, for one, counts its thoughts apart."""
    if type(reasoning) is not int or not (output is None or type(output) is int):
        return output
    visible = _count(output)
    if reasoning > visible or total == sum(map(_count, inputs)) + visible + reasoning:
        return visible + reasoning
    return output


def _count(value: object) -> int:
    return value if type(value) is int else 0


class Cost(Struct, frozen=True, gc=False):
    """USD. `reported` is a fact of the sender's, `estimate` a guess of an instrumentation."""

    reported: float | None = None
    estimate: float | None = None


def cost_of(said: Said, emitter: Emitter) -> Cost:
    """Return the cost a span states; an amount in another currency, or in none, says nothing."""
    amount, cost, guess = _float(said.get("cost_amount")), _float(said.get("cost")), _float(said.get("cost_estimate"))
    if amount is not None and str(said.get("cost_currency")).upper() == "USD":
        return Cost(estimate=amount) if said.get("cost_source") == "local" else Cost(amount)
    if cost is not None:
        return Cost(estimate=cost) if emitter.estimates_cost else Cost(cost)
    return Cost(estimate=guess)


def _float(value: object) -> float | None:
    return value if type(value) is float else None
