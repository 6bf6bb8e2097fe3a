"""The catalogue of models and prices, as plain dated rows, read from the package genai-prices.

What the package states and our rows cannot say is returned as problems, never dropped silently; a price that would
be wrong for most calls is left out, so that those calls are unpriced (docs/pricing.md, "The catalogue").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.metadata import version
from itertools import product
from typing import Any

from spend.domain.pricing import STANDARD, Price, service_tier_of

# Where the catalogue states no first day: before any model in it was sold by the token (the first was in June 2020).
EARLIEST = date(2020, 1, 1)

Pattern = tuple[tuple[str, str], ...]  # all must hold: (("starts_with", "claude-opus"), ("contains", "-4"))

_RATES = {
    "input": "input_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "output": "output_mtok",
}
_TOKEN_KEYS = frozenset(_RATES.values())

# Fees that almost every call of such a model incurs and that our four buckets cannot carry: $12 per 1,000 requests is
# ten times the tokens of a short question. A token price alone would be wrong, so there is none.
_UNAVOIDABLE = frozenset(
    {"requests_kcount", "output_reasoning_mtok", "output_citation_mtok"}
    | {f"output_{kind}_mtok" for kind in ("image", "audio", "video")}
)

# Request options that choose another price list, and our word for that list.
_SERVICE_TIERS = {"service_tier": None, "processing": {"batch"}, "speed": {"fast"}}


@dataclass(frozen=True)
class CatalogueModel:
    """A model as a provider sells it. A wire name means it when it equals `name` or fits one of `patterns`.

    `is_inherited` models are not listed by the provider itself: the catalogue says it sells another provider's.
    """

    provider: str
    name: str
    patterns: tuple[Pattern, ...] = ()
    is_inherited: bool = False


@dataclass(frozen=True)
class CataloguePrice:
    """A row of a model's price list, with where it was read."""

    provider: str
    name: str
    price: Price
    reference: str


@dataclass(frozen=True)
class CatalogueProblem:
    """Something the catalogue states that our rows do not say; `kind` is a word to count by."""

    provider: str
    name: str
    kind: str
    detail: str


@dataclass(frozen=True)
class Catalogue:
    reference: str
    models: tuple[CatalogueModel, ...]
    prices: tuple[CataloguePrice, ...]
    problems: tuple[CatalogueProblem, ...]


@dataclass(frozen=True)
class _List:
    """One model's package prices on the way to rows: `steps` are (first day, {key: price}) in the package's order."""

    provider: str
    name: str
    service_tier: str
    steps: tuple[tuple[date, dict[str, Any]], ...]
    is_free: bool


def load() -> Catalogue:
    """Return the catalogue of the installed genai-prices."""
    from genai_prices.data import providers  # 0.5 s and 100 MB: only whoever loads the catalogue pays for it

    return catalogue_of(providers, reference=f"genai-prices {version('genai-prices')}")


def catalogue_of(providers: Sequence[Any], *, reference: str) -> Catalogue:
    """Turn genai-prices' providers into rows; rows carry id 0, the importer knows the real ones."""
    models: list[CatalogueModel] = []
    prices: list[CataloguePrice] = []
    problems: list[CatalogueProblem] = []
    for provider in providers:
        for info in provider.models:
            models.append(CatalogueModel(provider.id, info.id, tuple(_patterns(info.match))))
            rows, found = _rows_of(provider.id, info)
            prices += [CataloguePrice(provider.id, info.id, row, reference) for row in rows]
            problems += found
    for model, origin in _inherited(providers, models):
        models.append(model)
        prices += [
            replace(row, provider=model.provider, reference=f"{reference}, price of {origin}")
            for row in prices
            if (row.provider, row.name, row.price.service_tier) == (origin, model.name, STANDARD)
        ]
    return Catalogue(reference, tuple(models), tuple(prices), tuple(problems))


