"""Row sets joined by key, exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from audits.domain.frames import join, total

COLUMNS = {"left": ("money",), "right": ("count",)}
HUGE = 2**53 + 1  # a float would read 2**53


def test_no_integer_becomes_a_float():
    rows = join({"left": [((1,), {"money": HUGE})], "right": [((2,), {"count": 10**30 + 1})]}, COLUMNS)
    assert rows == [
        ((1,), {"left": {"money": HUGE}, "right": {"count": 0}}),
        ((2,), {"left": {"money": 0}, "right": {"count": 10**30 + 1}}),
    ]
    assert {type(value) for _, sums in rows for row in sums.values() for value in row.values()} == {int}
    assert total(rows, COLUMNS) == {"left": {"money": HUGE}, "right": {"count": 10**30 + 1}}


def test_totals_outgrow_64_bits():
    rows = join({"left": [((n,), {"money": 2**62 + 1}) for n in range(5)], "right": []}, COLUMNS)
    assert total(rows, COLUMNS)["left"] == {"money": 5 * (2**62 + 1)}


def test_what_the_database_sums_to_decimals_and_nulls_is_read_as_integers():
    [(_, sums)] = join({"left": [((1,), {"money": Decimal(HUGE)})], "right": [((1,), {"count": None})]}, COLUMNS)
    assert sums == {"left": {"money": HUGE}, "right": {"count": 0}}
    assert type(sums["left"]["money"]) is int


def test_keys_are_sorted_with_none_last_in_each_place():
    keys = [(None, 1), (2, None), (2, 10), (1, 5), (2, 9)]
    rows = join({"left": [(key, {"money": 1}) for key in keys], "right": []}, COLUMNS)
    assert [key for key, _ in rows] == [(1, 5), (2, 9), (2, 10), (2, None), (None, 1)]


def test_a_none_in_a_key_leaves_the_others_as_they_are():
    rows = join({"left": [((None, date(2026, 10, 1), "1>2"), {"money": 1})], "right": []}, COLUMNS)
    assert rows[0][0] == (None, date(2026, 10, 1), "1>2")


def test_an_empty_text_is_as_good_as_none_and_rows_of_one_key_are_added_up():
    rows = join({"left": [(("",), {"money": HUGE}), ((None,), {"money": HUGE})], "right": []}, COLUMNS)
    assert rows == [((None,), {"left": {"money": 2 * HUGE}, "right": {"count": 0}})]
    assert type(rows[0][1]["left"]["money"]) is int


def test_a_key_of_nothing_is_a_key():
    assert join({"left": [((), {"money": 1})], "right": []}, COLUMNS)[0][0] == ()


def test_of_nothing_there_is_nothing():
    assert join({"left": [], "right": []}, COLUMNS) == []
    assert total([], COLUMNS) == {"left": {"money": 0}, "right": {"count": 0}}
