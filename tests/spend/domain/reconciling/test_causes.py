"""Each bill beside what was logged, and the causes of the difference worked out by hand. Amounts in whole nanos."""

from datetime import date
from fractions import Fraction

import pytest

from spend.domain.reconciling.causes import Causes, added, causes_of
from spend.domain.reconciling.cells import sides_of
from spend.domain.reconciling.records import Billed, Logged

DAY, NEXT = date(2026, 10, 5), date(2026, 10, 6)
CENT = 10_000_000


def logged(kind, quantity, amount, model="astra", day=DAY):
    return Logged(day, model, kind, quantity, amount)


def billed(kind, quantity, amount, model="astra", day=DAY):
    return Billed(day, model, kind, "usage", quantity, amount)


def compare(ours, theirs, rates=None, rounding=0):
    """Return the causes of all that is logged and billed for tokens, and what is billed beside them."""
    sides = sides_of(ours, theirs, rates or {})
    return added(causes for _, causes in causes_of(sides.cells, rounding=rounding)), sides


# What was logged | what was billed | why they differ
BY_HAND = {
    "the same on both sides": (
        [logged("input", 1000, 3000)],
        [billed("input", 1000, 3000)],
        Causes(),
    ),
    "a fifth of the tokens never logged: 200 x 3": (
        [logged("input", 800, 2400)],
        [billed("input", 1000, 3000)],
        Causes(missing_calls=600),
    ),
    "a model never logged": (
        [],
        [billed("output", 100, 1500)],
        Causes(missing_calls=1500),
    ),
    "100 tokens logged and never billed: 100 x 3": (
        [logged("input", 1100, 3300)],
        [billed("input", 1000, 3000)],
        Causes(surplus_calls=-300),
    ),
    "a price of 2 instead of 3 on 1,000 tokens": (
        [logged("input", 1000, 3000)],
        [billed("input", 1000, 2000)],
        Causes(price=-1000),
    ),
    "both: 200 missing at the billed 4, and 1 more on the 800 known": (
        [logged("input", 800, 2400)],
        [billed("input", 1000, 4000)],
        Causes(missing_calls=800, price=800),
    ),
    "400 of 1,000 prompt tokens were cached: 400 x (1 - 10)": (
        [logged("input", 900, 9000), logged("cache_read", 100, 100)],
        [billed("input", 500, 5000), billed("cache_read", 500, 500)],
        Causes(token_kind=-3600),
    ),
    "the same, and 100 prompt tokens more in all, billed as cached": (
        [logged("input", 900, 9000), logged("cache_read", 100, 100)],
        [billed("input", 500, 5000), billed("cache_read", 600, 600)],
        Causes(token_kind=-3600, missing_calls=100),
    ),
    "an answer is no prompt: 10 output missing at 50, 10 input surplus at 3": (
        [logged("input", 110, 330), logged("output", 90, 4500)],
        [billed("input", 100, 300), billed("output", 100, 5000)],
        Causes(missing_calls=500, surplus_calls=-30),
    ),
    "one model's missing calls do not make up for another's surplus": (
        [logged("input", 100, 300), logged("input", 0, 0, model="nova")],
        [billed("input", 100, 300, model="nova")],
        Causes(missing_calls=300, surplus_calls=-300),
    ),
    "unpriced calls: their tokens are known, so what they cost is a matter of price": (
        [logged("input", 1000, 0)],
        [billed("input", 1000, 3000)],
        Causes(price=3000),
    ),
    "an amount whose quantity nobody states, beside use": (
        [logged("input", 1000, 3000)],
        [billed("input", None, 3700)],
        Causes(unexplained=700),
    ),
    "a sum for all models": (
        [logged("input", 1000, 3000), logged("output", 10, 90, model="nova")],
        [billed("", None, 4000, model="")],
        Causes(unexplained=910),
    ),
    "a sum for a model of which nothing was logged": (
        [logged("input", 1000, 3000)],
        [billed("", None, 3000), billed("", None, 500, model="nova")],
        Causes(missing_calls=500),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs", "expected"), BY_HAND.values(), ids=BY_HAND)
def test_a_difference_is_explained_as_by_hand(ours, theirs, expected):
    causes, _ = compare(ours, theirs)
    assert causes == expected
    assert causes.total == sum(line.amount for line in theirs) - sum(use.amount for use in ours)


def test_what_is_less_than_a_unit_a_day_is_rounding():
    ours = [logged("input", 1000, CENT * 5 + 7), logged("input", 1000, CENT * 5 + 7, day=NEXT)]
    theirs = [billed("input", 1000, CENT * 6), billed("input", 1000, CENT * 6, day=NEXT)]
    assert compare(ours, theirs, rounding=CENT)[0] == Causes(rounding=2 * CENT - 14)
    assert compare(ours, theirs, rounding=CENT // 2)[0] == Causes(price=2 * CENT - 14)


def test_tokens_logged_as_another_kind_are_moved_at_our_own_price_where_we_have_one():
    ours, theirs = [logged("input", 100, 1000)], [billed("input", 60, 600), billed("cache_read", 40, 80)]
    rates = {("astra", "cache_read"): Fraction(1)}
    assert compare(ours, theirs, rates)[0] == Causes(token_kind=-360, price=40)
    assert compare(ours, theirs)[0] == Causes(token_kind=-320), "else at the price of the bill"


def test_a_usage_report_alone_is_compared_at_our_prices():
    ours = [logged("input", 800, 2400)]
    theirs = [billed("input", 1000, None), billed("output", 10, None)]
    causes, sides = compare(ours, theirs, {("astra", "output"): Fraction(15)})
    assert causes == Causes(missing_calls=600 + 150)
    assert sides.valued


def test_a_usage_report_counts_the_tokens_that_an_amount_is_silent_on():
    ours = [logged("input", 800, 2400), logged("output", 100, 1500)]
    counts = [billed("input", 1000, None), billed("output", 100, None)]
    total = [billed("", None, 4500, model="")]
    assert compare(ours, total + counts)[0] == Causes(missing_calls=600)


def test_a_usage_report_adds_nothing_to_lines_that_count_themselves():
    ours = [logged("input", 1000, 3000)]
    assert compare(ours, [billed("input", 1000, 3000), billed("input", 1000, None)])[0] == Causes()


def test_a_line_that_names_less_than_the_others_is_no_token():
    ours = [logged("input", 1000, 3000)]
    search = Billed(DAY, "", "", "usage", None, 250)
    causes, sides = compare(ours, [billed("input", 1000, 3000), search])
    assert causes == Causes()
    assert sides.not_tokens == 250


def test_costs_of_calls_without_tokens_make_their_model_one_amount():
    ours = [logged("input", 1000, 3000), logged("", 0, 50)]
    causes, _ = compare(ours, [billed("input", 1000, 3000), billed("output", 5, 60)])
    assert causes == Causes(unexplained=10)


def test_fractions_of_a_nano_dollar_are_not_lost():
    ours = [logged("input", 3, 10), logged("cache_read", 3, 1), logged("output", 7, 5)]
    theirs = [billed("input", 2, 11), billed("cache_read", 5, 2), billed("output", 9, 4)]
    assert compare(ours, theirs)[0].total == 17 - 16


def test_an_amount_is_not_spread_over_what_is_billed_by_its_own_name():
    """100 for input of no named model, 50 for astra's, which a usage report counts: 150, not 50."""
    lines = [billed("input", None, 100, model=""), billed("input", None, 50), billed("input", 10, None)]
    for theirs in (lines, lines[::-1]):
        _, sides = compare([logged("input", 10, 90)], theirs)
        assert {cell.model: cell.billed_amount for cell in sides.cells} == {"": 100, "astra": 50}
