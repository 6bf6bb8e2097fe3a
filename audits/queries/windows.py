"""Report lines of windows of days, by the queries of a report, from daily rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from audits.domain.lines import Line
from audits.domain.windows import lines_of_windows
from audits.queries import sums
from audits.queries.moment import one_moment
from audits.queries.sums import Query
from spend.domain.periods import Days

Filters = dict[str, tuple[int | None, ...]]


def lines_of(filters: Filters, windows: Collection[Days]) -> dict[Days, Line]:
    """Return the line of each window; bring the rows up to date first (`actions.catch_up`)."""
    if not windows:
        return {}
    span = Days(_first(windows), max(window.end_day for window in windows))
    query = Query(span.period, by=("day",), filters=filters, days=span)
    with one_moment():
        row_sets = {
            "calls": sums.calls_without_latency(query), "tasks": sums.tasks(query), "entries": sums.entries(query),
        }  # fmt: skip
    return lines_of_windows(row_sets, windows)


def _first(windows: Collection[Days]) -> date:
    return min(window.first_day for window in windows)
