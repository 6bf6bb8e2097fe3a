"""Closing months: the list of them, and one from its checklist to its bridge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import PlainForm
from accounts.models import User
from accounts.queries import reach_of, shown_name
from accounts.views.guards import needs_reference
from audits.actions import closing
from audits.actions.accruing import accrue
from audits.actions.reports import answer, bring_up_to_date
from audits.domain.chain_ladder import Expected
from audits.domain.checklist import Item, blocking, checklist, may_waive, warnings
from audits.domain.closing import CannotClose
from audits.exports.bridge import as_csv
from audits.exports.checklist import title_of
from audits.forms.closes import AccrualForm, DraftForm, ReopenForm, SignForm
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
from spend.templatetags.figures import plain_money


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
    if month != next_to_close(today=reporting_day(at)):
        return redirect("close", month)
    form = DraftForm(request.POST, waive=_titles(_checklist(month, at)))
    if not form.is_valid():
        return _shown(request, month, at, draft=form)
    with _told(request):
        closing.draft(month, by=by, at=at, waivers=form.waivers)
        messages.success(request, "The draft is made. Look it over, then sign it.")
    return redirect("close", month)


def _accrue(request: HttpRequest, by: User, month: Month, at: datetime) -> HttpResponse:
    found = closed_months.closes_by_month([month]).get(month)
    if found is None:
        return redirect("close", month)
    form = AccrualForm(request.POST, proposed=_proposed(month, at))
    if not form.is_valid():
        return _shown(request, month, at, accrual=form)
    with _told(request):
        accrue(found, amount=form.nanos, by=by, at=at, reason=form.cleaned_data["why"])
    return redirect(f"{reverse('close', args=[month])}#rework-title")


def _sign(request: HttpRequest, by: User, month: Month, at: datetime) -> HttpResponse:
    found = closed_months.closes_by_month([month]).get(month)
    if found is None or found.state != Close.DRAFT:
        return redirect("close", month)
    form = _sign_form(found, month, _checklist(month, at), request.POST)
    if not form.is_valid():
        return _shown(request, month, at, sign=form)
    with _told(request):
        closing.sign(found, by=by, at=at, reason=form.cleaned_data.get("reason", ""), waivers=form.waivers)
        messages.success(request, f"{month.first_day:%B %Y} is closed.")
    return redirect("close", month)


def _sign_form(found: Close | None, month: Month, items: list[Item], said: QueryDict | None = None) -> SignForm:
    still = _titles(blocking(items, found.waivers if found else {}))
    return SignForm(said, month=month, needs_reason=bool(warnings(items)), waive=still)


def _titles(items: list[Item]) -> dict[str, str]:
    """Return what of it can be waived, by rule."""
    return {item.key: title_of(item) for item in items if may_waive(item)}


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
    except CannotClose as problem:
        messages.error(request, str(problem))


_STEPS = {"draft": _draft, "accrue": _accrue, "sign": _sign, "reopen": _reopen}


def _checklist(month: Month, at: datetime) -> list[Item]:
    return checklist(facts_of(month, today=reporting_day(at)))


def _shown(request: HttpRequest, month: Month, at: datetime, **bound: PlainForm) -> HttpResponse:
    """Show the month; `bound` are forms that somebody filled in wrongly, by their name in the template."""
    bring_up_to_date(at=at)
    found = closed_months.closes_by_month([month]).get(month)
    state = found.state if found else closed_months.OPEN
    context: dict[str, Any] = {
        "month": month,
        "close": found,
        "state": state,
        "doings": doings(found, reader=request.user.get_username()) if found else [],
        "report_href": link("report", {"from": [str(month)], "to": [str(month)], **_as_billed(found)}),
        "as_of": at,
    }
    if state == Close.CLOSED and found is not None:
        context |= _closed(request, found, month) | {"reopen": ReopenForm()}
    else:
        context |= _open(month, at, state, found)
    status = 400 if any(form.errors for form in bound.values()) else 200
    return render(request, "audits/close.html", context | bound, status=status)


def _as_billed(found: Close | None) -> dict[str, list[str]]:
    """The words of a report for what the close was signed on, so that a figure leads to the report that has it."""
    return {"bill": ["billed"]} if found and found.state == Close.CLOSED and found.basis == "billed" else {}


def _open(month: Month, at: datetime, state: str, found: Close | None) -> dict[str, Any]:
    """What is shown of a month that is open, drafted or open again."""
    items, due = _checklist(month, at), next_to_close(today=reporting_day(at))
    draft = found if found and state == Close.DRAFT else None
    waived = draft.waivers if draft else {}
    return {
        "checks": closing_steps.checks(items, month),
        "blocking": len(blocking(items, waived)),
        "waived": closing_steps.waived(waived),
        "warnings": len(warnings(items)),
        "due": due,
        "is_due": due == month,
        "report": answer(Query(Period(month, month), by=("tier",), basis="reported"), at=at),
        "rework": closing_steps.rework(rework_to_come(month, today=reporting_day(at)), month),
        "draft": DraftForm(waive=_titles(items)),
        "sign": _sign_form(draft, month, items),
        "accrual": AccrualForm(proposed=_proposed(month, at)),
    }


def _proposed(month: Month, at: datetime) -> str:
    """Return the amount that past months propose to accrue, "" where they propose none."""
    found = rework_to_come(month, today=reporting_day(at))
    return plain_money(found.amount) if isinstance(found, Expected) and found.amount else ""


def _closed(request: HttpRequest, found: Close, month: Month) -> dict[str, Any]:
    bridge = bridge_of(found, month, reader=request.user.pk)
    latest = closed_months.latest_closed()
    kept = [Item(**item) for item in found.snapshot["checklist"]] if found.snapshot else []
    return {
        "signed_over": closing_steps.checks(warnings(kept), month),
        "waived": closing_steps.waived(found.waivers),
        "accrual_href": link("entries", {"from": [str(month)], "to": [str(month)]}, {"source": ["accrual"]}),
        "accrued_by": shown_name(found.accrued_by, is_reader=found.accrued_by == request.user.get_username()),
        "accrued_per_success": closing_steps.accrued_per_success(found, bridge.reported),
        "bridge": bridge,
        "steps": closing_steps.steps(bridge, month),
        "may_reopen": reach_of(request).administers and latest == found and Month.of(found.month) == month,
        "is_latest": latest == found,
    }
