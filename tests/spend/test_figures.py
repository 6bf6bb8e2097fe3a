"""How figures look: rounded for people, exact beside it, a dash for what nobody knows."""

from __future__ import annotations

import pytest

from spend.templatetags import figures

DOLLAR = 1_000_000_000
UNKNOWN = "unknown</span>"


@pytest.mark.parametrize(
    ("nanos", "shown"),
    [
        (None, "\N{EN DASH}"),
        (0, "$0.00"),
        (1, "<$0.0001"),  # never shown as nothing
        (50_000, "<$0.0001"),  # half of the least shown would be rounded to even, to nothing
        (235_294_117, "$0.2353"),
        (DOLLAR, "$1.00"),
        (12_535_900_000, "$12.54"),
        (1_234_567 * DOLLAR, "$1,234,567"),
        (-5 * DOLLAR, "\N{MINUS SIGN}$5.00"),
    ],
)
def test_money_is_rounded_by_its_size(nanos: int | None, shown: str) -> None:
    assert figures.plain_money(nanos) == shown


def test_money_has_its_exact_value_beside_it() -> None:
    assert figures.money(235_294_117) == '<data value="0.235294117" title="$0.235294117">$0.2353</data>'


def test_columns_have_the_same_places() -> None:
    assert [figures.plain_money(nanos, 2) for nanos in (0, 1, 1_500_000_000)] == ["$0.00", "<$0.01", "$1.50"]
    assert figures.exact_money(1_234_500_000_000) == "$1,234.500000000"


@pytest.mark.parametrize("kind", ["money", "money2", "money4", "percent", "count", "ratio", "number"])
def test_the_unknown_is_a_dash_and_never_zero(kind: str) -> None:
    assert UNKNOWN in figures.figure(None, kind)
    assert UNKNOWN not in figures.figure(0, kind)


def test_intervals_say_from_where_to_where() -> None:
    assert ">$2.30 to $2.52<" in figures.interval((2_300_000_000, 2_520_000_000))
    assert ">12.1% to 22.5%<" in figures.interval((0.121, 0.225), "percent")
    assert UNKNOWN in figures.interval((None, None))


@pytest.mark.parametrize(("number", "shown"), [(1.0, "1"), (18.37, "18.4"), (355.17, "355")])
def test_ratios_keep_three_digits(number: float, shown: str) -> None:
    assert figures.plain_ratio(number) == f"{shown}\N{MULTIPLICATION SIGN}"


def test_one_is_not_plural() -> None:
    assert [figures.plural(number, "call") for number in (0, 1, 2_000)] == ["0 calls", "1 call", "2,000 calls"]
