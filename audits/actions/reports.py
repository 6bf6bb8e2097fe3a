"""Answer a report: first everything committed so far is worked in, then the monthly rows are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audits.actions.catch_up import catch_up
from audits.queries.claims import Claim, claims
from audits.queries.overview import Overview, overview
from audits.queries.parts import Parts, parts_of_rows
from audits.queries.reports import TrueCost, one_moment, true_cost
from audits.queries.sums import Query
from spend.queries.zone import reporting_day


def answer(query: Query, *, at: datetime) -> TrueCost:
    """Return the report of `query` as of `at`."""
    catch_up(at=at, today=reporting_day(at))
    return true_cost(query, as_of=at)


@dataclass(frozen=True)
class FullReport:
    """A report with what its pages and files show besides: `parts` of the cost of a success of each row, and claims."""

    report: TrueCost
    parts: list[Parts]
    claims: list[Claim]


def answer_in_full(query: Query, *, at: datetime) -> FullReport:
    """Return the report of `query` as of `at` with all that is shown beside it, of one moment."""
    catch_up(at=at, today=reporting_day(at))
    with one_moment():
        report = true_cost(query, as_of=at)
        return FullReport(report, parts_of_rows(report), claims(query))


def bring_up_to_date(*, at: datetime) -> None:
    """Work in what was committed so far, so that lists agree with the report that led to them."""
    catch_up(at=at, today=reporting_day(at))


def look_over(*, teams: frozenset[int] | None, at: datetime) -> Overview:
    """Return the overview of `teams`, None for all, as of `at`."""
    today = reporting_day(at)
    catch_up(at=at, today=today)
    return overview(teams=teams, at=at, today=today)