def _inherited(providers: Sequence[Any], models: Sequence[CatalogueModel]) -> Iterator[tuple[CatalogueModel, str]]:
    """Yield the models a provider sells at their maker's price (Azure sells OpenAI's) and the maker's id."""
    for provider in providers:
        own = {model.name.lower() for model in models if model.provider == provider.id}
        for origin in provider.fallback_model_providers or ():
            for model in models:
                if model.provider == origin and model.name.lower() not in own:
                    own.add(model.name.lower())
                    yield replace(model, provider=provider.id, is_inherited=True), origin


def _patterns(clause: Any) -> Iterator[Pattern]:
    """Yield the alternatives of a match clause, each a conjunction of (kind, text)."""
    kind, value = next(iter(vars(clause).items()))
    if kind == "or_":
        for part in value:
            yield from _patterns(part)
    elif kind == "and_":
        for parts in product(*(list(_patterns(part)) for part in value)):
            yield tuple(leaf for part in parts for leaf in part)
    else:
        yield ((kind, value if kind == "regex" else value.lower()),)


def _rows_of(provider: str, info: Any) -> tuple[list[Price], list[CatalogueProblem]]:
    lists, problems = _lists_of(provider, info)
    rows: list[Price] = []
    for list_ in lists:
        found = {kind: detail for _, prices in list_.steps for kind, detail in _shortfalls(prices, list_.is_free)}
        problems += [CatalogueProblem(provider, info.id, kind, detail) for kind, detail in sorted(found.items())]
        rows += _rows_of_list(list_)
    return rows, list(dict.fromkeys(problems))


def _lists_of(provider: str, info: Any) -> tuple[list[_List], list[CatalogueProblem]]:
    """Return the price lists of a model by service tier, and what is sold on other terms than dates and tiers."""
    conditions = [(None, info.prices)] if not isinstance(info.prices, list) else [
        (entry.constraint, entry.prices) for entry in info.prices
    ]  # fmt: skip
    if any(hasattr(constraint, "start_time") for constraint, _ in conditions):
        hours = "; ".join(f"{_hours(constraint)}: {prices!r}" for constraint, prices in conditions)
        return [], [CatalogueProblem(provider, info.id, "time_of_day", f"left unpriced, the price has hours: {hours}")]
    is_free = _is_free(info)
    standard = tuple((_start(constraint), _given(prices)) for constraint, prices in conditions)
    lists, problems = [_List(provider, info.id, STANDARD, standard, is_free)], []
    by_tier: dict[str, list[tuple[date, dict[str, Any]]]] = {}
    for variant in info.price_variants or ():
        tier = _service_tier(variant.when)
        if tier is None or hasattr(variant.constraint, "start_time"):
            detail = f"no price for {variant.when}: {variant.prices!r}"
            problems.append(CatalogueProblem(provider, info.id, "request_option", detail))
        elif tier != STANDARD:
            by_tier.setdefault(tier, []).append((_start(variant.constraint), _given(variant.prices)))
    for tier, overrides in by_tier.items():
        lists.append(_List(provider, info.id, tier, _overlaid(standard, overrides), is_free))
    return lists, problems


def _overlaid(
    standard: Iterable[tuple[date, dict[str, Any]]], overrides: list[tuple[date, dict[str, Any]]]
) -> tuple[tuple[date, dict[str, Any]], ...]:
    """Return the steps of a service tier: the standard rates of each day with the tier's own laid over them.

    Key by key the first override in force wins, as in the package; before the first there is no price, because
    there is no fall-back between service tiers (R9).
    """
    standard = tuple(standard)
    first = min(start for start, _ in overrides)
    days = sorted({start for start, _ in (*standard, *overrides) if start >= first} | {first})
    steps = []
    for day in days:
        rates = dict(_in_force(standard, day))
        for start, prices in reversed(overrides):
            if start <= day:
                rates |= prices
        steps.append((day, rates))
    return tuple(steps)


def _in_force(steps: Sequence[tuple[date, dict[str, Any]]], day: date) -> dict[str, Any]:
    """Return the last step in the package's order that has begun; before any, there is no price."""
    return next((prices for start, prices in reversed(steps) if start <= day), {})


