from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from config.reference import apply
from spend.actions.prices import Imported, import_catalogue
from spend.domain import catalogue
from spend.domain.catalogue import Catalogue, CatalogueModel, CataloguePrice
from spend.domain.pricing import Price as ListedPrice
from spend.domain.reference.changed import Changed
from spend.domain.reference.parse import parse
from spend.domain.reference.records import ALWAYS
from spend.domain.tiers import well_known_tiers
from spend.models import Llm, LlmTier, Price, Tier
from tests.cast import NOON

pytestmark = pytest.mark.django_db

TODAY = NOON.date()
START = date(2025, 1, 1)
DOLLAR = 10**9


def listed(name: str, input: int, output: int, *, start: date = START, free: bool = False) -> CataloguePrice:
    price = ListedPrice(0, "catalogue", start, input=input * DOLLAR, output=output * DOLLAR, free=free)
    return CataloguePrice("acme", name, price, "list 1")


BIG, SMALL = listed("big", 5, 15), listed("small", 0, 1)
LIST = Catalogue("list 1", tuple(CatalogueModel("acme", name) for name in ("big", "small", "odd")), (BIG, SMALL), ())


def bring(listing: Catalogue, days: int = 0, **well_known: str) -> Imported:
    tiers = {("acme", name): tier for name, tier in well_known.items()}
    later = NOON + timedelta(days)
    return import_catalogue(catalogue=listing, well_known=tiers, on=later.date(), at=later)


def tiers() -> dict[str, tuple[str, bool]]:
    return {row.llm.name: (row.tier.name, row.derived) for row in LlmTier.objects.select_related("llm", "tier")}


def test_it_seeds_models_prices_and_tiers() -> None:
    done = bring(LIST)
    assert (done.models, done.prices, done.superseded, done.tiers) == (3, 2, 0, 2)
    price = Price.objects.get(llm__name="big")
    assert (price.source, price.reference, price.input, price.cache_read) == ("catalogue", "list 1", Decimal(5), None)
    assert [tier.name for tier in Tier.objects.all()] == ["commodity", "mid", "frontier"]
    assert tiers() == {"big": ("frontier", True), "small": ("commodity", True)}  # "odd" has no price, so no tier
    ids = dict(Llm.objects.values_list("name", "pk"))
    both = {ids["big"]: START, ids["small"]: START}
    assert done.changed == Changed(prices=both, tiers=dict.fromkeys(both, ALWAYS))


def test_a_second_time_it_changes_nothing() -> None:
    bring(LIST)
    assert bring(LIST, 1) == Imported(0, 0, 0, 0, Changed())


def test_the_shipped_list_wins_over_the_price() -> None:
    bring(LIST, big="mid", odd="frontier", small="of another installation")
    assert tiers() == {"big": ("mid", True), "odd": ("frontier", True), "small": ("commodity", True)}


def test_a_tier_once_given_is_sticky() -> None:
    bring(LIST)
    bring(replace(LIST, prices=(listed("big", 0, 1), SMALL)), 1)
    assert tiers()["big"] == ("frontier", True)


def test_tiers_that_are_there_are_used_and_none_is_added() -> None:
    Tier.objects.create(name="all", from_blended=0)
    bring(LIST)
    assert tiers() == {"big": ("all", True), "small": ("all", True)}
    assert Tier.objects.count() == 1


def test_a_newer_list_supersedes_only_what_changed() -> None:
    bring(LIST)
    newer = replace(
        LIST, prices=(replace(listed("big", 4, 15), reference="list 2"), replace(SMALL, reference="list 2"))
    )
    done = bring(newer, 1)
    assert (done.models, done.prices, done.superseded) == (0, 1, 1)
    assert done.changed == Changed(prices={Llm.objects.get(name="big").pk: START})
    old, new = Price.objects.filter(llm__name="big").order_by("pk")
    assert (old.input, old.superseded_at) == (Decimal(5), NOON + timedelta(1))
    assert (new.input, new.superseded_at, new.reference) == (Decimal(4), None, "list 2")
    assert Price.objects.get(llm__name="small").reference == "list 1"


