"""Which price is in force, and what a call costs (docs/pricing.md; R6, R9, R10)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.domain.pricing import NoPrice, Price, PriceBook, Priced, cost_of, price_at, priced, service_tier_of
from spend.domain.tokens import Usage

JANUARY, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)
MILLION = 1_000_000
DOLLAR = 10**9  # a rate of one dollar per million tokens


def make_price(id=1, *, source="catalogue", starts_on=JANUARY, **more):
    rates = {"input": 2 * DOLLAR, "cache_read": DOLLAR // 5, "output": 8 * DOLLAR}
    return Price(id=id, source=source, starts_on=starts_on, **{**rates, **more})


PRICE = make_price()
ZERO = make_price(input=0, cache_read=0, output=0)
FREE = make_price(input=0, cache_read=0, output=0, free=True)
SOME = Usage(input=1000, output=500)

tokens = st.integers(0, 10**9)
rates = st.integers(1, 10**12)
usages = st.builds(Usage, tokens, tokens, tokens, tokens, st.none(), st.none())
full_prices = st.builds(
    Price, id=st.just(1), source=st.just("catalogue"), starts_on=st.just(JANUARY),
    input=rates, cache_read=rates, cache_write=rates, cache_write_1h=rates, output=rates,
)  # fmt: skip
days = st.dates(date(2025, 12, 1), date(2026, 7, 1))


@st.composite
def price_lists(draw):
    """Make the price list of one model, with overlaps, gaps, thresholds and service tiers."""
    rows = draw(st.lists(st.tuples(
        st.sampled_from(["catalogue", "contract"]), days, st.none() | st.integers(1, 90),
        st.sampled_from(["standard", "batch"]), st.sampled_from([0, 0, 200_000, 400_000]),
    ), max_size=12))  # fmt: skip
    return [
        make_price(id, source=source, starts_on=start, service_tier=tier, context_over=over,
                   ends_on=None if length is None else start + timedelta(days=length))
        for id, (source, start, length, tier, over) in enumerate(rows)
    ]  # fmt: skip


# --- the cost of a call


@pytest.mark.parametrize(
    ("usage", "nanos"),
    [
        (Usage(input=MILLION, output=0), 2 * DOLLAR),
        (Usage(input=1000, cache_read=5000, output=500), 2_000_000 + 1_000_000 + 4_000_000),
        (Usage(output=1), 8_000),
        (Usage(input=0), 0),  # stated to be nothing
        (Usage(input=1000, output=500, reasoning=400), 2_000_000 + 4_000_000),  # reasoning is part of output
    ],
)
def test_cost_is_tokens_times_rates(usage, nanos):
    assert cost_of(usage, PRICE) == nanos


def test_cache_writes_kept_an_hour_take_their_own_rate():
    price = make_price(cache_write=3 * DOLLAR, cache_write_1h=4 * DOLLAR)
    assert cost_of(Usage(cache_write=3000, cache_write_1h=1000), price) == 2000 * 3000 + 1000 * 4000


@pytest.mark.parametrize(("rate", "nanos"), [(500_000, 0), (1_500_000, 2), (2_500_000, 2), (2_500_001, 3)])
def test_R6_cost_is_rounded_half_even_once_per_call(rate, nanos):
    assert cost_of(Usage(input=1), make_price(input=rate)) == nanos


def test_R6_buckets_are_not_rounded_one_by_one():
    price = make_price(input=400_000, cache_read=400_000, output=400_000)
    assert cost_of(Usage(input=1, cache_read=1, output=1), price) == 1  # 3 x 0.4; each alone would be 0


@given(usages, full_prices)
def test_cost_agrees_with_fractions(usage, price):
    exact = (
        Fraction(usage.input) * price.input + usage.cache_read * price.cache_read
        + usage.cache_write * price.cache_write + usage.output * price.output
    ) / MILLION  # fmt: skip
    assert cost_of(usage, price) == round(exact)


@given(usages, full_prices, st.integers(1, 1000))
def test_cost_grows_with_tokens_and_is_linear_up_to_rounding(usage, price, factor):
    one = cost_of(usage, price)
    more = Usage(input=usage.input + 1, cache_read=usage.cache_read, cache_write=usage.cache_write, output=usage.output)
    scaled = Usage(*(bucket * factor for bucket in (usage.input, usage.cache_read, usage.cache_write, usage.output)))
    assert cost_of(more, price) >= one
    assert abs(cost_of(scaled, price) - factor * one) <= Fraction(factor + 1, 2)


def test_negative_tokens_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="input"):
        cost_of(Usage(input=-1), PRICE)


# --- R10: zero and absent


def test_R10_an_all_zero_price_is_unpriced():
    with pytest.raises(NoPrice, match="all-zero"):
        cost_of(SOME, ZERO)


def test_R10_an_all_zero_price_marked_free_costs_zero():
    assert priced(usage=SOME, reported_nanos=None, price=FREE) == Priced(0, 0, "computed", 1)


def test_R10_a_free_price_needs_no_rates():
    assert cost_of(SOME, Price(1, "catalogue", JANUARY, free=True)) == 0


@pytest.mark.parametrize("free", [True, False])
def test_R10_an_empty_price_is_unpriced_even_for_an_empty_call(free):
    empty = Price(1, "catalogue", JANUARY)
    assert priced(usage=Usage(input=0), reported_nanos=None, price=empty, free=free).source == "unpriced"


def test_R10_one_zero_rate_among_others_is_a_price():
    embedding = make_price(output=0)
    assert cost_of(Usage(input=1000, output=500), embedding) == 2_000_000


def test_R10_a_used_bucket_without_a_rate_is_unpriced():
    with pytest.raises(NoPrice, match="cache_write"):
        cost_of(Usage(input=10, cache_write=1), PRICE)
    with pytest.raises(NoPrice, match="cache_write_1h"):
        cost_of(Usage(cache_write=1, cache_write_1h=1), make_price(cache_write=DOLLAR))


def test_R10_an_unused_bucket_needs_no_rate():
    assert cost_of(Usage(input=10, cache_write=0), PRICE) == 20_000


@pytest.mark.parametrize("usage", [Usage(), Usage(reasoning=7)])
def test_R10_a_call_with_no_token_field_is_unpriced(usage):
    assert priced(usage=usage, reported_nanos=None, price=PRICE) == Priced(None, None, "unpriced", None)


def test_R10_a_call_with_no_token_field_is_unpriced_even_by_a_free_price():
    with pytest.raises(NoPrice, match="no tokens"):
        cost_of(Usage(), FREE)


def test_R10_a_reported_zero_with_tokens_does_not_count():
    assert priced(usage=SOME, reported_nanos=0, price=PRICE) == Priced(6_000_000, 6_000_000, "computed", 1)
    assert priced(usage=SOME, reported_nanos=0, price=None) == Priced(None, None, "unpriced", None)
    assert priced(usage=SOME, reported_nanos=0, price=ZERO) == Priced(None, None, "unpriced", None)


def test_R10_a_reported_zero_with_tokens_counts_for_a_free_model():
    assert priced(usage=SOME, reported_nanos=0, price=None, free=True) == Priced(0, None, "reported", None)
    assert priced(usage=SOME, reported_nanos=0, price=FREE) == Priced(0, 0, "reported", 1)


@pytest.mark.parametrize("usage", [Usage(), Usage(input=0, output=0)])
def test_R10_a_reported_zero_without_tokens_counts(usage):
    assert priced(usage=usage, reported_nanos=0, price=None) == Priced(0, None, "reported", None)


def test_a_reported_cost_wins_and_both_are_kept():
    assert priced(usage=SOME, reported_nanos=5, price=PRICE) == Priced(5, 6_000_000, "reported", 1)


def test_a_reported_cost_stands_without_price_or_tokens():
    assert priced(usage=Usage(), reported_nanos=5, price=None) == Priced(5, None, "reported", None)
    assert priced(usage=Usage(cache_write=1), reported_nanos=5, price=PRICE) == Priced(5, None, "reported", None)


def test_a_call_without_price_is_unpriced_never_zero():
    assert priced(usage=SOME, reported_nanos=None, price=None) == Priced(None, None, "unpriced", None)


# --- R9: which price is in force

OLD, NEW = make_price(1, starts_on=JANUARY), make_price(2, starts_on=MARCH)
CONTRACT = make_price(3, source="contract", starts_on=JANUARY, ends_on=JUNE)
BATCH = make_price(4, service_tier="batch", starts_on=MARCH)
LONG = make_price(5, starts_on=MARCH, context_over=200_000)
OLD_LONG = make_price(6, starts_on=JANUARY, context_over=200_000)


@pytest.mark.parametrize(
    ("prices", "tier", "day", "total_input", "expected"),
    [
        ([OLD, NEW], None, date(2025, 12, 31), 1, None),
        ([OLD, NEW], None, JANUARY, 1, OLD),  # the first day counts
        ([OLD, NEW], None, date(2026, 2, 28), 1, OLD),
        ([OLD, NEW], None, MARCH, 1, NEW),
        ([OLD, NEW, CONTRACT], None, MARCH, 1, CONTRACT),  # however young the catalogue price
        ([OLD, NEW, CONTRACT], None, date(2026, 5, 31), 1, CONTRACT),
        ([OLD, NEW, CONTRACT], None, JUNE, 1, NEW),  # the end is exclusive
        ([OLD, BATCH], "batch", MARCH, 1, BATCH),
        ([OLD, BATCH], "batch", JANUARY, 1, None),  # no fall-back to standard
        ([CONTRACT, BATCH], "batch", MARCH, 1, BATCH),  # a contract beats only its own service tier
        ([OLD, BATCH], "flex", MARCH, 1, None),
        ([NEW, LONG], None, MARCH, 200_000, NEW),  # reached is not exceeded
        ([NEW, LONG], None, MARCH, 200_001, LONG),
        ([OLD, OLD_LONG, NEW], None, MARCH, 300_000, NEW),  # the surcharge ended with the new list
        ([NEW, LONG, CONTRACT], None, MARCH, 300_000, CONTRACT),
        ([], None, MARCH, 1, None),
    ],
)
def test_R9_price_at(prices, tier, day, total_input, expected):
    assert price_at(prices, tier, day, total_input) == expected
    assert PriceBook(prices).at(tier, day, total_input) == expected


@pytest.mark.parametrize("text", [None, "", " ", "standard", "Default", "auto", "ON_DEMAND"])
def test_R9_the_ordinary_service_tier_has_many_names(text):
    assert service_tier_of(text) == "standard"


@pytest.mark.parametrize(("text", "tier"), [("Batch", "batch"), ("flex", "flex"), ("priority ", "priority")])
def test_R9_any_other_service_tier_stands_for_itself(text, tier):
    assert service_tier_of(text) == tier


@given(price_lists(), days, st.integers(0, 500_000), days)
def test_R9_a_contract_beats_the_catalogue_whatever_the_dates(prices, day, total_input, start):
    contract = make_price(99, source="contract", starts_on=start)
    found = price_at([*prices, contract], None, day, total_input)
    assert day < start or found.source == "contract"


@given(price_lists(), days, st.integers(0, 500_000), st.sampled_from([None, "batch", "flex"]))
def test_R9_the_latest_start_of_what_applies_wins(prices, day, total_input, tier):
    found = price_at(prices, tier, day, total_input)
    applying = [
        price for price in prices
        if price.service_tier == (tier or "standard") and price.starts_on <= day
        and (price.ends_on is None or day < price.ends_on)
        and (price.context_over == 0 or total_input > price.context_over)
    ]  # fmt: skip
    contracts = [price for price in applying if price.source == "contract"]
    rivals = contracts or applying
    assert (found is None) == (not applying)
    if found:
        assert found in rivals
        assert found.starts_on == max(price.starts_on for price in rivals)


@given(
    price_lists(), st.lists(st.tuples(days, st.integers(0, 500_000), st.sampled_from([None, "batch", "x"])), max_size=9)
)
def test_a_price_book_answers_as_price_at_in_any_order_and_again(prices, questions):
    book = PriceBook(reversed(prices))
    for day, total_input, tier in questions + questions[::-1]:
        assert book.at(tier, day, total_input) == price_at(prices, tier, day, total_input)


def test_the_memo_of_a_price_book_does_not_grow_without_end():
    book = PriceBook([OLD])
    for number in range(12_000):
        book.at(f"tier-{number}", JANUARY, 1)
        book.at(None, JANUARY + timedelta(days=number), 1)
    assert len(book._memo) <= 10_000
