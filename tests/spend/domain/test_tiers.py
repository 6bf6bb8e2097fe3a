"""Tiers by blended price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.domain.pricing import Price
from spend.domain.tiers import DEFAULT_TIERS, Tier, blended, derive_tier

JANUARY = date(2026, 1, 1)


def test_blended_is_three_parts_input_and_one_part_output():
    price = Price(1, "catalogue", JANUARY, input=1_250_000_000, output=10_000_000_000)
    assert blended(price) == Decimal("3.4375")


@pytest.mark.parametrize("rates", [{"input": 5}, {"output": 5}, {}])
def test_blended_is_unknown_without_input_or_output_rate(rates):
    assert blended(Price(1, "catalogue", JANUARY, **rates)) is None


@pytest.mark.parametrize(
    ("price", "tier"),
    [
        ("0.000000001", "commodity"),
        ("0.749999999", "commodity"),
        ("0.75", "mid"),  # a tier begins at its price
        ("3.999999999", "mid"),
        ("4.00", "frontier"),
        ("135", "frontier"),
        ("0", None),  # a zero with no evidence that the model is free
        (None, None),
    ],
)
def test_the_default_tiers(price, tier):
    assert derive_tier(None if price is None else Decimal(price)) == tier


def test_a_free_model_is_in_the_cheapest_tier():
    assert derive_tier(Decimal(0), free=True) == "commodity"


def test_the_default_claims_are_those_of_the_issue():
    assert {tier.name: tier.claimed_fail_rate for tier in DEFAULT_TIERS} == {
        "commodity": Decimal("0.53"), "mid": Decimal("0.22"), "frontier": Decimal("0.05"),
    }  # fmt: skip


def test_below_the_first_tier_there_is_none():
    assert derive_tier(Decimal(1), [Tier("dear", Decimal(2))]) is None
    assert derive_tier(Decimal(1), []) is None


@given(st.decimals(0, 1000, places=9), st.decimals(0, 1000, places=9), st.permutations(DEFAULT_TIERS))
def test_a_dearer_model_is_never_in_a_cheaper_tier_in_whatever_order_tiers_come(one, other, tiers):
    order = ["commodity", "mid", "frontier"]
    low, high = (derive_tier(price, tiers, free=True) for price in sorted([one, other]))
    assert order.index(low) <= order.index(high)
