"""One span as the fields of a call."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, get_args

from msgspec import Struct

from spend.ingest.fields import is_name
from spend.ingest.mapping import Lookup, Mapping
from spend.ingest.otlp import values
from spend.ingest.otlp.emitters import Emitter, emitter_of
from spend.ingest.otlp.endings import ended, was_turned_away
from spend.ingest.otlp.evaluations import moment
from spend.ingest.otlp.kinds import GENERATION, Kind
from spend.ingest.otlp.records import RawSpan
from spend.ingest.otlp.usage import Cost, Said, Semantics, Tokens, cost_of, tokens_of, with_details
from spend.ingest.otlp.vocabulary import Named
from spend.ingest.records import MOST_MILLISECONDS, NAME_LENGTH, Purpose

Fields = dict[str, object]

UNNAMED = "unknown"  # the model of a call whose span names none: counted, unpriced, and seen
_NO_ENVIRONMENT = "default"  # OpenLIT and Langfuse say it where nobody said anything
_ANSWERS = frozenset({"First Token Stream Event", "llm.content.completion.chunk"})
_NANOSECONDS = 1_000_000  # in a millisecond


class Facets:
    """A mapping read the other way round: which of our fields an attribute may name, and how the mapping finds them.

    The many rules of purposes are asked once for each combination of words that they are about.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._named: dict[str, list[tuple[str, Callable[[Lookup], object]]]] = {}
        for field, attributes, find in (
            ("task", mapping.task, mapping.task_named),
            ("task_type", mapping.task_type, mapping.task_type_named),
            ("team", mapping.team, mapping.team_named),
            ("environment", mapping.environment, mapping.environment_named),
        ):
            for attribute in dict.fromkeys(attributes):
                self._named.setdefault(attribute, []).append((field, find))
        self._rules_on = frozenset(rule.attribute for rule in mapping.purposes)
        self._purpose_named = mapping.purpose_named
        self._purposes: dict[tuple[object, ...], Purpose | None] = {}

    def found_in(self, named: Named) -> Fields:
        """Return what the mapping finds in these attributes."""
        found: Fields = {}
        words: tuple[object, ...] = ()
        for attribute, value in named.items():
            for field, find in self._named.get(attribute, ()):
                if field not in found and (name := find(named.get)) is not None:
                    found[field] = name
            if attribute in self._rules_on:
                words = (*words, attribute, value)
        if words and (purpose := self._purpose(words, named)) is not None:
            found["purpose"] = purpose
        if found.get("environment") == _NO_ENVIRONMENT:
            del found["environment"]
        return found

    def _purpose(self, words: tuple[object, ...], named: Named) -> Purpose | None:
        try:
            return self._purposes[words]
        except TypeError:  # a list or a map is no word
            return self._purpose_named(named.get)
        except KeyError:
            purpose = self._purposes[words] = self._purpose_named(named.get)
            return purpose


class Scope(NamedTuple):
    """What all spans of a scope have in common; `metadata` by the semantics of their input counts."""

    emitter: str
    version: str
    known: Emitter
    metadata: dict[str | None, Fields]
    resource: Named
    found: Fields


def scope_of(name: str, version: str, resource: Named, facets: Facets) -> Scope:
    """Return a scope by its name and version; `resource` is what the mapping asks of its resource."""
    emitter, version = _printable(name), _printable(version)
    metadata: Fields = {"otel.scope": emitter} if emitter else {}
    if version:
        metadata["otel.scope.version"] = version
    by_semantics = {None: metadata, **{word: {**metadata, "input_semantics": word} for word in get_args(Semantics)}}
    return Scope(emitter, version, emitter_of(emitter), by_semantics, resource, facets.found_in(resource))


def _printable(text: str) -> str:
    text = text[:NAME_LENGTH]
    return text if not text or is_name(text) else "".join(character for character in text if is_name(character))


class Reading(Struct, frozen=True):
    """What a span turned out to be: the class of its usage, whether it states any, and the fields of its call."""

    kind: Kind
    is_metered: bool
    fields: Fields


