"""That months of a report are closed, and the switch between what was reported of them and what is known now."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from accounts.domain.reach import Reach
from accounts.queries import shown_name
from audits.models import Close
from audits.queries.closed_months import closes_by_month
from audits.queries.sums import Query
from audits.views.links import Words, link
from spend.queries.zone import reporting_day

_BASES = {"reported": "As reported", "restated": "Restated"}


@dataclass(frozen=True)
class Strip:
    """`choices` are label, address and whether it is shown; `bridge` is where the difference stands, for who may."""

    sentence: str
    choices: list[tuple[str, str, bool]]
    bridge: str


def strip(query: Query, asked: Words, reach: Reach) -> Strip | None:
    """Return it where a month of the report is closed."""
    months = list(query.period.months())
    found = closes_by_month(months)
    closed = [month for month in months if month in found and found[month].state == Close.CLOSED]
    if not closed:
        return None
    is_one = len(months) == 1
    return Strip(
        sentence=_of_one(found[closed[0]], reach) if is_one else _of_many(len(closed), len(months)),
        choices=[(label, link("report", {**asked, "basis": [basis]}), query.basis == basis)
                 for basis, label in _BASES.items()],
        bridge=f"{reverse('close', args=[closed[0]])}#bridge" if is_one and reach.writes_reference else "",
    )  # fmt: skip


def _of_one(close: Close, reach: Reach) -> str:
    by = shown_name(close.closed_by, is_reader=close.closed_by == reach.name)
    day = f" on {reporting_day(close.closed_at)}" if close.closed_at else ""
    return f"This month is closed: signed by {by}{day}."


def _of_many(closed: int, months: int) -> str:
    return f"All {months} months are closed." if closed == months else f"{closed} of {months} months are closed."
