"""Computed against billed, by provider and month, from daily rows. Bring them up to date first (`actions.catch_up`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import cast

from django.db.models import Sum

from accounts.queries import shown_name
from audits.models import DailyCalls, ProviderTolerance, ReconciliationDecision
from audits.queries.moment import one_moment
from spend.domain.periods import Month, Period
from spend.domain.pricing import STANDARD, TOKENS_PER_RATE
from spend.domain.reconciling.months import Choice, Decision, Reconciliation, Statement, Tolerance, reconcile
from spend.domain.reconciling.records import KINDS, Logged, Rates
from spend.domain.reconciling.use import logged_of_day
from spend.models import Bill, Llm
from spend.queries.billed import BilledMonth, ProviderMonth, billed_in
from spend.queries.book import Book, book

_NOTHING = BilledMonth([], frozenset(), [], overlaps=False)
_TOKENS = tuple(f"{kind}_tokens" for kind in KINDS)


@dataclass(frozen=True)
class ProvidersMonth:
    """A reconciliation with what is shown beside it: the bills, and calls without a price, whose cost is in none.

    `overlaps`: two bills state what the use of one day cost, so that it counts twice.
    """

    found: Reconciliation
    bills: list[Bill]
    overlaps: bool
    unpriced_calls: int


def reconciliations(period: Period, *, today: date) -> list[Reconciliation]:
    """Return each provider's months of `period` that have calls which cost something or a bill, the latest first.

    Models of one's own, which cost nothing by the token, have none.
    """
    return [each.found for each in providers_months(period, today=today)]


def providers_months(period: Period, *, today: date, provider: str | None = None) -> list[ProvidersMonth]:
    """Return the same with what is shown beside it, of all providers or of one."""
    with one_moment():
        use, billed = _use(period, provider), billed_in(period, provider=provider)
        tolerances, decisions = tolerances_by_provider(), _decisions(period)
        reference = book()
    found = []
    for key in sorted({*use, *billed}, key=lambda key: (-key[1].first_day.toordinal(), key[0])):
        rows, bills = use.get(key, []), billed.get(key, _NOTHING)
        statement = Statement(
            provider=key[0],
            month=key[1],
            logged=[logged for row in rows for logged in row.logged(reference)],
            billed=bills.lines,
            billed_days=bills.days,
            rates=_rates(key, {line.model for line in bills.lines}, reference),
            tolerance=tolerances.get(key[0], Tolerance()),
            decision=decisions.get(key),
        )
        unpriced = sum(row.unpriced for row in rows)
        found.append(ProvidersMonth(reconcile(statement, today=today), bills.bills, bills.overlaps, unpriced))
    return [each for each in found if each.found.computed or each.bills]


def tolerances_by_provider() -> dict[str, Tolerance]:
    return {row.provider: Tolerance(row.absolute, row.share, row.rounding) for row in ProviderTolerance.objects.all()}


def decided_on(provider: str, month: Month, *, reader: int | None = None) -> list[Decision]:
    """Return all that was decided about a provider's month, the latest first."""
    rows = ReconciliationDecision.objects.filter(provider=provider, month=month.first_day)
    return [_decision(row, reader) for row in rows.select_related("by").order_by("-pk")]


@dataclass(frozen=True)
class _Row:
    """What daily rows say of a model on a day."""

    llm: Llm
    day: date
    cost: int
    tokens: Mapping[str, int]
    unpriced: int

    def logged(self, reference: Book) -> list[Logged]:
        rates = _prices(self.llm.pk, self.day, reference)
        return logged_of_day(day=self.day, model=self.llm.name, cost=self.cost, tokens=self.tokens, rates=rates)


def _use(period: Period, provider: str | None) -> dict[ProviderMonth, list[_Row]]:
    """Return what was logged, added up by model and day."""
    named = {} if provider is None else {"provider": provider}
    llms = {llm.pk: llm for llm in Llm.objects.filter(**named)}
    rows = DailyCalls.objects.filter(day__gte=period.first_day, day__lt=period.end_day, llm_id__in=llms)
    sums = {name: Sum(name) for name in ("cost", "calls", "priced_calls", *_TOKENS)}
    added = rows.order_by("llm_id", "day").values("llm_id", "day").annotate(**{f"all_{n}": s for n, s in sums.items()})
    found: dict[ProviderMonth, list[_Row]] = defaultdict(list)
    for llm, day, cost, calls, priced, *tokens in added.values_list("llm_id", "day", *(f"all_{n}" for n in sums)):
        row = _Row(llms[llm], day, int(cost), dict(zip(KINDS, map(int, tokens), strict=True)), int(calls - priced))
        found[row.llm.provider, Month.of(day)].append(row)
    return dict(found)


def _prices(llm: int, day: date, reference: Book) -> dict[str, int | None]:
    """Return our prices of a model on a day, in nano-dollars per million tokens."""
    price = reference.prices_of(llm).at(STANDARD, day, 0)
    return {kind: getattr(price, kind) for kind in KINDS} if price else {}


def _rates(key: ProviderMonth, models: Iterable[str], reference: Book) -> Rates:
    """Return what a token of each billed model costs by our prices on the last day of the month."""
    provider, month = key
    last_day = month.end_day - timedelta(days=1)
    rates: dict[tuple[str, str], Fraction] = {}
    for model in models:
        llm = reference.llms.get((provider, model))
        for kind, rate in (_prices(llm, last_day, reference) if llm else {}).items():
            if rate is not None:
                rates[model, kind] = Fraction(rate, TOKENS_PER_RATE)
    return rates


def _decisions(period: Period) -> dict[ProviderMonth, Decision]:
    """Return the latest decision on each provider's month."""
    rows = ReconciliationDecision.objects.filter(month__gte=period.first_day, month__lt=period.end_day)
    latest = rows.select_related("by").order_by("provider", "month", "-pk").distinct("provider", "month")
    return {(row.provider, Month.of(row.month)): _decision(row, None) for row in latest}


def _decision(row: ReconciliationDecision, reader: int | None) -> Decision:
    return Decision(
        choice=cast(Choice, row.choice),
        reason=row.reason,
        by=shown_name(row.by.get_username(), is_reader=row.by_id == reader),
        at=row.at,
        rest=int(row.rest),
    )
