"""Exact money: rounding is half even, and parts sum to the whole."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.domain.money import divide, split, to_dollars, to_nanos, to_text

amounts = st.integers(0, 10**24)
weights = st.one_of(st.integers(0, 10**9), st.decimals(0, 10**6, places=6, allow_nan=False))
weight_lists = st.lists(weights, min_size=1, max_size=20).filter(lambda values: sum(values) > 0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (7, 2, 4),
        (5, 2, 2),  # a half goes to the even neighbour, up or down
        (3, 2, 2),
        (1, 2, 0),
        (-1, 2, 0),
        (-3, 2, -2),
        (-5, 2, -2),
        (10, 3, 3),
        (11, 3, 4),
        (0, 9, 0),
    ],
)
def test_R6_divide_rounds_half_even(numerator, denominator, expected):
    assert divide(numerator, denominator) == expected


@given(st.integers(-(10**40), 10**40), st.integers(1, 10**20))
def test_R6_divide_agrees_with_fractions(numerator, denominator):
    assert divide(numerator, denominator) == round(Fraction(numerator, denominator))  # round() is half even


@pytest.mark.parametrize(
    ("dollars", "nanos"),
    [
        ("250000", 250_000 * 10**9),
        ("0.0000000005", 0),
        ("0.0000000015", 2),
        ("-0.0000000015", -2),
        ("1e-9", 1),
        ("4705.882352941", 4_705_882_352_941),
    ],
)
def test_to_nanos_rounds_half_even(dollars, nanos):
    assert to_nanos(Decimal(dollars)) == nanos


@given(st.integers(-(10**30), 10**30))
def test_nanos_survive_the_way_through_dollars_and_text(nanos):
    assert to_nanos(to_dollars(nanos)) == nanos
    assert to_nanos(Decimal(to_text(nanos))) == nanos


@pytest.mark.parametrize(
    ("nanos", "text"),
    [(0, "0.00"), (10**9, "1.00"), (1, "0.000000001"), (-1_500_000_000, "-1.50"), (123_456_000_000, "123.456")],
)
def test_to_text_shows_two_to_nine_places(nanos, text):
    assert to_text(nanos) == text


@pytest.mark.parametrize(
    ("amount", "shares", "expected"),
    [
        (10, [1, 1, 1], [4, 3, 3]),  # equal remainders: the first target takes it
        (11, [1, 1, 1], [4, 4, 3]),
        (300, [2, 1], [200, 100]),
        (1, [0, 1], [0, 1]),
        (0, [1, 2], [0, 0]),
        (100, [Decimal("0.5"), Decimal("0.25"), Decimal("0.25")], [50, 25, 25]),
        (5, [1, 2, 2], [1, 2, 2]),
    ],
)
def test_R6_split_by_largest_remainder(amount, shares, expected):
    assert split(amount, shares) == expected


@given(amounts, weight_lists)
def test_R6_split_conserves_and_stays_within_one_nano_of_exact(amount, shares):
    parts = split(amount, shares)
    total = sum(Fraction(share) for share in shares)
    assert sum(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - Fraction(share) * amount / total) < 1
        assert share != 0 or part == 0


@given(amounts, weight_lists)
def test_R6_split_gives_what_is_left_to_the_largest_remainders_earlier_first(amount, shares):
    parts = split(amount, shares)
    total = sum(Fraction(share) for share in shares)
    exact = [Fraction(share) * amount / total for share in shares]
    remainders = [share - int(share) for share in exact]
    order = sorted(range(len(shares)), key=lambda index: (-remainders[index], index))
    raised = [index for index in order if parts[index] > int(exact[index])]
    assert raised == order[: len(raised)]


@given(amounts, weight_lists, st.integers(1, 1000))
def test_split_knows_only_proportions(amount, shares, factor):
    assert split(amount, shares) == split(amount, [share * factor for share in shares])


@pytest.mark.parametrize(("amount", "shares"), [(10, []), (10, [0, 0]), (10, [2, -1]), (-1, [1])])
def test_split_refuses_what_cannot_carry_the_amount(amount, shares):
    with pytest.raises(ValueError, match=r"weights|amounts"):
        split(amount, shares)
