"""The charges of a billing period, row by row: those of a closed month as it froze them, else of what there is now.

What moved of closed months since is in the first open month, as in reports on the `reported` basis. Rows come from
cursors of the server: read them inside `one_moment`, and bring rows up to date first (`actions.catch_up`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from audits.domain.charges import (
    BEYOND_CALLS,
    TOKENS,
    Charge,
    Group,
    Prices,
    Use,
    charges_of,
    corrections,
)
from audits.freezing import CHARGE_COLUMNS
from audits.queries.closes import open_from
from audits.queries.moment import one_moment as one_moment
from audits.queries.moved_charges import GROUP, METER, MOVED_DAYS, SOURCE
from spend.domain.periods import Month, Period
from spend.domain.pricing import STANDARD, Price, PriceBook
from spend.queries.book import Book, book

_AT_ONCE = 2_000
Params = dict[str, Any]


def charges(period: Period, *, teams: frozenset[int] | None, bill: str = "computed") -> Iterator[tuple[Month, Charge]]:
    """Yield what is charged in each month of `period` to `teams`, None for all; as billed, what bills add too."""
    reader = Reader(teams)
    for month in period.months():
        for charge in reader.of_month(month):
            yield month, charge
        if bill == "billed":
            for charge in reader.beyond_calls(month):
                yield month, charge


class Reader:
    """Reads charges with the prices of one moment."""

    def __init__(self, teams: frozenset[int] | None) -> None:
        self._teams = teams
        self._prices = _PriceLists(book())
        self._open_from = open_from()

    def of_month(self, month: Month) -> Iterator[Charge]:
        first = month.first_day
        if self._open_from and first < self._open_from:
            yield from self._frozen("period = %(first)s", {"first": first})
            return
        yield from self._live(first, month.end_day)
        if first == self._open_from:
            for (day,) in list(self._rows(MOVED_DAYS, {"first": first})):
                live = self._live(day, day + timedelta(days=1))
                yield from corrections(live, self._frozen("day = %(day)s", {"day": day}))

    def beyond_calls(self, month: Month) -> Iterator[Charge]:
        """What was billed beyond logged calls, where finance decided that it be shown: of whole months."""
        sql = (
            f"SELECT month, {GROUP}, sum(amount) FROM audits_reportedbills WHERE period = %(first)s{self._of_teams()}"
            f" GROUP BY month, {GROUP} HAVING sum(amount) <> 0 ORDER BY 1, 2, 3, 4, 5"
        )
        for *group, amount in self._rows(sql, {"first": month.first_day}):
            yield Charge(Group(*group), BEYOND_CALLS, int(amount))

    def _live(self, first: date, end: date) -> Iterator[Charge]:
        yield from self._calls(first, end)
        yield from self._entries(first, end)

    def _calls(self, first: date, end: date) -> Iterator[Charge]:
        tokens = ", ".join(f"sum({kind}_tokens)" for kind in TOKENS)
        sql = (
            f"SELECT day, {GROUP}, sum(calls), sum(priced_calls), sum(cost), {tokens} FROM audits_dailycalls"
            f" WHERE day >= %(first)s AND day < %(end)s{self._of_teams()} GROUP BY day, {GROUP} ORDER BY 1, 2, 3, 4, 5"
        )
        for day, team, task_type, tier, llm, calls, priced, cost, *counts in self._rows(sql, _span(first, end)):
            group = Group(day, team, task_type, tier, llm)
            use = Use(group, int(calls), int(priced), dict(zip(TOKENS, map(int, counts), strict=True)), int(cost))
            yield from charges_of(use, self._prices.on(llm, day))

    def _entries(self, first: date, end: date) -> Iterator[Charge]:
        """Fixed costs one by one, human work and losses by category, from the ledger: net of what was reversed."""
        sql = (
            f"SELECT service_date, {GROUP}, {METER} AS meter, {SOURCE} AS source, sum(amount_nanos)"
            f" FROM audits_entry WHERE service_date >= %(first)s AND service_date < %(end)s{self._of_teams()}"
            f" GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(amount_nanos) <> 0"
            " ORDER BY 1, 6, 7, 2, 3, 4, 5"
        )
        for *group, meter, source, amount in self._rows(sql, _span(first, end)):
            yield Charge(Group(*group), meter, int(amount), source=source)

    def _frozen(self, where: str, params: Params) -> Iterator[Charge]:
        sql = (
            f"SELECT {', '.join(CHARGE_COLUMNS)} FROM audits_closedcharges WHERE {where}{self._of_teams()}"
            " AND close_id IN (SELECT id FROM audits_closesinforce) ORDER BY id"
        )
        for row in self._rows(sql, params):
            yield charge_of(row)

    def _of_teams(self) -> str:
        return "" if self._teams is None else " AND team_id = ANY(%(teams)s)"

    def _rows(self, sql: str, params: Params) -> Iterator[tuple[Any, ...]]:
        teams = {} if self._teams is None else {"teams": sorted(self._teams)}
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, {**params, **teams})
            while rows := cursor.fetchmany(_AT_ONCE):
                yield from rows


def charge_of(row: Sequence[Any]) -> Charge:
    """Return the charge that a frozen row keeps."""
    day, team, task_type, tier, llm, meter, amount, quantity, source, unpriced, rate, list_rate, priced_by = row
    group = Group(day, team, task_type, tier, llm)
    return Charge(group, meter, int(amount), quantity, source, unpriced, rate, list_rate, priced_by)


def row_of(charge: Charge) -> tuple[Any, ...]:
    """Return what a frozen row keeps of a charge, in the order of CHARGE_COLUMNS."""
    return (
        *charge.group, charge.meter, charge.amount, charge.quantity, charge.source, charge.unpriced, charge.rate,
        charge.list_rate, charge.priced_by,
    )  # fmt: skip


def _span(first: date, end: date) -> Params:
    return {"first": first, "end": end}


class _PriceLists:
    """The prices of models by day, in force and of the catalogue."""

    def __init__(self, reference: Book) -> None:
        self._book = reference
        self._listed: dict[int, PriceBook] = {}

    def on(self, llm: int | None, day: date) -> Prices:
        if llm is None:
            return Prices()
        return Prices(self._book.prices_of(llm).at(STANDARD, day, 0), self._catalogue(llm).at(STANDARD, day, 0))

    def _catalogue(self, llm: int) -> PriceBook:
        found = self._listed.get(llm)
        if found is None:
            listed: list[Price] = [each for each in self._book.prices.get(llm, ()) if each.source == "catalogue"]
            found = self._listed[llm] = PriceBook(listed)
        return found
