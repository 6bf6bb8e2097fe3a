"""Answer a report: first everything committed so far is worked in, then the daily rows are read."""

from __future__ import annotations

from datetime import datetime

from audits.actions.catch_up import catch_up
from audits.queries.daily import Query
from audits.queries.reports import TrueCost, true_cost
from spend.queries.zone import reporting_day


def answer(query: Query, *, at: datetime) -> TrueCost:
    """Return the report of `query` as of `at`."""
    catch_up(at=at, today=reporting_day(at))
    return true_cost(query, as_of=at)
