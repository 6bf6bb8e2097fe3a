"""What a catalogue brings, beside what is there: new rows, rows it states differently, rows it no longer states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from spend.domain import tiers
from spend.domain.money import to_dollars
from spend.domain.pricing import Price, price_at
from spend.domain.reference.records import CATALOGUE, Key, ModelPrice


@dataclass(frozen=True)
class Revision:
    """How the imported prices change: a row in both is superseded by another one."""

    added: tuple[ModelPrice, ...]
    superseded: tuple[ModelPrice, ...]

    @property
    def keys(self) -> set[Key]:
        return {row.key for row in (*self.added, *self.superseded)}


def price_record(provider: str, name: str, price: Price, reference: str) -> ModelPrice:
    """Return a catalogue's price as a record, in dollars."""
    return ModelPrice(
        provider,
        name,
        price.starts_on,
        source=CATALOGUE,
        service_tier=price.service_tier,
        context_over=price.context_over,
        ends_on=price.ends_on,
        input=_dollars(price.input),
        cache_read=_dollars(price.cache_read),
        cache_write=_dollars(price.cache_write),
        cache_write_1h=_dollars(price.cache_write_1h),
        output=_dollars(price.output),
        free=price.free,
        reference=reference,
    )


def _dollars(nanos: int | None) -> Decimal | None:
    return None if nanos is None else to_dollars(nanos)


def revise(current: Iterable[ModelPrice], stated: Iterable[ModelPrice]) -> Revision:
    """Return what to add and supersede so that the prices of the catalogue's models are as it states them.

    Contract prices and list prices that people wrote are left alone, and so are models that the catalogue no longer
    names. The version of the catalogue is no difference.
    """
    catalogue = {row.key: row for row in stated}
    models = {(row.provider, row.name) for row in catalogue.values()}
    listed = {row.key: row for row in current if row.source == CATALOGUE}
    added = [row for key, row in catalogue.items() if key not in listed or _differs(listed[key], row)]
    superseded = [
        row
        for key, row in listed.items()
        if row.is_imported and (row.provider, row.name) in models
        if key not in catalogue or _differs(row, catalogue[key])
    ]
    return Revision(tuple(added), tuple(superseded))


def _differs(listed: ModelPrice, stated: ModelPrice) -> bool:
    return listed.is_imported and replace(listed, reference="") != replace(stated, reference="")


def tier_of(prices: Iterable[Price], on: date, ranges: Iterable[tiers.Tier]) -> str | None:
    """Return the tier that follows from the standard price in force on a day, else from the first one to come."""
    known = sorted((price for price in prices if price.is_known), key=lambda price: price.starts_on)
    price = price_at(known, None, on, 0) or next((p for p in known if p.service_tier == "standard"), None)
    if price is None:
        return None
    return tiers.derive_tier(tiers.blended(price), ranges, free=price.free)


def tiers_of_new_models(
    prices: Mapping[tuple[str, str], list[Price]],
    well_known: Mapping[tuple[str, str], str],
    *,
    on: date,
    ranges: Iterable[tiers.Tier],
) -> dict[tuple[str, str], str]:
    """Return the tier of each model that gets one: the shipped list's, else by its price (R9)."""
    ranges = list(ranges)
    names = {tier.name for tier in ranges}
    found = {}
    for model, rows in prices.items():
        listed = well_known.get(model)
        tier = listed if listed in names else tier_of(rows, on, ranges)
        if tier is not None:
            found[model] = tier
    return found
