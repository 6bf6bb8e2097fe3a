"""What providers billed, as reconciliation takes it: lines by provider and month, and the days that bills are of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

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


def billed_in(period: Period, *, provider: str | None = None) -> dict[ProviderMonth, BilledMonth]:
    """Return what was billed for the months of `period`, of one provider or of all.

    Where bills state amounts, the days are those of such bills: what usage reports count of other days waits.
    """
    by_month: dict[ProviderMonth, list[BillLine]] = defaultdict(list)
    for line in _lines(period, provider):
        by_month[line.provider, Month.of(line.day)].append(line)
    return {key: _month(lines, key[1]) for key, lines in by_month.items()}


def _lines(period: Period, provider: str | None) -> Iterator[BillLine]:
    lines = BillLine.objects.filter(
        bill__superseded_at=None, day__gte=period.first_day, day__lt=period.end_day
    ).select_related("bill", "llm")
    return lines.filter(provider=provider).iterator() if provider is not None else lines.iterator()


def _month(lines: list[BillLine], month: Month) -> BilledMonth:
    bills = {line.bill_id: line.bill for line in lines}
    priced = {line.bill_id for line in lines if line.amount_nanos is not None}
    of_use = {line.bill_id for line in lines if line.amount_nanos is not None and line.charge_category == USAGE}
    days = {bill: set(_days(bills[bill], month)) for bill in bills}
    sums = _sums(lines)
    compared = priced or bills.keys()
    return BilledMonth(
        lines=[_billed(line, line.bill_id in sums) for line in lines],
        days=frozenset(day for bill in compared for day in days[bill]),
        bills=sorted(bills.values(), key=lambda bill: (bill.first_day, bill.pk)),
        overlaps=any(days[one] & days[other] for one, other in combinations(sorted(of_use), 2)),
    )


def _sums(lines: Iterable[BillLine]) -> set[int]:
    """Return the bills of more than a day all of whose lines stand on one: these are of no day."""
    on: dict[int, set[date]] = defaultdict(set)
    spans = {}
    for line in lines:
        on[line.bill_id].add(line.day)
        spans[line.bill_id] = line.bill.end_day - line.bill.first_day
    return {bill for bill, days in on.items() if len(days) == 1 and spans[bill] > timedelta(days=1)}


def _days(bill: Bill, month: Month) -> Iterator[date]:
    day, end = max(bill.first_day, month.first_day), min(bill.end_day, month.end_day)
    while day < end:
        yield day
        day += timedelta(days=1)


def _billed(line: BillLine, is_sum: bool) -> Billed:
    return Billed(
        day=None if is_sum else line.day,
        model=line.llm.name if line.llm else line.model_text,
        kind=line.token_kind,
        category=line.charge_category,
        quantity=None if line.quantity is None else round(line.quantity),
        amount=None if line.amount_nanos is None else int(line.amount_nanos),
    )
