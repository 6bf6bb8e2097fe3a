"""Seeds and updates models, list prices and tiers from the catalogue; in bulk, for it has some 2,500 models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from spend import store
from spend.domain import tiers
from spend.domain.catalogue import Catalogue, CatalogueModel
from spend.domain.pricing import Price as DomainPrice
from spend.domain.reference.changed import Changed
from spend.domain.reference.listed import Revision, price_record, revise, tiers_of_new_models
from spend.domain.reference.records import ALWAYS, CATALOGUE, ModelPrice
from spend.models import Llm, LlmTier, Price, Tier
from spend.queries.reference import price_record as stored_price_record

Name = tuple[str, str]


@dataclass(frozen=True)
class Imported:
    """What an import did, in numbers for people, and whom it concerns."""

    models: int
    prices: int
    superseded: int
    tiers: int
    changed: Changed


@transaction.atomic
def import_catalogue(*, catalogue: Catalogue, well_known: Mapping[Name, str], on: date, at: datetime) -> Imported:
    """Bring models and list prices to where the catalogue has them; give new models their tier, once and for all."""
    store.lock_reference_data_for_change()
    make_default_tiers()
    new_models = _make_models(catalogue.models)
    llms = {(provider, name): pk for pk, provider, name in Llm.objects.values_list("pk", "provider", "name")}
    revision = revise(
        (stored_price_record(row) for row in _in_force().select_related("llm")),
        (price_record(row.provider, row.name, row.price, row.reference) for row in catalogue.prices),
    )
    superseded = _supersede(revision, llms, at)
    Price.objects.bulk_create([_row_of(price, llms) for price in revision.added])
    tiered = _give_tiers(catalogue, well_known, llms, on)
    concerned: dict[int, date] = {}
    for price in (*revision.superseded, *revision.added):
        llm = llms[price.provider, price.name]
        concerned[llm] = min(price.starts_on, concerned.get(llm, price.starts_on))
    changed = Changed(prices=concerned, tiers=dict.fromkeys(tiered, ALWAYS))
    return Imported(new_models, len(revision.added), superseded, len(tiered), changed)


def make_default_tiers() -> None:
    """Make the three tiers of the field where there are none at all."""
    if not Tier.objects.exists():
        Tier.objects.bulk_create(
            Tier(name=tier.name, from_blended=tier.from_blended, claimed_fail_rate=tier.claimed_fail_rate)
            for tier in tiers.DEFAULT_TIERS
        )


def _make_models(models: Sequence[CatalogueModel]) -> int:
    """Make the models that are new; of those met before the catalogue came, note what it says of them."""
    known = set(Llm.objects.values_list("provider", "name"))
    new = [
        Llm(provider=model.provider, name=model.name, inherited=model.is_inherited)
        for model in models
        if (model.provider, model.name) not in known
    ]
    Llm.objects.bulk_create(new)
    listed = {(model.provider, model.name) for model in models}
    met = Llm.objects.filter(listed=False).values_list("pk", "provider", "name")
    Llm.objects.filter(pk__in=[pk for pk, *name in met if tuple(name) in listed]).update(listed=True)
    inherited = {(model.provider, model.name) for model in models if model.is_inherited}
    rows = Llm.objects.filter(inherited=False).values_list("pk", "provider", "name")
    Llm.objects.filter(pk__in=[pk for pk, *name in rows if tuple(name) in inherited]).update(inherited=True)
    return len(new)


def _in_force() -> Any:
    return Price.objects.filter(source=CATALOGUE, superseded_at=None)


def _supersede(revision: Revision, llms: Mapping[Name, int], at: datetime) -> int:
    """Take the old rows out of force; they stay, for what was computed with them."""
    if not revision.superseded:
        return 0
    keys = {
        (llms[row.provider, row.name], row.service_tier, row.starts_on, row.context_over) for row in revision.superseded
    }
    rows = _in_force().values_list("pk", "llm_id", "service_tier", "starts_on", "context_over")
    return int(Price.objects.filter(pk__in=[pk for pk, *key in rows if tuple(key) in keys]).update(superseded_at=at))


def _row_of(price: ModelPrice, llms: Mapping[Name, int]) -> Price:
    return Price(
        llm_id=llms[price.provider, price.name],
        source=price.source,
        reference=price.reference,
        service_tier=price.service_tier,
        starts_on=price.starts_on,
        ends_on=price.ends_on,
        context_over=price.context_over,
        input=price.input,
        cache_read=price.cache_read,
        cache_write=price.cache_write,
        cache_write_1h=price.cache_write_1h,
        output=price.output,
        free=price.free,
    )


def _give_tiers(catalogue: Catalogue, well_known: Mapping[Name, str], llms: Mapping[Name, int], on: date) -> list[int]:
    """Give a tier to the models that never had one; return their ids."""
    stored = {tier.name: tier for tier in Tier.objects.all()}
    tiered = set(LlmTier.objects.values_list("llm_id", flat=True))
    prices: dict[Name, list[DomainPrice]] = defaultdict(list)
    for row in catalogue.prices:
        prices[row.provider, row.name].append(row.price)
    without = {
        (model.provider, model.name): prices[model.provider, model.name]
        for model in catalogue.models
        if llms[model.provider, model.name] not in tiered
    }
    ranges = [tiers.Tier(tier.name, tier.from_blended) for tier in stored.values()]
    found = tiers_of_new_models(without, well_known, on=on, ranges=ranges)
    LlmTier.objects.bulk_create(
        LlmTier(llm_id=llms[model], tier=stored[tier], starts_on=ALWAYS, derived=True) for model, tier in found.items()
    )
    return [llms[model] for model in found]
