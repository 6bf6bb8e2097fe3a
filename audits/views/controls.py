"""The form that asks for a report, filled in as the one shown was asked for, and short cuts to the usual months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audits.queries.asking import BASES, BILLS, LENSES, SUCCESSES
from audits.queries.choices import Choices
from audits.queries.reports import UNATTRIBUTED
from audits.queries.sums import DIMENSIONS, FILTERS, Query
from audits.views.links import Words, link
from audits.views.wording import LABELS
from spend.domain.periods import Month, Period

_ENDS = {"from", "to"}


@dataclass(frozen=True)
class Pick:
    """A period that people ask for again and again."""

    label: str
    href: str
    is_current: bool


def controls(query: Query, asked: Words, found: Choices, this_month: Month) -> dict[str, Any]:
    period = query.period
    rest = {name: values for name, values in asked.items() if name not in _ENDS}
    return {
        "first": str(period.first),
        "last": str(period.last),
        "picks": [
            Pick(label, _of(picked, rest), picked == period) for label, picked in picks(this_month).items() if picked
        ],
        "previous": _beside(period, rest, -1),
        "next": _beside(period, rest, 1),
        "by": [*query.by, ""][:2],
        "dimensions": DIMENSIONS,
        "choices": [
            _choice("lens", LENSES, query.lens),
            _choice("basis", BASES, query.basis),
            _choice("success", SUCCESSES, query.success),
            _choice("bill", BILLS, query.bill),
        ],
        "sort": asked.get("sort", [""])[-1],
        "narrowed": bool(rest.keys() - {"by", "sort"}),
        "filters": [_filter(name, found.names[name], asked.get(name, ())) for name in FILTERS],
    }


def picks(this_month: Month) -> dict[str, Period]:
    """Return the usual periods by name; those of several months end with the last full one."""
    last = this_month.previous
    return {
        "Last month": Period(last, last),
        "This month": Period(this_month, this_month),
        "Last 3 months": Period(_before(last, 2), last),
        "Year to date": Period(Month(this_month.year, 1), this_month),
        "Last 12 months": Period(_before(last, 11), last),
    }


def _before(month: Month, count: int) -> Month:
    for _ in range(count):
        month = month.previous
    return month


def _beside(period: Period, rest: Words, step: int) -> str:
    """Return the address of the month before or after a single one, empty where there is none."""
    if period.first != period.last:
        return ""
    try:
        month = period.first.previous if step < 0 else period.first.next
        return _of(Period(month, month), rest) if month.end_day else ""
    except (OverflowError, ValueError):
        return ""  # the calendar ends


def _of(period: Period, rest: Words) -> str:
    return link("report", {"from": [str(period.first)], "to": [str(period.last)], **rest})


def _choice(name: str, options: Sequence[str], chosen: str) -> dict[str, Any]:
    label, help_ = LABELS[name]
    return {
        "name": name,
        "label": label,
        "help": help_,
        "options": [(option, LABELS[option][0], option == chosen) for option in options],
    }


def _filter(name: str, names: list[str], chosen: Sequence[str]) -> dict[str, Any]:
    return {"name": name, "options": [*names, UNATTRIBUTED], "chosen": list(chosen), "many": len(chosen) > 1}
