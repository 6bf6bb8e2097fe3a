"""The catalogue as rows: agrees with the package it is read from, and says what it could not say."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction

import pytest
from genai_prices import types as package
from genai_prices.data import providers

from spend.domain.catalogue import EARLIEST, catalogue_of, load
from spend.domain.pricing import NoPrice, Price, PriceBook, cost_of
from spend.domain.tokens import Usage

CATALOGUE = load()
ROWS: dict[tuple[str, str], list[Price]] = {}
for row in CATALOGUE.prices:
    ROWS.setdefault((row.provider, row.name), []).append(row.price)
DAYS = [date(2025, 1, 1), date(2025, 8, 15), date(2026, 6, 1), date(2026, 11, 20)]
BUCKETS = {"input_mtok": "input", "cache_read_mtok": "cache_read", "cache_write_mtok": "cache_write",
           "cache_write_1h_mtok": "cache_write_1h", "output_mtok": "output"}  # fmt: skip


def rows_of(prices, *, id="small-1", name=None, comments=None, variants=None):
    """Read a catalogue of one model."""
    info = package.ModelInfo(id=id, name=name, match=package.ClauseEquals(equals=id), prices=prices,
                             price_comments=comments, price_variants=variants)  # fmt: skip
    provider = package.Provider(id="acme", name="Acme", api_pattern="", models=[info])
    catalogue = catalogue_of([provider], reference="a test")
    return [row.price for row in catalogue.prices], [problem.kind for problem in catalogue.problems]


def dollars(**rates):
    return package.ModelPrice(**{key: Decimal(rate) for key, rate in rates.items()})


def from_day(day, prices):
    return package.ConditionalPrice(constraint=package.StartDateConstraint(start_date=day), prices=prices)


# --- the package's own data


def package_rate(info, key, day, total_input):
    """Return the package's rate: its own choice of list, and the highest tier that the input exceeds."""
    value = getattr(info.get_prices(datetime.combine(day, time(12), UTC)), key)
    if not isinstance(value, package.TieredPrices):
        return value
    return next((tier.price for tier in reversed(value.tiers) if total_input > tier.start), value.base)


def test_every_standard_rate_is_the_packages_rate():
    excused = {(problem.provider, problem.name) for problem in CATALOGUE.problems
               if problem.kind in {"time_of_day", "unavoidable_fee", "no_token_price", "no_price"}}  # fmt: skip
    compared = 0
    for provider in providers:
        for info in provider.models:
            book = PriceBook(ROWS.get((provider.id, info.id), []))
            for day, total_input in [(day, count) for day in DAYS for count in (0, 1000, 150_000, 300_000, 600_000)]:
                price = book.at(None, day, total_input)
                if price is None:
                    assert (provider.id, info.id) in excused
                    continue
                for key, bucket in BUCKETS.items():
                    theirs, ours = package_rate(info, key, day, total_input), getattr(price, bucket)
                    assert (ours or None) is None if theirs is None else abs(ours - theirs * 10**9) <= Decimal("0.5")
                    compared += 1
    assert compared > 200_000


def test_the_package_and_we_compute_the_same_cost():
    info = next(
        model for p in providers if p.id == "anthropic" for model in p.models if model.id == "claude-sonnet-4-5"
    )
    for fresh, read, written, output in [(1000, 0, 0, 10), (50_000, 149_000, 1000, 7), (50_001, 149_000, 1000, 7)]:
        theirs = info.calc_price(
            package.Usage(input_tokens=fresh + read + written, cache_read_tokens=read, cache_write_tokens=written,
                          cache_write_5m_tokens=written, output_tokens=output),
            providers[0], genai_request_timestamp=datetime(2026, 6, 1, tzinfo=UTC),
        )  # fmt: skip
        price = PriceBook(ROWS["anthropic", "claude-sonnet-4-5"]).at(None, date(2026, 6, 1), fresh + read + written)
        ours = cost_of(Usage(fresh, read, written, output), price)
        assert ours == round(Fraction(theirs.total_price) * 10**9)


def test_what_could_not_be_said_is_counted():
    """A new release of the package may change these: look at each difference before changing the figure."""
    assert Counter(problem.kind for problem in CATALOGUE.problems) == {
        "not_by_token": 102, "unavoidable_fee": 28, "no_token_price": 26, "rounded": 23, "no_price": 14,
        "time_of_day": 5, "request_option": 4,
    }  # fmt: skip


def test_a_model_without_rows_has_a_problem_that_says_why():
    told = {(problem.provider, problem.name) for problem in CATALOGUE.problems}
    assert {(m.provider, m.name) for m in CATALOGUE.models if not m.is_inherited} - ROWS.keys() <= told


def test_rows_name_their_source():
    assert {row.reference.split(",")[0] for row in CATALOGUE.prices} == {CATALOGUE.reference}
    assert CATALOGUE.reference.startswith("genai-prices ")


def test_rows_are_unique_by_model_tier_start_and_threshold():
    keys = Counter((r.provider, r.name, r.price.service_tier, r.price.starts_on, r.price.context_over)
                   for r in CATALOGUE.prices)  # fmt: skip
    assert max(keys.values()) == 1


