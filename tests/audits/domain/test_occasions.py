"""When a report goes out by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.occasions import MONTHLY_PACK, WEEKLY_DIGEST, Timing, following, latest, working_day

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "day", "at"),
    [
        ("2026-11-16T05:59:59Z", "2026-11-09", "2026-11-09T06:00:00Z"),
        ("2026-11-16T06:00:00Z", "2026-11-16", "2026-11-16T06:00:00Z"),
        ("2026-11-22T23:00:00Z", "2026-11-16", "2026-11-16T06:00:00Z"),
        ("2026-07-01T00:00:00Z", "2026-06-29", "2026-06-29T05:00:00Z"),  # an hour earlier in summer
    ],
)
def test_a_digest_is_of_the_last_monday_at_seven_in_berlin(now: str, day: str, at: str) -> None:
    found = latest(Timing(WEEKLY_DIGEST, 0, time(7), BERLIN), moment(now))
    assert (str(found.day), found.moment) == (day, moment(at))


@pytest.mark.parametrize(
    ("now", "day"), [("2026-11-03T07:00:00Z", "2026-10-05"), ("2026-11-04T07:00:00Z", "2026-11-04")]
)
def test_a_pack_goes_out_on_the_third_working_day(now: str, day: str) -> None:
    """November 2026 begins on a Sunday: its third working day is Wednesday the 4th; October's is Monday the 5th."""
    assert str(latest(Timing(MONTHLY_PACK, 3, time(7), ZoneInfo("UTC")), moment(now)).day) == day


@pytest.mark.parametrize(
    ("clock", "day", "at"),
    [
        (time(2, 30), "2026-10-25", "2026-10-25T00:30:00Z"),  # comes twice: the first time
        (time(2, 30), "2026-03-29", "2026-03-29T01:30:00Z"),  # is skipped: at 3:30, as much later
    ],
)
def test_clocks_that_change_bring_one_occasion(clock: time, day: str, at: str) -> None:
    sunday = Timing(WEEKLY_DIGEST, 6, clock, BERLIN)
    found = {latest(sunday, moment(f"{day}T00:00:00Z") + timedelta(minutes=15 * step)) for step in range(12)}
    assert [each for each in found if str(each.day) == day] == [latest(sunday, moment(at))]
    assert latest(sunday, moment(at)).moment == moment(at)


def test_working_days_leave_weekends_out() -> None:
    found = [working_day(date(2026, 8, 15), number) for number in range(1, 21)]
    assert (found[0], found[4], found[5], found[-1]) == (
        date(2026, 8, 3), date(2026, 8, 7), date(2026, 8, 10), date(2026, 8, 28)
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([(MONTHLY_PACK, 1), (MONTHLY_PACK, 20), (WEEKLY_DIGEST, 0), (WEEKLY_DIGEST, 6)]),
    st.times(), st.sampled_from(ZONES), st.integers(0, 100 * 365 * 24 * 60),
)  # fmt: skip
def test_between_two_occasions_there_is_no_other(kind: tuple[str, int], clock: time, zone: str, minutes: int) -> None:
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    timing = Timing(*kind, clock, ZoneInfo(zone))
    last, coming = latest(timing, now), following(timing, now)
    assert last.moment <= now < coming.moment
    assert latest(timing, coming.moment) == coming
    assert latest(timing, coming.moment - timedelta(seconds=1)) == last
