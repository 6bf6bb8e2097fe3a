"""The shipped list of well-known models: real names, and a reason for each tier that the price does not give."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from spend.domain.catalogue import load
from spend.domain.pricing import PriceBook
from spend.domain.tiers import DEFAULT_TIERS, blended, derive_tier, well_known_tiers

CHOSEN_ON = date(2026, 11, 22)
CATALOGUE = load()
SHIPPED = yaml.safe_load((Path(__file__).parents[3] / "spend/data/well_known_tiers.yaml").read_text("utf-8"))
LISTED = [(p, name, tier) for p, tiers in SHIPPED["tiers"].items() for tier, names in tiers.items() for name in names]


def derived(provider, name):
    rows = [row.price for row in CATALOGUE.prices if (row.provider, row.name) == (provider, name)]
    price = PriceBook(rows).at(None, CHOSEN_ON, 0)
    return None if price is None else derive_tier(blended(price), free=price.free)


def test_every_listed_model_is_in_the_catalogue():
    known = {(model.provider, model.name) for model in CATALOGUE.models if not model.is_inherited}
    assert [(provider, name) for provider, name, _ in LISTED if (provider, name) not in known] == []


def test_no_model_is_listed_twice_and_every_tier_exists():
    assert len({(provider, name) for provider, name, _ in LISTED}) == len(LISTED)
    assert {tier for _, _, tier in LISTED} == {tier.name for tier in DEFAULT_TIERS}
    assert 80 <= len(LISTED) <= 160


def test_exactly_the_tiers_that_differ_from_the_price_have_a_reason():
    differing = {(provider, name) for provider, name, tier in LISTED if derived(provider, name) != tier}
    reasoned = {(provider, name) for provider, reasons in SHIPPED["reasons"].items() for name in reasons}
    assert differing == reasoned


def test_a_model_has_the_same_tier_at_its_reseller():
    tiers = well_known_tiers()
    assert tiers["openai", "gpt-5"] == tiers["azure", "gpt-5"] == "frontier"
    assert tiers["google", "claude-haiku-4-5"] == "mid"
    assert {(provider, name): tier for provider, name, tier in LISTED}.items() <= tiers.items()