def test_only_models_called_free_are_free():
    free = {(row.provider, row.name) for row in CATALOGUE.prices if row.price.free}
    others = sorted(name for _, name in free if not name.endswith(":free"))
    assert others == ["gemma-3", "gemma-3n", "gemma-4-26b-a4b-it", "gemma-4-31b-it"]
    assert ("github-copilot", "gpt-4o") not in free  # "included in the subscription" is a fixed cost, not a gift


def test_azure_sells_openais_models_at_openais_price():
    assert ROWS["azure", "gpt-5"] == [price for price in ROWS["openai", "gpt-5"] if price.service_tier == "standard"]


# --- rules, one small catalogue each


def test_a_price_without_a_date_begins_early():
    rows, problems = rows_of(dollars(input_mtok="2", output_mtok="8"))
    assert rows == [Price(0, "catalogue", EARLIEST, input=2 * 10**9, output=8 * 10**9)]
    assert problems == []


def test_dated_prices_become_dated_rows():
    rows, _ = rows_of([package.ConditionalPrice(prices=dollars(input_mtok="2")),
                       from_day(date(2026, 3, 1), dollars(input_mtok="1"))])  # fmt: skip
    assert [(row.starts_on, row.input) for row in rows] == [(EARLIEST, 2 * 10**9), (date(2026, 3, 1), 10**9)]


def test_a_withdrawn_price_ends_the_one_before():
    rows, problems = rows_of([package.ConditionalPrice(prices=dollars(input_mtok="2")),
                              from_day(date(2026, 3, 1), package.ModelPrice())])  # fmt: skip
    assert [(row.starts_on, row.ends_on) for row in rows] == [(EARLIEST, date(2026, 3, 1))]
    assert problems == ["no_price"]


def test_a_threshold_becomes_a_row_of_all_rates():
    tiered = package.TieredPrices(base=Decimal(2), tiers=[package.Tier(start=200_000, price=Decimal(4))])
    rows, _ = rows_of(package.ModelPrice(input_mtok=tiered, output_mtok=Decimal(8)))
    assert [(row.context_over, row.input, row.output) for row in rows] == [
        (0, 2 * 10**9, 8 * 10**9), (200_000, 4 * 10**9, 8 * 10**9),
    ]  # fmt: skip


def test_a_service_tier_has_rows_of_its_own_from_its_first_day():
    batch = package.PriceVariant(when={"processing": "batch"}, prices=dollars(input_mtok="1"),
                                 constraint=package.StartDateConstraint(start_date=date(2026, 3, 1)))  # fmt: skip
    rows, _ = rows_of(dollars(input_mtok="2", output_mtok="8"), variants=[batch])
    assert [(row.service_tier, row.starts_on, row.input, row.output) for row in rows] == [
        ("standard", EARLIEST, 2 * 10**9, 8 * 10**9),
        ("batch", date(2026, 3, 1), 10**9, 8 * 10**9),  # a rate the batch list leaves out stays the standard one
    ]


@pytest.mark.parametrize(
    ("prices", "kinds"),
    [
        (package.ModelPrice(), ["no_price"]),
        (dollars(input_mtok="0", output_mtok="0"), ["no_price"]),  # a zero is a gap, not a gift
        (dollars(audio_hours="0.1"), ["no_token_price"]),
        (dollars(input_mtok="1", output_mtok="1", requests_kcount="12"), ["unavoidable_fee"]),
        (dollars(input_mtok="1", output_mtok="1", output_image_mtok="30"), ["unavoidable_fee"]),
    ],
)
def test_what_would_be_priced_wrong_is_left_unpriced(prices, kinds):
    assert rows_of(prices) == ([], kinds)


@pytest.mark.parametrize(
    ("prices", "kinds"),
    [
        (dollars(input_mtok="1", output_mtok="1", web_searches_kcount="10"), ["not_by_token"]),
        (dollars(input_mtok="0.0833333333333333", output_mtok="1"), ["rounded"]),
    ],
)
def test_what_is_nearly_right_is_priced_and_noted(prices, kinds):
    rows, problems = rows_of(prices)
    assert (len(rows), problems) == (1, kinds)


def test_a_price_by_the_hour_is_left_unpriced():
    hours = package.TimeOfDateConstraint(start_time=time(1), end_time=time(4))
    prices = [package.ConditionalPrice(prices=dollars(input_mtok="1")),
              package.ConditionalPrice(constraint=hours, prices=dollars(input_mtok="2"))]  # fmt: skip
    assert rows_of(prices) == ([], ["time_of_day"])


@pytest.mark.parametrize(
    "evidence", [{"id": "small-1:free"}, {"name": "Small 1 (free)"}, {"comments": "Free of charge on the API."}]
)
def test_an_empty_price_with_evidence_is_free(evidence):
    rows, problems = rows_of(package.ModelPrice(), **evidence)
    assert [(row.free, row.input, row.output) for row in rows] == [(True, 0, 0)]
    assert problems == []


def test_a_model_called_free_that_has_rates_costs_them():
    rows, _ = rows_of(dollars(input_mtok="1"), id="small-1:free")
    assert [row.free for row in rows] == [False]


def test_a_used_bucket_without_a_rate_stays_unknown():
    [price], _ = rows_of(dollars(input_mtok="1", output_mtok="2"))
    with pytest.raises(NoPrice):
        cost_of(Usage(input=1, cache_read=1), price)
