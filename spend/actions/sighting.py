"""The first sight of a model, a task type or a source: it gets a row, a model also its name and tier (R9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache

from django.db import transaction

from spend import store
from spend.domain import catalogue, tiers
from spend.domain.names import KnownModels, provider_of
from spend.domain.pricing import price_at
from spend.domain.reference.records import ALWAYS
from spend.models import Llm, LlmTier, Source, TaskType, Tier
from spend.queries.book import Book
from spend.queries.zone import reporting_day

SEEN_EVERY = timedelta(seconds=30)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def meet(reference: Book, seen: Iterable[tuple[str | None, str]], at: datetime) -> None:
    """Make rows for each (provider, model) on the wire not met before; cheap when all are known."""
    models = {(provider, model) for provider, model in set(seen) if _is_new(reference, provider, model)}
    if not models:
        return
    day = reporting_day(at)
    with transaction.atomic():
        for provider, model in sorted(models, key=str):
            _meet_model(reference, provider, model, day)


def meet_task_types(reference: Book, names: Iterable[str | None]) -> None:
    """Make a row for each task type not met before."""
    known = reference.task_types
    unknown = sorted({name for name in names if name and name not in known})
    if unknown:
        TaskType.objects.bulk_create([TaskType(name=name) for name in unknown], ignore_conflicts=True)


def meet_sources(reference: Book, seen: Iterable[tuple[int, str, str]], at: datetime) -> None:
    """Make a row for each (team, kind, name) that calls came from for the first time."""
    known = reference.sources
    unknown = sorted({source for source in seen if source not in known})
    if unknown:
        Source.objects.bulk_create(
            [
                Source(team_id=team, kind=kind, name=name, first_seen_at=at, last_seen_at=at)
                for team, kind, name in unknown
            ],
            ignore_conflicts=True,
        )


def see_again(reference: Book, seen: Iterable[tuple[int, str, str]], at: datetime) -> None:
    """Note that these sources sent something, every half minute at most and after their calls were committed.

    A row that somebody else is noting is left to them, so that no writer ever waits for another here.
    """
    known = {source: reference.sources[source] for source in set(seen) if source in reference.sources}
    due = {source: pk for source, pk in known.items() if at - reference.seen.get(source, LONG_AGO) >= SEEN_EVERY}
    if due:
        store.note_sources_seen(sorted(due.values()), at, before=at - SEEN_EVERY)
        reference.seen.update(dict.fromkeys(due, at))


def _is_new(reference: Book, provider: str | None, model: str) -> bool:
    llm = reference.llm_named(provider, model)
    return llm is None or (llm not in reference.tiers and llm in reference.prices and llm not in reference.tierless)


def _meet_model(reference: Book, provider: str | None, model: str, day: date) -> None:
    llm = reference.llm_named(provider, model) or _named_in_catalogue(reference, provider, model)
    if llm is None:
        met = {"provider": provider_of(provider) or "", "name": model}
        llm = Llm.objects.get_or_create(**met, defaults={"listed": False})[0].pk
    if llm not in reference.tiers:
        _derive_tier(reference, llm, day)


@cache
def _known_models() -> KnownModels:
    return KnownModels(catalogue.load().models)


def _named_in_catalogue(reference: Book, provider: str | None, model: str) -> int | None:
    """Return the catalogue's model that this wire name means, and keep the name as its alias.

    None where no provider is named, and the name alone could mean another, or never means this one.
    """
    found = _known_models().identify(provider, model)
    if found is None or (provider_of(provider) or found[0]) != found[0]:
        return None
    llm = Llm.objects.select_for_update().filter(provider=found[0], name=found[1]).first()
    if llm is None or not (provider_of(provider) or _is_meant_by(reference, model, llm)):
        return None
    if model not in (llm.name, *llm.aliases):
        llm.aliases = [*llm.aliases, model]
        llm.save(update_fields=["aliases"])
    return llm.pk


def _is_meant_by(reference: Book, name: str, llm: Llm) -> bool:
    return llm.listed and not llm.inherited and reference.could_only_mean(name, llm.pk)


def _derive_tier(reference: Book, llm: int, day: date) -> None:
    catalogue_prices = [price for price in reference.prices.get(llm, ()) if price.source == "catalogue"]
    price = price_at(catalogue_prices, None, day, 0)
    stored = {tier.name: tier for tier in Tier.objects.all()}
    known = [tiers.Tier(tier.name, tier.from_blended) for tier in stored.values()]
    name = None if price is None else tiers.derive_tier(tiers.blended(price), known, free=llm in reference.free)
    if name is None:
        reference.tierless.add(llm)
        return
    defaults = {"tier": stored[name], "derived": True}
    LlmTier.objects.get_or_create(llm_id=llm, starts_on=ALWAYS, defaults=defaults)
