"""The $4.5 million in-house build over 14 months, reckoned by hand; and that its books are the ledger's days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.assets import (
    Charged,
    book_values,
    charged,
    charged_before,
    charged_in,
    per_day,
    per_month,
    schedule,
)
from audits.domain.sources import FixedCost, accrual
from spend.domain.periods import Month, Period

# 424 days from 1 January 2026 to 28 February 2027: $4,500,000 / 424 = $10,613.207547169 a day, and 344 nano-dollars
# over, which the first 344 days bear, to 10 December: $10,613.207547170 each.
BUILD = FixedCost("compute", 4_500_000_000_000_000, date(2026, 1, 1), date(2027, 3, 1))
DAY = 10_613_207_547_170
# What each month bears, and what is left after it.
BY_HAND = [
    ("2026-01", 329_009_433_962_270, 4_170_990_566_037_730),
    ("2026-02", 297_169_811_320_760, 3_873_820_754_716_970),
    ("2026-03", 329_009_433_962_270, 3_544_811_320_754_700),
    ("2026-04", 318_396_226_415_100, 3_226_415_094_339_600),
    ("2026-05", 329_009_433_962_270, 2_897_405_660_377_330),
    ("2026-06", 318_396_226_415_100, 2_579_009_433_962_230),
    ("2026-07", 329_009_433_962_270, 2_249_999_999_999_960),
    ("2026-08", 329_009_433_962_270, 1_920_990_566_037_690),
    ("2026-09", 318_396_226_415_100, 1_602_594_339_622_590),
    ("2026-10", 329_009_433_962_270, 1_273_584_905_660_320),
    ("2026-11", 318_396_226_415_100, 955_188_679_245_220),
    ("2026-12", 329_009_433_962_249, 626_179_245_282_971),
    ("2027-01", 329_009_433_962_239, 297_169_811_320_732),
    ("2027-02", 297_169_811_320_732, 0),
]
ABANDONED = replace(BUILD, abandoned_on=date(2026, 9, 15))


def told(cost: FixedCost) -> list[tuple[str, int, int]]:
    return [(str(line.month), line.charged.total, line.closing) for line in schedule(cost)]


def test_the_build_is_amortised_as_reckoned_by_hand() -> None:
    assert told(BUILD) == BY_HAND
    assert {line.charged.written_off for line in schedule(BUILD)} == {0}
    assert (per_day(BUILD), per_month(BUILD)) == (10_613_207_547_170, 322_818_396_226_415)


def test_abandoned_in_its_ninth_month_the_rest_is_written_off_that_day() -> None:
    assert told(ABANDONED) == [*BY_HAND[:8], ("2026-09", 1_920_990_566_037_690, 0)]
    assert schedule(ABANDONED)[-1].charged == Charged(14 * DAY, 1_772_405_660_377_310)


def test_only_what_days_gone_by_bear_counts() -> None:
    def by(day: int) -> Charged:
        return charged_in(ABANDONED, Period(Month(2026, 9), Month(2026, 10)), date(2026, 9, day))

    assert (by(14), by(15)) == (Charged(14 * DAY, 0), Charged(14 * DAY, 1_772_405_660_377_310))
    assert by(15) == by(30)


def test_the_line_of_its_book_value_falls_at_once_on_the_day_it_is_abandoned() -> None:
    points = book_values(ABANDONED)
    assert points[:2] == [(date(2026, 1, 1), BUILD.amount), (date(2026, 2, 1), BY_HAND[0][2])]
    assert points[-2:] == [(date(2026, 9, 15), 1_772_405_660_377_310), (date(2026, 9, 15), 0)]
    assert book_values(BUILD)[-1] == (date(2027, 3, 1), 0)


@pytest.mark.parametrize("gone", [date(2026, 1, 1), date(2025, 11, 5)], ids=["on its first day", "before it began"])
def test_given_up_before_it_served_it_is_written_off_whole(gone: date) -> None:
    cost = replace(BUILD, abandoned_on=gone)
    assert [(line.month, line.charged) for line in schedule(cost)] == [(Month.of(gone), Charged(0, BUILD.amount))]
    assert book_values(cost) == [(gone, BUILD.amount), (gone, 0)]


@given(
    amount=st.integers(0, 10**18), days=st.integers(1, 900), gone=st.none() | st.integers(-40, 950),
    first=st.integers(-50, 1_000), length=st.integers(0, 400),
)  # fmt: skip
def test_any_days_bear_what_the_ledger_has_of_them_and_all_of_them_the_amount(
    amount: int, days: int, gone: int | None, first: int, length: int
) -> None:
    start = date(2026, 2, 3)
    cost = FixedCost(
        "compute", amount, start, start + timedelta(days), None if gone is None else start + timedelta(gone)
    )
    ledger = accrual(cost, date(2040, 1, 1))
    begin, end = start + timedelta(first), start + timedelta(first + length)
    assert charged(cost, begin, end).total == sum(share for day, share in ledger if begin <= day < end)
    assert charged_before(cost, date(2040, 1, 1)).total == sum(line.charged.total for line in schedule(cost)) == amount
