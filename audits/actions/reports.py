"""Answer a report: first everything committed so far is worked in, then the monthly rows are read."""

from __future__ import annotations

from datetime import datetime

from audits.actions.catch_up import catch_up
from audits.queries.parts import Parts, parts_of_rows
from audits.queries.reports import TrueCost, one_moment, true_cost
from audits.queries.sums import Query
from spend.queries.zone import reporting_day


def answer(query: Query, *, at: datetime) -> TrueCost:
    """Return the report of `query` as of `at`."""
    catch_up(at=at, today=reporting_day(at))
    return true_cost(query, as_of=at)


def answer_with_parts(query: Query, *, at: datetime) -> tuple[TrueCost, list[Parts]]:
    """Return the report of `query` as of `at`, and what the cost of a success of each row is made of."""
    catch_up(at=at, today=reporting_day(at))
    with one_moment():
        report = true_cost(query, as_of=at)
        return report, parts_of_rows(report)


def bring_up_to_date(*, at: datetime) -> None:
    """Work in what was committed so far, so that lists agree with the report that led to them."""
    catch_up(at=at, today=reporting_day(at))