def _rows_of_list(list_: _List) -> list[Price]:
    """Return the rows of a price list: one per first day and context threshold."""
    rows: list[Price] = []
    for day in sorted({start for start, _ in list_.steps}):
        prices = _in_force(list_.steps, day)
        found = _rows_of_day(prices, day, list_)
        if not found:  # the price was withdrawn: what came before must not go on
            rows = [replace(row, ends_on=row.ends_on or day) for row in rows]
        rows += found
    return rows


def _rows_of_day(prices: dict[str, Any], day: date, list_: _List) -> list[Price]:
    if prices.keys() & _UNAVOIDABLE:
        return []
    if list_.is_free and not any(rate for value in prices.values() for rate in _all_rates(value)):
        zeros: dict[str, Any] = dict.fromkeys(_RATES, 0)
        return [Price(0, "catalogue", day, list_.service_tier, **zeros, free=True)]
    thresholds = {0} | {tier.start for value in prices.values() if hasattr(value, "tiers") for tier in value.tiers}
    rows = []
    for over in sorted(thresholds):
        rates: dict[str, Any] = {bucket: _nanos(_rate(prices.get(key), over)) for bucket, key in _RATES.items()}
        rows.append(Price(0, "catalogue", day, list_.service_tier, context_over=over, **rates))
    return [row for row in rows if row.is_known]


def _rate(value: Any, over: int) -> Decimal | None:
    """Return the rate of a call whose input exceeds `over` tokens: the whole call pays the highest tier reached."""
    if not hasattr(value, "tiers"):
        return value  # type: ignore[no-any-return]
    reached: list[Decimal] = [value.base, *(tier.price for tier in value.tiers if 0 < tier.start <= over)]
    return reached[-1]


def _nanos(dollars: Decimal | None) -> int | None:
    """Return nano-dollars per million tokens; the few finer prices (0.0833...) are rounded half even."""
    return None if dollars is None else int((dollars * 10**9).to_integral_value(ROUND_HALF_EVEN))


def _shortfalls(prices: dict[str, Any], is_free: bool) -> Iterator[tuple[str, str]]:
    """Yield what one step of a price list states beyond our buckets, as (kind, detail)."""
    others = sorted(prices.keys() - _TOKEN_KEYS)
    if prices.keys() & _UNAVOIDABLE:
        yield "unavoidable_fee", f"left unpriced, calls also pay {', '.join(sorted(prices.keys() & _UNAVOIDABLE))}"
    elif others and prices.keys() & _TOKEN_KEYS:
        yield "not_by_token", f"not in computed costs: {', '.join(others)}"
    elif others:
        yield "no_token_price", f"left unpriced, sold by {', '.join(others)}"
    rates = [price for value in prices.values() for price in _all_rates(value)]
    if not any(rates) and not is_free:
        yield "no_price", "left unpriced, the catalogue states no price"
    if any((rate * 10**9) % 1 for rate in rates):
        yield "rounded", "rounded to a nano-dollar per million tokens"


def _all_rates(value: Any) -> list[Decimal]:
    return [value.base, *(tier.price for tier in value.tiers)] if hasattr(value, "tiers") else [value]


def _is_free(info: Any) -> bool:
    """Whether the catalogue says that a model without rates costs nothing; an empty price alone does not say so."""
    named_free = info.id.endswith(":free") or (info.name or "").endswith("(free)")
    return named_free or "free of charge" in (info.price_comments or "").lower()


def _given(prices: Any) -> dict[str, Any]:
    return {key: value for key, value in vars(prices).items() if value is not None and not key.startswith("_")}


def _start(constraint: Any) -> date:
    return EARLIEST if constraint is None else constraint.start_date


def _hours(constraint: Any) -> str:
    if not hasattr(constraint, "start_time"):
        return "else" if constraint is None else f"from {constraint.start_date}"
    return f"{constraint.start_time:%H:%M} to {constraint.end_time:%H:%M} UTC"


def _service_tier(when: dict[str, str]) -> str | None:
    """Return the service tier that a variant's one condition names, None for any other kind of condition."""
    if len(when) != 1:
        return None
    option, value = next(iter(when.items()))
    known = _SERVICE_TIERS.get(option, set())
    return service_tier_of(value) if known is None or value in known else None
