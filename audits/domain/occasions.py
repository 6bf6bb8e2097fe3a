"""When a report goes out by itself: days and times of day in a zone, whatever its clocks do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONTHLY_PACK, WEEKLY_DIGEST = "monthly_pack", "weekly_digest"
KINDS = {MONTHLY_PACK: "Monthly pack", WEEKLY_DIGEST: "Weekly digest"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Timing:
    """`day`: the working day of the month (1: the first) for a pack, the day of the week (0: Monday) for a digest."""

    kind: str
    day: int
    at: time
    zone: ZoneInfo


@dataclass(frozen=True, order=True)
class Occasion:
    """`moment` is in UTC; `day` is the day in the schedule's zone, by which occasions are told apart."""

    moment: datetime
    day: date


def latest(timing: Timing, now: datetime) -> Occasion:
    """Return the last occasion at or before `now`: what was missed since is made up for once."""
    today = now.astimezone(timing.zone).date()
    found = _of(timing, _day_near(timing, today))
    return found if found.moment <= now else _of(timing, _day_before(timing, found.day))


def following(timing: Timing, now: datetime) -> Occasion:
    """Return the first occasion after `now`."""
    last = latest(timing, now)
    return _of(timing, _day_after(timing, last.day))


def _of(timing: Timing, day: date) -> Occasion:
    """Of a time of day that comes twice the first; one that the clocks skip, as much later as they skip (PEP 495)."""
    return Occasion(datetime.combine(day, timing.at, timing.zone).astimezone(UTC), day)


def _day_near(timing: Timing, today: date) -> date:
    """Return the day of the occasion of the week or month that `today` is in, past or to come."""
    if timing.kind == WEEKLY_DIGEST:
        return today - timedelta(days=today.weekday()) + timedelta(days=timing.day)
    return working_day(today, timing.day)


def _day_before(timing: Timing, day: date) -> date:
    if timing.kind == WEEKLY_DIGEST:
        return day - timedelta(days=7)
    return working_day(day.replace(day=1) - timedelta(days=1), timing.day)


def _day_after(timing: Timing, day: date) -> date:
    if timing.kind == WEEKLY_DIGEST:
        return day + timedelta(days=7)
    return working_day((day.replace(day=1) + timedelta(days=32)).replace(day=1), timing.day)


def working_day(month: date, number: int) -> date:
    """Return the n-th day from Monday to Friday of the month that `month` is in; holidays are not known."""
    day = month.replace(day=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    for _ in range(number - 1):
        day += timedelta(days=3 if day.weekday() == 4 else 1)
    return day
