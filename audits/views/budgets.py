"""Budgets: how each stands in a month, where a straight line leads, and writing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_reference, needs_scope
from audits.actions.budgets import save_budget, standings_of
from audits.domain.budgets import Standing
from audits.forms.budgets import BudgetForm
from audits.models import Budget
from audits.queries.budgets import budgets_in
from audits.views.links import Words, given, link
from spend.domain.periods import Month
from spend.queries.zone import reporting_day

_WIDTH = 100  # of a bar, in units of its drawing
_PART = 0.96  # of it that is used at most, so that the line of the budget is seen


@dataclass(frozen=True)
class Line:
    """A budget's month with the ends of its bar, which is as long as the budget, or as what goes beyond it."""

    budget: Budget
    stands: Standing
    href: str

    @property
    def spent_width(self) -> float:
        return self._width(self.stands.spent)

    @property
    def forecast_width(self) -> float:
        return self._width(self.stands.forecast)

    @property
    def amount_at(self) -> float:
        return self._width(self.stands.amount)

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        share, forecast = self.stands.share, self.stands.forecast_share
        if share is not None and share > 1:
            return "overspent"
        return "heading over" if forecast is not None and forecast > 1 else "within"

    def _width(self, nanos: int | None) -> float:
        whole = max(self.stands.amount, self.stands.spent or 0, self.stands.forecast or 0)
        return round(_WIDTH * _PART * max(nanos or 0, 0) / whole, 2)


@require_safe
@needs_scope("read")
def budgets(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    today = reporting_day(at)
    month = _month(request, Month.of(today))
    found = budgets_in(reach)
    lines = lines_of_month(request, month, today)
    others = found.exclude(pk__in=[line.budget.pk for line in lines])
    context = {
        "as_of": at,
        "month": month,
        "is_running": month == Month.of(today),
        "previous": link("budgets", {"month": [str(month.previous)]}),
        "next": link("budgets", {"month": [str(month.next)]}) if month < Month.of(today) else "",
        "lines": lines,
        "others": others,
        "may_write": reach.writes_reference,
    }
    return render(request, "audits/budgets.html", context)


def lines_of_month(request: HttpRequest, month: Month, today: date, *, team: int | None = None) -> list[Line]:
    """Return the budgets of a month within the reach of who asks, of all teams or of one."""
    found = budgets_in(reach_of(request))
    if team is not None:
        found = found.filter(team=team)
    stood = standings_of(found, month, today=today, at=timezone.now())
    return [Line(budget, stands, _rows(budget, month)) for budget, stands in stood]


def _rows(budget: Budget, month: Month) -> str:
    """Return the address of what a budget's spending is made of."""
    words: Words = {"from": [str(month)], "to": [str(month)]}
    return link("report", words | {"team": [budget.team.name]} if budget.team else words)


def _month(request: HttpRequest, latest: Month) -> Month:
    text = given(request).get("month", [""])[-1]
    try:
        return Month.parse(text) if text else latest
    except ValueError as problem:
        raise Http404 from problem


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def budget_new(request: HttpRequest) -> HttpResponse:
    return _written(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def budget(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, get_object_or_404(Budget.objects.select_related("team"), pk=pk))


def _written(request: HttpRequest, found: Budget | None) -> HttpResponse:
    form = BudgetForm(request.POST if request.method == "POST" else None, budget=found)
    if request.method == "POST" and form.is_valid():
        made = save_budget(form.made())
        messages.success(request, f"The budget of {made} is saved.")
        return redirect(f"{reverse('budgets')}#budget-{made.pk}")
    return render(request, "audits/budget.html", {"form": form, "budget": found}, status=400 if form.errors else 200)
