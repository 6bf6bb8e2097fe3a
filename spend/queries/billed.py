"""What providers billed, as reconciliation takes it: lines by provider and month, and the days that bills are of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from django.db.models import Count, F, Q, Sum

from spend.domain.periods import Month, Period
from spend.domain.reconciling.records import USAGE, Billed
from spend.models import Bill, BillLine

ProviderMonth = tuple[str, Month]


@dataclass(frozen=True)
class BilledMonth:
    """Lines of the bills in force, the days that bills are of, and these bills.

    `overlaps`: two of them state what the use of one day cost, so that it counts twice.
    """

    lines: list[Billed]
    days: frozenset[date]
    bills: list[Bill]
    overlaps: bool


@dataclass(frozen=True)
class _Line:
    """Lines of a bill that differ in nothing but amount and quantity, added up."""

    bill: int
    provider: str
    day: date
    model: str
    kind: str
    category: str
    quantity: int | None
    amount: int | None


def billed_in(period: Period, *, provider: str | None = None) -> dict[ProviderMonth, BilledMonth]:
    """Return what was billed for the months of `period`, of one provider or of all.

    Where bills state amounts, the days are those of such bills: what usage reports count of other days waits.
    """
    by_month: dict[ProviderMonth, list[_Line]] = defaultdict(list)
    for line in _lines(period, provider):
        by_month[line.provider, Month.of(line.day)].append(line)
    ids = {line.bill for lines in by_month.values() for line in lines}
    bills = Bill.objects.defer("raw").in_bulk(ids)
    return {key: _month(lines, key[1], bills) for key, lines in by_month.items()}


def _lines(period: Period, provider: str | None) -> Iterator[_Line]:
    found = BillLine.objects.filter(bill__superseded_at=None, day__gte=period.first_day, day__lt=period.end_day)
    if provider is not None:
        found = found.filter(provider=provider)
    keys = ("bill_id", "provider", "day", "llm__name", "model_text", "token_kind", "charge_category", "is_priced")
    rows = found.annotate(is_priced=Q(amount_nanos__isnull=False)).order_by().values(*keys)
    sums = rows.annotate(nanos=Sum("amount_nanos"), tokens=Sum("quantity"), uncounted=Count("pk") - Count("quantity"))
    for row in sums.order_by(*(F(key) for key in keys)):
        yield _Line(
            bill=row["bill_id"],
            provider=row["provider"],
            day=row["day"],
            model=row["llm__name"] or row["model_text"],
            kind=row["token_kind"],
            category=row["charge_category"],
            quantity=None if row["uncounted"] else round(row["tokens"]),
            amount=int(row["nanos"]) if row["is_priced"] else None,
        )


def _month(lines: list[_Line], month: Month, known: dict[int, Bill]) -> BilledMonth:
    bills = {line.bill: known[line.bill] for line in lines}
    priced = {line.bill for line in lines if line.amount is not None}
    of_use = {line.bill for line in lines if line.amount is not None and line.category == USAGE}
    days = {pk: set(_days(bill, month)) for pk, bill in bills.items()}
    sums = _sums(lines, bills)
    return BilledMonth(
        lines=[_billed(line, line.bill in sums) for line in lines],
        days=frozenset(day for pk in priced or bills for day in days[pk]),
        bills=sorted(bills.values(), key=lambda bill: (bill.first_day, bill.pk)),
        overlaps=any(days[one] & days[other] for one, other in combinations(sorted(of_use), 2)),
    )


def _sums(lines: Iterable[_Line], bills: dict[int, Bill]) -> set[int]:
    """Return the bills of more than a day all of whose lines stand on one: these are of no day."""
    on: dict[int, set[date]] = defaultdict(set)
    for line in lines:
        on[line.bill].add(line.day)
    return {pk for pk, days in on.items() if len(days) == 1 and bills[pk].end_day - bills[pk].first_day > timedelta(1)}


def _days(bill: Bill, month: Month) -> Iterator[date]:
    day, end = max(bill.first_day, month.first_day), min(bill.end_day, month.end_day)
    while day < end:
        yield day
        day += timedelta(days=1)


def _billed(line: _Line, is_sum: bool) -> Billed:
    return Billed(
        day=None if is_sum else line.day,
        model=line.model,
        kind=line.kind,
        category=line.category,
        quantity=line.quantity,
        amount=line.amount,
    )
