"""Where a month of a budget stands, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from audits.domain.budgets import Standing
from spend.domain.periods import Month

NOVEMBER = Month(2026, 11)


def stands(day: int, spent: int | None) -> Standing:
    return Standing(NOVEMBER, date(2026, 11, day), 300, spent)


def test_a_straight_line_goes_on_as_a_day_did_so_far():
    tenth = stands(10, 120)  # $12 a day for ten days
    assert (tenth.days_begun, tenth.days_left) == (10, 20)
    assert (tenth.forecast, tenth.left) == (360, 180)
    assert (tenth.share, tenth.forecast_share) == (Decimal("0.4"), Decimal("1.2"))


def test_on_the_first_day_each_day_is_like_it():
    assert stands(1, 5).forecast == 150


def test_what_is_not_known_is_not_nothing():
    unknown = stands(11, None)
    assert (unknown.share, unknown.forecast, unknown.forecast_share, unknown.left) == (None,) * 4


def test_a_month_that_is_over_is_what_it_cost():
    last_day = stands(30, 310)
    assert (last_day.days_left, last_day.forecast, last_day.left) == (0, 310, -10)
