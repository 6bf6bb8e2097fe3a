"""Closing months: the list of them, and one from its checklist to its bridge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.queries import reach_of
from accounts.views.guards import needs_reference
from audits.actions import closing
from audits.actions.reports import answer, bring_up_to_date
from audits.domain.checklist import Item, blocking, checklist, warnings
from audits.exports.bridge import as_csv
from audits.forms.closes import ReopenForm, SignForm
from audits.models import Close
from audits.queries import closed_months
from audits.queries.bridge import bridge_of
from audits.queries.checklist import facts_of
from audits.queries.closed_months import doings, next_to_close, standings
from audits.queries.closes import close_of
from audits.queries.rework import rework_to_come
from audits.queries.sums import Query
from audits.views import closing_steps
from audits.views.links import link
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day


@require_safe
@needs_reference
def closes(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    bring_up_to_date(at=at)
    today = reporting_day(at)
    context = {
        "standings": standings(today=today, reader=request.user.get_username()),
        "due": next_to_close(today=today),
        "as_of": at,
    }
    return render(request, "audits/closes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def close(request: HttpRequest, month: str) -> HttpResponse:
    """One month; what is posted says which step is taken."""
    at, of = timezone.now(), month_named(month)
    if request.method == "POST":
        return _taken(request, of, at)
    return _shown(request, of, at)


@require_safe
@needs_reference
def bridge_csv(request: HttpRequest, month: str) -> HttpResponse:
    at, of = timezone.now(), month_named(month)
    found = close_of(of.first_day)
    if found is None:
        raise Http404
    bring_up_to_date(at=at)
    return HttpResponse(
        as_csv(of, bridge_of(found, of, reader=request.user.pk)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="truecost-{of}-bridge.csv"'},
    )


def month_named(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as problem:
        raise Http404 from problem


def _taken(request: HttpRequest, month: Month, at: datetime) -> HttpResponse:
    """Take a step, and show the page as it is then; what is wrong with what was typed the form says."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    step = _STEPS.get(request.POST.get("step", ""))
    if step is None:
        return redirect("close", month)
    bring_up_to_date(at=at)
    return step(request, request.user, month, at)


def _draft(request: HttpRequest, by: User, month: Month, at: datetime) -> HttpResponse:
    if month == next_to_close(today=reporting_day(at)) and not blocking(_checklist(month, at)):
        with _told(request):
            closing.draft(month, by=by, at=at)
            messages.success(request, "The draft is made. Look it over, then sign it.")
    return redirect("close", month)


def _sign(request: HttpRequest, by: User, month: Month, at: datetime) -> HttpResponse:
    items = _checklist(month, at)
    found = closed_months.closes_by_month([month]).get(month)
    if found is None or found.state != Close.DRAFT or blocking(items):
        return redirect("close", month)
    form = SignForm(request.POST, month=month, needs_reason=bool(warnings(items)))
    if not form.is_valid():
        return _shown(request, month, at, sign=form)
    with _told(request):
        closing.sign(found, by=by, at=at, reason=form.cleaned_data.get("reason", ""))
        messages.success(request, f"{month.first_day:%B %Y} is closed.")
    return redirect("close", month)


def _reopen(request: HttpRequest, by: User, month: Month, at: datetime) -> HttpResponse:
    found = closed_months.latest_closed()
    if not reach_of(request).administers or found is None or Month.of(found.month) != month:
        raise PermissionDenied
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _shown(request, month, at, reopen=form)
    with _told(request):
        closing.reopen(found, by=by, at=at, reason=form.cleaned_data["reason"])
        messages.success(request, f"{month.first_day:%B %Y} is open again.")
    return redirect("close", month)


@contextmanager
def _told(request: HttpRequest) -> Iterator[None]:
    """Say why a step cannot be taken after all: somebody else was faster."""
    try:
        yield
    except closing.CannotClose as problem:
        messages.error(request, str(problem))


_STEPS = {"draft": _draft, "sign": _sign, "reopen": _reopen}


def _checklist(month: Month, at: datetime) -> list[Item]:
    return checklist(facts_of(month, today=reporting_day(at)))


def _shown(
    request: HttpRequest, month: Month, at: datetime, *, sign: SignForm | None = None, reopen: ReopenForm | None = None
) -> HttpResponse:
    bring_up_to_date(at=at)
    found = closed_months.closes_by_month([month]).get(month)
    state = found.state if found else closed_months.OPEN
    context: dict[str, Any] = {
        "month": month,
        "close": found,
        "state": state,
        "doings": doings(found, reader=request.user.get_username()) if found else [],
        "report_href": link("report", {"from": [str(month)], "to": [str(month)]}),
        "as_of": at,
    }
    if state == Close.CLOSED and found is not None:
        context |= _closed(request, found, month) | {"reopen": reopen or ReopenForm()}
    else:
        context |= _open(month, at, state) | {"rework": _rework(month, at)}
        context["sign"] = sign or SignForm(month=month, needs_reason=bool(context["warnings"]))
    status = 400 if (sign and sign.errors) or (reopen and reopen.errors) else 200
    return render(request, "audits/close.html", context, status=status)


def _open(month: Month, at: datetime, state: str) -> dict[str, Any]:
    """What is shown of a month that is open, drafted or open again."""
    items, due = _checklist(month, at), next_to_close(today=reporting_day(at))
    drafted = answer(Query(Period(month, month), by=("tier",), basis="reported"), at=at)
    return {
        "checks": closing_steps.checks(items, month),
        "blocking": len(blocking(items)),
        "warnings": len(warnings(items)),
        "due": due,
        "is_due": due == month,
        "report": drafted,
    }


def _rework(month: Month, at: datetime) -> dict[str, str]:
    return closing_steps.rework(rework_to_come(month, today=reporting_day(at)), month)


def _closed(request: HttpRequest, found: Close, month: Month) -> dict[str, Any]:
    bridge = bridge_of(found, month, reader=request.user.pk)
    latest = closed_months.latest_closed()
    kept = [Item(**item) for item in found.snapshot["checklist"]] if found.snapshot else []
    return {
        "signed_over": closing_steps.checks(warnings(kept), month),
        "bridge": bridge,
        "steps": closing_steps.steps(bridge, month),
        "may_reopen": reach_of(request).administers and latest == found and Month.of(found.month) == month,
        "is_latest": latest == found,
    }
