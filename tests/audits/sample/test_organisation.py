"""The reference data: exactly the keys `apply` knows, and everything the facts name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from genai_prices import data

from audits.sample import calibration, insurer
from audits.sample.llms import LISTED, UNLISTED
from audits.sample.profiles import MANUAL_MINUTES
from audits.sample.records import SampleFacts
from tests.audits.sample.crude import BATCH_DISCOUNT, HOURLY, PRICES

FOLDER = Path(insurer.__file__).parent
ORGANISATION = yaml.safe_load((FOLDER / "organisation.yaml").read_text())

KEYS = {
    "teams": {"name", "cost_centre"},
    "labour_rates": {"role", "hourly", "salary", "overhead", "productive_hours", "from"},
    "tiers": {"name", "from_blended", "claimed_fail_rate"},
    "models": {"provider", "name", "aliases", "tier", "weights", "hosting", "prices"},
    "task_types": {"name", "manual_minutes", "role", "value", "acceptance_days", "complexity_at_intake"},
    "fixed_costs": {"name", "asset", "from", "to", "amount", "team", "tier", "model", "kind"},
}
PRICE_KEYS = {"from", "input", "cache_read", "cache_write", "output", "service_tier", "source", "free"}


@pytest.mark.parametrize("name", ["organisation.yaml", "insurer.yaml"])
def test_its_keys_are_known(name: str) -> None:
    document: dict[str, list[dict[str, Any]]] = yaml.safe_load((FOLDER / name).read_text())
    assert set(document) <= set(KEYS)
    for section, rows in document.items():
        assert all(set(row) <= KEYS[section] for row in rows)
        assert all(set(price) <= PRICE_KEYS for row in rows for price in row.get("prices", []))


def test_it_has_the_teams_and_types_of_the_facts(facts: SampleFacts) -> None:
    assert {row["name"] for row in ORGANISATION["teams"]} == {call["team"] for call in facts.calls}
    types = {row["name"]: row["manual_minutes"] for row in ORGANISATION["task_types"]}
    assert types == MANUAL_MINUTES
    assert set(types) == {call["task_type"] for call in facts.calls if "task_type" in call}


def test_it_has_every_model_of_the_facts_but_the_unlisted(facts: SampleFacts) -> None:
    tiers = {(row["provider"], row["name"]): row["tier"] for row in ORGANISATION["models"]}
    assert tiers == {(llm.provider, llm.name): llm.tier for llm in LISTED}
    used = {(call["provider"], call["model"]) for call in facts.calls}
    assert used - set(tiers) == {(UNLISTED.provider, UNLISTED.name)}
    assert set(tiers) <= used


def test_its_rates_begin_before_any_work() -> None:
    first: dict[str, date] = {}
    for row in ORGANISATION["labour_rates"]:
        first.setdefault(row["role"], row["from"])
    assert set(first) == set(HOURLY)
    assert max(first.values()) < date(2025, 1, 1)


def test_its_claimed_fail_rates_are_the_cited_ones() -> None:
    assert {row["name"]: row["claimed_fail_rate"] for row in ORGANISATION["tiers"]} == {
        "commodity": calibration.CLAIMED_FAIL_COMMODITY,
        "mid": calibration.CLAIMED_FAIL_MID,
        "frontier": calibration.CLAIMED_FAIL_FRONTIER,
    }


def own_prices() -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["provider"], row["name"]): row["prices"][0] for row in ORGANISATION["models"] if "prices" in row}


def catalogue_prices(provider: str, name: str) -> tuple[float, ...]:
    """Return the standard list price; the base where long prompts cost more."""
    models = next(item for item in data.providers if item.id == provider).models
    prices: Any = next(item for item in models if item.id == name).prices
    fields = (prices.input_mtok, prices.cache_read_mtok, prices.cache_write_mtok, prices.output_mtok)
    return tuple(float(getattr(value, "base", value) or 0) for value in fields)


@pytest.mark.parametrize("llm", LISTED, ids=lambda llm: llm.name)
def test_the_prices_assumed_are_those_it_gives_or_the_catalogue_has(llm: Any) -> None:
    key = llm.provider, llm.name
    own = own_prices().get(key, {})
    if own.get("service_tier") == "standard":
        expected = tuple(float(own.get(name, 0)) for name in ("input", "cache_read", "cache_write", "output"))
    else:
        expected = catalogue_prices(*key)
    assert PRICES[key] == pytest.approx(expected)
    assert (llm.input, llm.cache_read, llm.cache_write, llm.output) == tuple(round(1000 * price) for price in expected)


def test_batch_costs_half() -> None:
    key = "openai", "gpt-4o-mini"
    batch, standard = own_prices()[key], catalogue_prices(*key)
    assert batch["service_tier"] == "batch"
    expected = [BATCH_DISCOUNT * standard[0], BATCH_DISCOUNT * standard[1], BATCH_DISCOUNT * standard[3]]
    assert [batch["input"], batch["cache_read"], batch["output"]] == expected


def test_nobody_has_a_price_for_the_unlisted_model() -> None:
    names = {(provider.id, model.id) for provider in data.providers for model in provider.models}
    assert (UNLISTED.provider, UNLISTED.name) not in names
    assert UNLISTED.provider not in {provider.id for provider in data.providers}