def test_a_start_that_the_list_no_longer_states_is_superseded() -> None:
    bring(LIST)
    done = bring(replace(LIST, prices=(listed("big", 5, 15, start=date(2025, 2, 1)), SMALL)), 1)
    assert (done.prices, done.superseded) == (1, 1)
    assert list(done.changed.prices.values()) == [START]


def test_models_that_the_list_no_longer_names_keep_their_prices() -> None:
    bring(LIST)
    assert bring(replace(LIST, models=LIST.models[1:], prices=(SMALL,)), 1).superseded == 0


def test_what_people_wrote_is_left_alone() -> None:
    text = "models: [{provider: acme, name: big, tier: mid, prices: [{from: 2025-01-01, input: 1, output: 2},"
    text += "{from: 2025-01-01, input: 3, output: 4, source: catalogue}]}]\ntiers: [{name: mid, from_blended: 0}]"
    apply(parse(text)[0], at=NOON)
    bring(LIST, 1)
    kept = Price.objects.filter(llm__name="big").order_by("input").values_list("source", "input", "superseded_at")
    assert list(kept) == [("contract", Decimal(1), None), ("catalogue", Decimal(3), None)]
    assert tiers()["big"] == ("mid", False)


def test_a_price_known_only_from_later_gives_the_tier_too() -> None:
    bring(replace(LIST, prices=(listed("big", 5, 15, start=TODAY + timedelta(30)),)))
    assert tiers() == {"big": ("frontier", True)}


def test_a_zero_price_gives_a_tier_only_if_the_model_is_free() -> None:
    bring(replace(LIST, prices=(listed("big", 0, 0, free=True),)))
    assert tiers() == {"big": ("commodity", True)}


def test_the_whole_catalogue_comes_in() -> None:
    whole = catalogue.load()
    done = import_catalogue(catalogue=whole, well_known=well_known_tiers(), on=TODAY, at=NOON)
    assert (done.models, done.prices) == (len(whole.models), len(whole.prices))
    assert Llm.objects.get(provider="azure", name="gpt-5").inherited
    assert not Llm.objects.get(provider="openai", name="gpt-5").inherited
    known = {(row.llm.provider, row.llm.name): row.tier.name for row in LlmTier.objects.select_related("llm", "tier")}
    assert well_known_tiers().items() <= known.items()
    again = import_catalogue(catalogue=whole, well_known=well_known_tiers(), on=TODAY, at=NOON)
    assert again == Imported(0, 0, 0, 0, Changed())


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("prices", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_sets_and_lists_a_contract_price() -> None:
    bring(LIST)
    printed = run("set", "acme/big", "--input", "2.5", "--output", "7.25", "--from", "2026-01-01", "--source", "Deal 7")
    assert printed == (
        "+ models: acme/big contract price standard from 2026-01-01: input 2.5, output 7.25, reference Deal 7\n"
    )
    assert Price.objects.get(source="contract").reference == "Deal 7"
    assert [line.split()[:3] for line in run("list", "--model", "acme/bi").splitlines()[1:]] == [
        ["acme/big", "standard", "2025-01-01"],
        ["acme/big", "standard", "2026-01-01"],
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["set", "big", "--input", "1"], "name the provider too, like openai/big"),
        (["set", "acme/big", "--input", "one"], "input: must be a number, not 'one'"),
        (["set", "acme/big", "--input", "1", "--to", "2020-01-01"], "must end after it starts"),
    ],
)
def test_the_command_says_what_is_wrong(arguments: list[str], problem: str) -> None:
    with pytest.raises(CommandError, match=problem):
        run(*arguments)
    assert not Price.objects.exists()


def test_the_command_finds_nothing_unpriced_where_there_are_no_calls() -> None:
    assert run("list", "--unpriced").endswith("None.\n")
