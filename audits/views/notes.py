"""Notes by finance: those of some months, one with its versions, and writing them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.notes import ChangedMeanwhile, change_note, withdraw_note, write_note
from audits.forms.notes import NewNote, Text
from audits.models import ReportNote
from audits.queries.asking import month_of
from audits.queries.notes import note_of, notes_on, versions_of
from audits.views.links import given, link
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day

_MEANWHILE = "Somebody changed this note meanwhile. Read what it says now, then change it again."


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("read")
def notes(request: HttpRequest) -> HttpResponse:
    """The notes on the months of a report; the address is that of the report, so that one returns to it."""
    at, reach, asked = timezone.now(), reach_of(request), given(request)
    period = _period(asked, Month.of(reporting_day(at)).previous)
    form = NewNote(request.POST if request.method == "POST" else None, initial={"month": str(period.last)})
    if request.method == "POST":
        user = _writer(request)
        if form.is_valid():
            said = form.cleaned_data
            write_note(month=said["month"], team=said["team"], text=said["text"], by=user, at=at)
            messages.success(request, f"The note on {said['month'].first_day:%B %Y} stands.")
            return redirect(link("report", asked))
    context = {
        "form": form,
        "notes": notes_on(period, teams=reach.team_ids, reader=request.user.pk),
        "may_write": reach.writes_reference,
        "period": period,
        "report_href": link("report", asked),
        "as_of": at,
    }
    return render(request, "audits/notes.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("read")
def note(request: HttpRequest, identity: UUID) -> HttpResponse:
    """One note with all its versions; `withdraw` among what is posted takes it back."""
    at, reach = timezone.now(), reach_of(request)
    found = note_of(identity, teams=reach.team_ids)
    if found is None:
        raise Http404
    form = Text(
        request.POST if request.method == "POST" else None, initial={"text": found.text, "version": found.version}
    )
    if request.method == "POST":
        user = _writer(request)
        if "withdraw" in request.POST or form.is_valid():
            if _follow(request, found, form, user):
                month = f"{found.month:%Y-%m}"
                return redirect(link("report", {"from": [month], "to": [month]}))
            return redirect("report-note", identity)
    context: dict[str, Any] = {
        "form": form,
        "note": found,
        "versions": versions_of(found, reader=request.user.pk),
        "may_write": reach.writes_reference,
        "as_of": at,
    }
    return render(request, "audits/note.html", context, status=400 if form.errors else 200)


def _follow(request: HttpRequest, found: ReportNote, form: Text, user: User) -> bool:
    """Write the next version, unless it is no longer the one that was read."""
    try:
        if request.POST.get("version") != str(found.version):
            raise ChangedMeanwhile
        if "withdraw" in request.POST:
            withdraw_note(note=found, by=user, at=timezone.now())
            messages.success(request, "The note is withdrawn. What it said stays in its versions.")
        else:
            change_note(note=found, text=form.cleaned_data["text"], by=user, at=timezone.now())
            messages.success(request, "The note is changed. What it said before stays in its versions.")
    except ChangedMeanwhile:
        messages.error(request, _MEANWHILE)
        return False
    return True


def _writer(request: HttpRequest) -> User:
    """Finance and administrators write; all who read the report see what they may."""
    if not reach_of(request).writes_reference or not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _period(asked: Any, usual: Month) -> Period:
    first = month_of(asked, "from", usual, {}) or usual
    last = month_of(asked, "to", first, {}) or first
    return Period(first, max(first, last))
