"""Computed against billed: providers by month, and one provider's month with what explains its difference."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.views.guards import needs_reference
from audits.actions.reconciling import NothingBilled, compare, decide, set_tolerance
from audits.exports.reconciling import CAUSES, provider_name, state_of
from audits.forms.reconciling import CHOICES, DecisionForm, ToleranceForm
from audits.queries.asking import month_of
from audits.queries.closes import is_closed
from audits.queries.reconciling import ProvidersMonth, decided_on
from audits.views.links import Words, given, link
from audits.views.reconciled import Compared, model_lines, steps
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day

MONTHS_SHOWN = 6
MOST_MONTHS = 24


@require_safe
@needs_reference
def reconcile(request: HttpRequest) -> HttpResponse:
    """Every provider's months of a period, those that want something first said."""
    at = timezone.now()
    errors: dict[str, list[str]] = {}
    period = _period(given(request), Month.of(reporting_day(at)).previous, errors)
    rows = [] if errors else [Compared(each) for each in compare(period, at=at)]
    without = [row for row in rows if row.found.billed is None]
    context = {
        "as_of": at,
        "errors": errors,
        "period": period,
        "rows": rows,
        "wanting": [row for row in rows if row.wants and row not in without],
        "without_bill": [(month, list(of_month)) for month, of_month in groupby(without, lambda row: row.found.month)],
        "causes": CAUSES,
    }
    return render(request, "audits/reconcile.html", context, status=400 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def reconciliation(request: HttpRequest, month: str) -> HttpResponse:
    """One provider's month; posted, a decision on it or the provider's tolerance."""
    at, when, provider = timezone.now(), _month(month), request.GET.get("provider", "")[:200]
    found = next(iter(compare(Period(when, when), at=at, provider=provider)), None) if "\x00" not in provider else None
    if found is None:
        raise Http404
    decision, tolerance = DecisionForm(initial={"choice": _chosen(found)}), ToleranceForm.showing(found.found.tolerance)
    if request.method == "POST" and isinstance(request.user, User):
        if "tolerance" in request.POST:
            tolerance = ToleranceForm(request.POST)
            done = tolerance.is_valid() and _set_tolerance(request, provider, tolerance)
        else:
            decision = DecisionForm(request.POST)
            done = decision.is_valid() and _decide(request, provider, when, decision, request.user)
        if done:
            return redirect(link("reconciliation", {"provider": [provider]}, month=str(when)))
    context = _context(found, decision, tolerance, request.user.pk)
    status = 400 if decision.errors or tolerance.errors else 200
    return render(request, "audits/reconciliation.html", {"as_of": at, **context}, status=status)


def _context(
    found: ProvidersMonth, decision: DecisionForm, tolerance: ToleranceForm, reader: int | None
) -> dict[str, Any]:
    month = found.found
    decisions = decided_on(month.provider, month.month, reader=reader)
    return {
        "each": month,
        "row": Compared(found),
        "name": provider_name(month.provider),
        "state": state_of(month),
        "steps": steps(month),
        "chart_data": [step.as_data() for step in steps(month)],
        "models": model_lines(month),
        "bills": found.bills,
        "overlaps": found.overlaps,
        "unpriced_calls": found.unpriced_calls,
        "is_closed": is_closed(month.month.first_day),
        "decisions": [(each, CHOICES[each.choice][0]) for each in decisions],
        "choices": CHOICES.values(),
        "decision_form": decision,
        "tolerance_form": tolerance,
        "calls_href": link("calls", _words(month.month)),
        "report_href": link("report", {**_words(month.month), "bill": ["billed"]}),
    }


def _words(month: Month) -> Words:
    return {"from": [str(month)], "to": [str(month)]}


def _chosen(found: ProvidersMonth) -> str | None:
    return found.found.decision.choice if found.found.decision else None


def _set_tolerance(request: HttpRequest, provider: str, form: ToleranceForm) -> bool:
    set_tolerance(provider=provider, tolerance=form.tolerance())
    messages.success(request, f"The tolerance of {provider_name(provider)} is set, for all its months.")
    return True


def _decide(request: HttpRequest, provider: str, month: Month, form: DecisionForm, user: User) -> bool:
    said = form.cleaned_data
    try:
        decide(provider=provider, month=month, choice=said["choice"], reason=said["reason"], by=user, at=timezone.now())
    except NothingBilled as problem:
        form.add_error(None, str(problem))
        return False
    messages.success(request, f"Decided: {CHOICES[said['choice']][0].lower()}. {CHOICES[said['choice']][1]}")
    return True


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as problem:
        raise Http404 from problem


def _period(asked: Words, latest: Month, errors: dict[str, list[str]]) -> Period:
    last = month_of(asked, "to", latest, errors) or latest
    first = month_of(asked, "from", _before(last, MONTHS_SHOWN - 1), errors) or last
    if last < first:
        errors["to"] = ["is before from"]
    elif _before(last, MOST_MONTHS - 1) > first:
        errors["from"] = [f"is more than {MOST_MONTHS} months before to"]
    return Period(min(first, last), last)


def _before(month: Month, count: int) -> Month:
    for _ in range(count):
        month = month.previous
    return month
