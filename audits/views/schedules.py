"""Settings: reports that go out by mail, what would go out now, and what went out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.views.guards import needs_reference
from audits.actions.mail import try_again
from audits.actions.reports import bring_up_to_date
from audits.actions.schedules import day_of, groups_of, keep, next_of, send_to
from audits.domain.occasions import WEEKDAYS, WEEKLY_DIGEST
from audits.exports.letters import write
from audits.forms.schedules import ScheduleForm
from audits.models import Mail, Schedule
from audits.queries.mails import mails_of, whom_of

SHOWN = 100


@require_safe
@needs_reference
def schedules(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    found = Schedule.objects.select_related("team").prefetch_related("people")
    rows = [(each, when(each), whom_of(each), _next(each, at)) for each in found]
    return render(request, "audits/schedules.html", {"rows": rows, "mail_is_sent": settings.MAIL_IS_SENT})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def schedule_new(request: HttpRequest) -> HttpResponse:
    return _edited(request, Schedule(created_at=timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def schedule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edited(request, get_object_or_404(Schedule, pk=pk))


def _edited(request: HttpRequest, schedule: Schedule) -> HttpResponse:
    form = ScheduleForm(request.POST if request.method == "POST" else None, schedule=schedule)
    if request.method == "POST" and form.is_valid():
        kept = keep(*form.schedule_as_said(), at=timezone.now())
        messages.success(request, f"{kept.name} is saved.")
        return redirect("settings-schedule", kept.pk)
    context = {"form": form, "schedule": schedule}
    return render(request, "audits/schedule_edit.html", context, status=400 if form.errors else 200)


@require_safe
@needs_reference
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """One schedule: what would go out now to whom, and what went out."""
    at, found = timezone.now(), get_object_or_404(Schedule.objects.select_related("team"), pk=pk)
    groups = groups_of(found)
    bring_up_to_date(at=at)
    context: dict[str, Any] = {
        "schedule": found,
        "when": when(found),
        "whom": whom_of(found),
        "next": _next(found, at),
        "letters": [(group, write(found, day_of(found, at), group.teams, at)) for group in groups],
        "mails": mails_of(found)[:SHOWN],
        "mail_is_sent": settings.MAIL_IS_SENT,
        "as_of": at,
    }
    return render(request, "audits/schedule.html", context)


@require_POST
@needs_reference
def schedule_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send what would go out now to whoever asks, and to nobody else."""
    found = get_object_or_404(Schedule, pk=pk)
    person = request.user
    if not isinstance(person, User) or not person.email:
        messages.error(request, "There is no address to send it to: give yours on your profile.")
    elif send_to(found, person, write, at=timezone.now()):
        messages.success(request, f"It goes to {person.email} within a minute.")
    return redirect("settings-schedule", pk)


@require_POST
@needs_reference
def mail_again(request: HttpRequest, pk: int, mail: int) -> HttpResponse:
    """Try a mail of this schedule anew."""
    found = get_object_or_404(Schedule, pk=pk)
    again = mails_of(found).filter(pk=mail).first()
    if again is None:
        raise Http404
    try_again(again, at=timezone.now())
    messages.success(request, f"It is tried again: {again.address}.")
    return redirect("settings-schedule", pk)


@require_safe
@needs_reference
def mail_file(request: HttpRequest, pk: int, mail: int, file: int) -> HttpResponse:
    """A file as it went out."""
    found = get_object_or_404(Mail, pk=mail, key__startswith=f"schedule:{pk}:").files.filter(pk=file).first()
    if found is None:
        raise Http404
    answer = HttpResponse(bytes(found.content), content_type=found.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return answer


def _next(schedule: Schedule, at: datetime) -> datetime | None:
    return next_of(schedule, at=at).moment if schedule.is_active else None


def when(schedule: Schedule) -> str:
    """Say when it goes out."""
    clock = f"at {schedule.at:%H:%M}, {schedule.zone}"
    if schedule.kind == WEEKLY_DIGEST:
        return f"Each {WEEKDAYS[schedule.day]} {clock}"
    return f"On working day {schedule.day} of each month {clock}"
