"""Days and months of the reporting zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.domain.periods import Month, Period, day_of, start_of

AUCKLAND, BERLIN, CHICAGO = ZoneInfo("Pacific/Auckland"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/Chicago")
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [(UTC, date(2026, 3, 31)), (CHICAGO, date(2026, 3, 31)), (AUCKLAND, date(2026, 4, 1)), (BERLIN, date(2026, 4, 1))],
)
def test_an_instant_lies_on_the_day_of_the_zone(zone, expected):
    assert day_of(datetime(2026, 3, 31, 22, 30, tzinfo=UTC), zone) == expected


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2026, 10, 1), UTC, datetime(2026, 10, 1, tzinfo=UTC)),
        (date(2026, 10, 1), BERLIN, datetime(2026, 9, 30, 22, tzinfo=UTC)),  # summer time
        (date(2026, 11, 1), BERLIN, datetime(2026, 10, 31, 23, tzinfo=UTC)),  # winter time
    ],
)
def test_a_day_begins_at_midnight_of_the_zone(day, zone, expected):
    assert start_of(day, zone) == expected


@given(days, st.sampled_from([UTC, AUCKLAND, BERLIN, CHICAGO]))
def test_days_meet_without_gap_or_overlap(day, zone):
    start, end = start_of(day, zone), start_of(day + timedelta(days=1), zone)
    assert day_of(start, zone) == day
    assert day_of(end - timedelta(microseconds=1), zone) == day
    assert day_of(end, zone) == day + timedelta(days=1)


@given(days)
def test_a_month_holds_its_days_and_meets_its_neighbours(day):
    month = Month.of(day)
    assert month.first_day <= day < month.end_day
    assert month.end_day == month.next.first_day
    assert month.next.previous == month
    assert Month.parse(str(month)) == month


@pytest.mark.parametrize(
    "text",
    [
        "2026-13",
        "2026-00",
        "2026-1",
        "26-10",
        "2026-10-01",
        "",
        "0000-01",
        "0001-01",
        "9999-12",
        "2026-10\n",
        "٢٠٢٦-10",
    ],
)
def test_month_refuses_other_texts(text):
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


def test_a_period_runs_over_whole_months():
    period = Period(Month(2025, 11), Month(2026, 2))
    assert [str(month) for month in period.months()] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert (period.first_day, period.end_day) == (date(2025, 11, 1), date(2026, 3, 1))


def test_a_period_cannot_end_before_it_begins():
    with pytest.raises(ValueError, match="cannot end"):
        Period(Month(2026, 2), Month(2026, 1))
