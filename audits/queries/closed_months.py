"""The months of an installation: which are closed, what was reported of them, and what was adjusted since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min

from accounts.queries import shown_name
from audits.models import Close, MonthlyCalls, MonthlyEntries
from spend.domain.periods import Month
from spend.store import raw_cursor

OPEN = "open"
MOST_MONTHS = 36


@dataclass(frozen=True)
class Cost:
    """Nanos."""

    token_bill: int = 0
    true_cost: int = 0


@dataclass(frozen=True)
class Doing:
    """Somebody did something to a close."""

    what: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """A month: `close` is what last happened to it, `cost` what is reported of it, `adjusted` what moved since."""

    month: Month
    state: str
    close: Close | None
    cost: Cost
    adjusted: int | None = None
    last: Doing | None = None

    @property
    def is_closed(self) -> bool:
        return self.state == Close.CLOSED


def standings(*, today: date, reader: str) -> list[Standing]:
    """Return the months with anything in them up to the one so far, the latest first, as `reader` may know them."""
    this = Month.of(today)
    first = first_month() or this
    months = [this]
    while months[-1] > first and len(months) < MOST_MONTHS:
        months.append(months[-1].previous)
    closes = closes_by_month(months)
    reported, restated = _costs("reported", "period", months), _costs("monthly", "", months)
    return [_standing(month, closes.get(month), reported, restated, reader) for month in months]


def _standing(
    month: Month, close: Close | None, reported: Mapping[Month, Cost], restated: Mapping[Month, Cost], reader: str
) -> Standing:
    now, then = restated.get(month, Cost()), reported.get(month, Cost())
    if close is None:
        return Standing(month, OPEN, None, now)
    last = doings(close, reader=reader)[-1]
    if close.state != Close.CLOSED:
        return Standing(month, close.state, close, now, last=last)
    return Standing(month, close.state, close, then, now.true_cost - then.true_cost, last)


def first_month() -> Month | None:
    """Return the first month with a call or an entry."""
    found = [
        MonthlyCalls.objects.aggregate(first=Min("month"))["first"],
        MonthlyEntries.objects.aggregate(first=Min("task_month"))["first"],
    ]
    return min((Month.of(day) for day in found if day), default=None)


def closes_by_month(months: Sequence[Month]) -> dict[Month, Close]:
    """Return what last happened to each month: of several closes the latest that covers it."""
    found: dict[Month, Close] = {}
    for close in Close.objects.order_by("pk"):
        for month in months:
            if close.first_month <= month.first_day <= close.month:
                found[month] = close
    return found


def latest_closed() -> Close | None:
    """Return the last close in force."""
    return Close.objects.filter(state=Close.CLOSED).order_by("-month").first()


def next_to_close(*, today: date) -> Month | None:
    """Return the month whose turn it is: the first open one; of an installation never closed the last full one."""
    last = latest_closed()
    month = Month.of(last.month).next if last else Month.of(today).previous
    return month if month.end_day <= today else None


def doings(close: Close, *, reader: str) -> list[Doing]:
    """Return who drafted, signed and reopened it, as the reader may know them, in order."""
    steps = (
        ("Drafted", close.drafted_by, close.drafted_at),
        ("Signed", close.closed_by, close.closed_at),
        ("Reopened", close.reopened_by, close.reopened_at),
    )
    return [Doing(what, shown_name(by, is_reader=by == reader), at) for what, by, at in steps if at is not None]


def _costs(prefix: str, when: str, months: Sequence[Month]) -> dict[Month, Cost]:
    """Return the cost of each month, by `when` or where that is empty by the month that calls and entries are of."""
    params = {"first": min(months).first_day, "end": max(months).end_day}
    of_calls, of_entries = when or "month", when or "task_month"
    with raw_cursor() as cursor:
        cursor.execute(
            f"SELECT day, sum(bill), sum(cost) FROM (SELECT {of_calls} AS day, cost AS bill, cost FROM"
            f" audits_{prefix}calls WHERE {of_calls} >= %(first)s AND {of_calls} < %(end)s UNION ALL"
            f" SELECT {of_entries}, 0, amount FROM audits_{prefix}entries WHERE {of_entries} >= %(first)s"
            f" AND {of_entries} < %(end)s) AS each GROUP BY 1",
            params,
        )
        return {Month.of(day): Cost(int(bill or 0), int(cost or 0)) for day, bill, cost in cursor}