_METERS = frozenset({
    "input", "output", "uncached", "cache_read", "cache_write", "reasoning", "usage_details", "provider_metadata",
    "input_or_total", "cost", "cost_amount",
})  # fmt: skip
_COSTS = frozenset({"cost", "cost_amount", "cost_estimate"})
_NO_TOKENS, _NO_COST, _NO_BILL = Tokens(), Cost(), Tokens(input=0, output=0)


def read_span(span: RawSpan, scope: Scope, facets: Facets) -> Reading | None:
    """Return the call that a span is, None where it is none: it states no usage, and is no inference."""
    said = span.said
    kind = said.get("kind")
    known = kind if isinstance(kind, Kind) else None
    tokens, cost = _NO_TOKENS, _NO_COST
    if not _METERS.isdisjoint(said):
        said = with_details(said)
        tokens = tokens_of(said, scope.known)
    if not _COSTS.isdisjoint(said):
        cost = cost_of(said, scope.known)
    is_metered = (tokens is not _NO_TOKENS and tokens.are_stated) or cost.reported is not None
    if not is_metered and (known is None or not known.is_inference):
        return None
    known = known or GENERATION
    return Reading(known, is_metered, _fields(span, said, scope, known, facets, tokens, cost))


def _fields(span: RawSpan, said: Said, scope: Scope, kind: Kind, facets: Facets, tokens: Tokens, cost: Cost) -> Fields:
    trace, get = span.trace.hex(), said.get
    fields: Fields = {
        "id": f"{trace}-{span.id.hex()}",
        "occurred_at": moment(span.start),
        "model": get("model") or get("requested_model") or _model_in(get("parameters")) or UNNAMED,
        "task": trace,
        **kind.fields,
        **scope.found,
    }
    if span.named:
        fields.update(facets.found_in(span.named))
    if provider := get("provider"):
        fields["provider"] = provider
    if tier := get("tier") or get("requested_tier"):
        fields["service_tier"] = tier
    if span.failed or not _ENDINGS.isdisjoint(said):
        tokens = _add_ending(fields, span, tokens)
    _add_tokens(fields, tokens)
    if cost.reported is not None:
        fields["cost_usd"] = Decimal(repr(cost.reported))
    if span.end >= span.start:
        fields["latency_ms"] = min((span.end - span.start + _NANOSECONDS // 2) // _NANOSECONDS, MOST_MILLISECONDS)
    if metadata := _metadata(span, said, scope, tokens, cost):
        fields["metadata"] = metadata
    return fields


_ENDINGS = frozenset({"error", "level", "finish"})


def _add_tokens(fields: Fields, tokens: Tokens) -> None:
    if tokens.input is not None:
        fields["input_tokens"] = tokens.input
    if tokens.cache_read is not None:
        fields["cache_read_tokens"] = tokens.cache_read
    if tokens.cache_write is not None:
        fields["cache_write_tokens"] = tokens.cache_write
    if tokens.output is not None:
        fields["output_tokens"] = tokens.output
    if tokens.reasoning is not None:
        fields["reasoning_tokens"] = tokens.reasoning


def _add_ending(fields: Fields, span: RawSpan, tokens: Tokens) -> Tokens:
    """Add the status; a request that was turned away used no tokens, which is known and not merely unsaid."""
    status = ended(span)
    if status != "ok":
        fields["status"] = status
    if not tokens.are_stated and was_turned_away(span):
        return _NO_BILL
    return tokens


def _metadata(span: RawSpan, said: Said, scope: Scope, tokens: Tokens, cost: Cost) -> Fields:
    metadata = scope.metadata[tokens.semantics]
    if (waited := _time_to_first_token(span, said)) is not None:
        metadata = {**metadata, "time_to_first_token_ms": waited}
    if cost.estimate is not None:
        metadata = {**metadata, "estimated_cost_usd": cost.estimate}
    return metadata


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
