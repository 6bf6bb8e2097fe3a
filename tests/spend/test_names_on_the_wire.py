"""What a model's name on the wire means does not depend on which call came first (R9)."""

from __future__ import annotations

from itertools import permutations

import pytest

from config.reference import apply
from spend.domain.reference.parse import parse
from spend.models import Llm
from tests.cast import NOON
from tests.product import installed
from tests.scenes.cast import call, facts

pytestmark = pytest.mark.django_db

NAMELESS = call("c1", "10-05", "novel", provider=...)
ACME = call("c2", "10-05", "novel", provider="acme")
OTHER = call("c3", "10-05", "novel", provider="other")
BY_MODEL = {"by": ("model",)}


@pytest.mark.parametrize("order", list(permutations((NAMELESS, ACME, OTHER))))
@pytest.mark.parametrize("together", [True, False])
def test_R9_a_model_only_met_in_calls_is_not_what_its_bare_name_means(order, together: bool) -> None:
    with installed(facts()) as product:
        product.send([("calls", order)] if together else [("calls", [each]) for each in order])
        rows = product.report(BY_MODEL)["rows"]
    assert [(row["model"], row["calls"]) for row in rows] == [("acme/novel", 1), ("novel", 1), ("other/novel", 1)]


def test_R9_once_a_file_names_it_its_bare_name_means_it() -> None:
    with installed(facts()) as product:
        product.send([("calls", [ACME])])
        assert not Llm.objects.get(name="novel").listed
        apply(parse("models: [{provider: acme, name: novel, tier: mid}]")[0], at=NOON)
        assert Llm.objects.get(name="novel").listed
        product.send([("calls", [NAMELESS])])
        assert [row["model"] for row in product.report(BY_MODEL)["rows"]] == ["acme/novel"]


@pytest.mark.parametrize("name", ["gpt-5", "gpt-5-2025-08-07"])
def test_a_catalogues_model_that_was_only_met_in_calls_leaves_its_bare_name_to_the_unknown_one(name: str) -> None:
    with installed(facts()) as product:
        product.send([("calls", [call("c1", "10-05", "gpt-5", provider="openai")])])
        product.send([("calls", [call("c2", "10-05", name, provider=...)])])
        rows = product.report(BY_MODEL)["rows"]
    assert sorted((row["model"], row["calls"]) for row in rows) == sorted([("openai/gpt-5", 1), (name, 1)])


def test_a_model_that_inherits_its_price_is_met_by_a_name_without_provider() -> None:
    with installed(facts()) as product:
        inherited = "models: [{provider: azure, name: claude-3-5-sonnet, tier: mid}]"
        apply(parse(inherited)[0], at=NOON)
        Llm.objects.update(inherited=True)
        product.send([("calls", [call("c1", "10-05", "azure/claude-3-5-sonnet", provider=...)])])
        assert [row["calls"] for row in product.report(BY_MODEL)["rows"]] == [1]


def test_a_name_that_several_sell_under_is_met_without_a_provider() -> None:
    names = "[{provider: together, name: deepseek/deepseek-r1}, {provider: fireworks, name: deepseek/deepseek-r1}"
    with installed(facts()) as product:
        apply(parse(f"models: {names}, {{provider: deepseek, name: deepseek-reasoner}}]")[0], at=NOON)
        for _ in range(2):
            product.send([("calls", [call("c1", "10-05", "deepseek/deepseek-r1", provider=...)])])
        assert [row["calls"] for row in product.report(BY_MODEL)["rows"]] == [1]


def test_rows_can_be_asked_for_by_the_name_they_have() -> None:
    with installed(facts()) as product:
        product.send([("calls", [NAMELESS, ACME, OTHER])])
        for name in ("novel", "acme/novel"):
            (row,) = product.report({**BY_MODEL, "filters": {"model": name}})["rows"]
            assert row["model"] == name
