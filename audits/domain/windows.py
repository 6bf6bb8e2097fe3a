"""Report lines of any windows of days, from what each day adds. The formulas are those of every report line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from itertools import accumulate
from operator import add, sub

from audits.domain.frames import RowSet, Sums, join
from audits.domain.lines import Line, line_of
from audits.domain.report import COLUMNS
from spend.domain.periods import Days, Month


def window_of(window: str, days: int | None, today: date) -> Days:
    """Return the days that a rule looks at on `today`: the month so far, so many days, or the last complete month."""
    tomorrow = today + timedelta(days=1)
    if window == "days" and days:
        return Days(tomorrow - timedelta(days=days), tomorrow)
    if window == "last_month":
        month = Month.of(today).previous
        return Days(month.first_day, month.end_day)
    return Days(today.replace(day=1), tomorrow)


def lines_of_windows(row_sets: Mapping[str, RowSet], windows: Iterable[Days]) -> dict[Days, Line]:
    """Return the line of each window; the rows of `row_sets`, named as in COLUMNS, have their day as key.

    What days do not have (latencies, units, incidents) is 0 in these lines: nothing that does not add up is in them.
    """
    by_day = join(row_sets, {name: COLUMNS[name] for name in row_sets})
    days: list[date] = [key[0] for key, _ in by_day]
    zeros: Sums = {name: dict.fromkeys(columns, 0) for name, columns in COLUMNS.items()}
    up_to = list(accumulate((sums for _, sums in by_day), partial(_combined, add), initial=zeros))

    def line(window: Days) -> Line:
        first, end = up_to[bisect_left(days, window.first_day)], up_to[bisect_left(days, window.end_day)]
        return line_of((), _combined(sub, end, first), "responsible")

    return {window: line(window) for window in set(windows)}


def _combined(operation: Callable[[int, int], int], left: Sums, right: Sums) -> Sums:
    """Add or subtract what `right` has; the rest of `left` stays."""
    found = {
        name: {column: operation(left[name][column], value) for column, value in sums.items()}
        for name, sums in right.items()
    }
    return left | found
