"""One span as the fields of a call."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from spend.ingest.fields import is_name
from spend.ingest.mapping import Lookup, Mapping
from spend.ingest.otlp import values
from spend.ingest.otlp.emitters import Emitter, emitter_of
from spend.ingest.otlp.endings import ended, has_failed, was_turned_away
from spend.ingest.otlp.evaluations import moment
from spend.ingest.otlp.kinds import GENERATION, Kind
from spend.ingest.otlp.records import RawSpan
from spend.ingest.otlp.usage import Cost, Said, Tokens, cost_of, tokens_of, with_details
from spend.ingest.otlp.vocabulary import Named
from spend.ingest.records import MOST_MILLISECONDS, NAME_LENGTH

Fields = dict[str, object]

UNNAMED = "unknown"  # the model of a call whose span names none: counted, unpriced, and seen
_NO_ENVIRONMENT = "default"  # OpenLIT and Langfuse say it where nobody said anything
_ANSWERS = frozenset({"First Token Stream Event", "llm.content.completion.chunk"})
_NANOSECONDS = 1_000_000  # in a millisecond


class Facets(NamedTuple):
    """What a mapping finds: our field, how, and in which attributes."""

    field: str
    find: Callable[[Lookup], object]
    attributes: frozenset[str]


def facets_of(mapping: Mapping) -> tuple[Facets, ...]:
    return (
        Facets("task", mapping.task_named, frozenset(mapping.task)),
        Facets("task_type", mapping.task_type_named, frozenset(mapping.task_type)),
        Facets("team", mapping.team_named, frozenset(mapping.team)),
        Facets("environment", mapping.environment_named, frozenset(mapping.environment)),
        Facets("purpose", mapping.purpose_named, frozenset(rule.attribute for rule in mapping.purposes)),
    )


def found_in(named: Named, facets: tuple[Facets, ...]) -> Fields:
    """Return what the mapping finds in these attributes."""
    found: Fields = {}
    for field, find, attributes in facets:
        if not attributes.isdisjoint(named) and (value := find(named.get)) is not None:
            found[field] = value
    if found.get("environment") == _NO_ENVIRONMENT:
        del found["environment"]
    return found


class Scope(NamedTuple):
    """What all spans of a scope have in common."""

    emitter: str
    known: Emitter
    metadata: Fields
    found: Fields


def scope_of(name: str, version: str, found: Fields) -> Scope:
    emitter, version = _printable(name), _printable(version)
    metadata: Fields = {"otel.scope": emitter} if emitter else {}
    if version:
        metadata["otel.scope.version"] = version
    return Scope(emitter, emitter_of(emitter), metadata, found)


def _printable(text: str) -> str:
    text = text[:NAME_LENGTH]
    return text if not text or is_name(text) else "".join(character for character in text if is_name(character))


class Reading(NamedTuple):
    """What a span turned out to be. `fields` are those of its call, None where it is none."""

    kind: Kind | None
    is_metered: bool
    fields: Fields | None


_NOTHING = Reading(None, False, None)
_METERS = frozenset({
    "input", "output", "uncached", "cache_read", "cache_write", "reasoning", "usage_details", "provider_metadata",
    "input_or_total", "cost", "cost_amount",
})  # fmt: skip


def read_span(span: RawSpan, scope: Scope, facets: tuple[Facets, ...]) -> Reading:
    """Return whether a span is a call, and its fields as the rules of a call read them (`occurred_at` apart)."""
    said = span.said
    kind = said.get("kind")
    known = kind if isinstance(kind, Kind) else None
    if _METERS.isdisjoint(said):
        if known is None or not known.is_inference:
            return _NOTHING
        return Reading(known, False, _fields(span, said, scope, known, facets, Tokens(), Cost()))
    said = with_details(said)
    tokens, cost = tokens_of(said, scope.known), cost_of(said, scope.known)
    is_metered = tokens.are_stated or cost.reported is not None
    if not is_metered and (known is None or not known.is_inference):
        return _NOTHING
    known = known or GENERATION
    return Reading(known, is_metered, _fields(span, said, scope, known, facets, tokens, cost))


def _fields(
    span: RawSpan, said: Said, scope: Scope, kind: Kind, facets: tuple[Facets, ...], tokens: Tokens, cost: Cost
) -> Fields:
    trace = span.trace.hex()
    fields: Fields = {
        "id": f"{trace}-{span.id.hex()}",
        "occurred_at": moment(span.start),
        "model": said.get("model") or _model_in(said.get("parameters")) or UNNAMED,
        "task": trace,
        **scope.found,
    }
    if span.named:
        fields.update(found_in(span.named, facets))
    if kind.purpose != "attempt":
        fields.setdefault("purpose", kind.purpose)
    _add_stated(fields, "provider", said.get("provider"))
    _add_stated(fields, "service_tier", said.get("tier"))
    if span.failed or "error" in said or "level" in said or "finish" in said:
        tokens = _add_ending(fields, span, tokens)
    _add_tokens(fields, tokens)
    if cost.reported is not None:
        fields["cost_usd"] = Decimal(repr(cost.reported))
    if span.end >= span.start:
        fields["latency_ms"] = min((span.end - span.start + _NANOSECONDS // 2) // _NANOSECONDS, MOST_MILLISECONDS)
    fields["metadata"] = _metadata(span, said, scope, tokens, cost)
    return fields


def _add_stated(fields: Fields, name: str, value: object) -> None:
    if value is not None:
        fields[name] = value


def _add_tokens(fields: Fields, tokens: Tokens) -> None:
    fresh, read, write, output, reasoning, _ = tokens
    if fresh is not None:
        fields["input_tokens"] = fresh
    if read is not None:
        fields["cache_read_tokens"] = read
    if write is not None:
        fields["cache_write_tokens"] = write
    if output is not None:
        fields["output_tokens"] = output
    if reasoning is not None:
        fields["reasoning_tokens"] = reasoning


def _add_ending(fields: Fields, span: RawSpan, tokens: Tokens) -> Tokens:
    """Add the status; a request that was turned away used no tokens, which is known and not merely unsaid."""
    status = ended(span)
    if status != "ok":
        fields["status"] = status
    if not tokens.are_stated and has_failed(span) and was_turned_away(span):
        return Tokens(input=0, output=0)
    return tokens


def _metadata(span: RawSpan, said: Said, scope: Scope, tokens: Tokens, cost: Cost) -> Fields | None:
    metadata = scope.metadata
    if tokens.semantics is not None:
        metadata = {**metadata, "input_semantics": tokens.semantics}
    if (waited := _time_to_first_token(span, said)) is not None:
        metadata = {**metadata, "time_to_first_token_ms": waited}
    if cost.estimate is not None:
        metadata = {**metadata, "estimated_cost_usd": cost.estimate}
    return metadata or None


_FIRST = frozenset({"first_seconds", "first_ms", "first_at"})


def _time_to_first_token(span: RawSpan, said: Said) -> int | None:
    if not span.events and _FIRST.isdisjoint(said):
        return None
    waited = _waited(span, said)
    return waited if waited is not None and 0 <= waited <= MOST_MILLISECONDS else None


def _waited(span: RawSpan, said: Said) -> int | None:
    seconds, milliseconds, at = said.get("first_seconds"), said.get("first_ms"), said.get("first_at")
    if isinstance(seconds, float):
        return round(seconds * 1_000) if abs(seconds) < MOST_MILLISECONDS else None
    if isinstance(milliseconds, float):
        return round(milliseconds) if abs(milliseconds) < MOST_MILLISECONDS else None
    first = at if isinstance(at, int) else min((e.nanoseconds for e in span.events if e.name in _ANSWERS), default=None)
    return None if first is None else (first - span.start) // _NANOSECONDS


def _model_in(parameters: object) -> object:
    """Return the model of `llm.invocation_parameters`: all that OpenInference says of a request that failed."""
    model = values.json_object(parameters).get("model") if parameters else None
    return model or None


__all__ = ["Facets", "Reading", "Scope", "facets_of", "found_in", "read_span", "scope_of"]
