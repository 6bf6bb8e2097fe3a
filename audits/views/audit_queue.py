"""The queue of quality audits: one drawn task at a time, with its facts, answered by a key or a button."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.domain.reach import Reach
from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import bring_up_to_date
from audits.actions.sampling import answer_draw, answered_as
from audits.forms.sampling import VERDICTS, ReviewForm
from audits.models import AuditDraw
from audits.queries.choosing import Choice, task_to_choose
from audits.queries.habits import role_of_task_type, roles_on
from audits.queries.sampling import draw_of, open_draws
from audits.queries.story import story_of
from spend.ingest.reading import read_item
from spend.ingest.records import Problem
from spend.queries.zone import reporting_day

# What one review takes where nobody said: shown in the form, and sticky once it is changed.
USUAL_MINUTES = "3"
_KEPT = "audit_review"
KEYS = {"accepted": "A", "amended": "M", "rejected": "R"}


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("audit")
def queue(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    if request.method == "POST":
        return _answered(request, reach, at)
    bring_up_to_date(at=at)
    waiting = open_draws(teams=reach.team_ids, today=reporting_day(at))
    if not waiting:
        return render(request, "audits/audit_queue.html", {"as_of": at, "answered": _answered_last(request)})
    draw = _door(_next(waiting, request.GET.get("after", "")), reach)
    return _page(request, draw, _form(request, draw, at), reach, at)


def _next(waiting: list[int], after: str) -> int:
    """Return the draw behind `after`, the first one behind the last."""
    known = int(after) if after.isdecimal() and len(after) < 19 else None
    return waiting[(waiting.index(known) + 1) % len(waiting)] if known in waiting else waiting[0]


def _door(pk: int, reach: Reach) -> AuditDraw:
    draw = draw_of(pk, teams=reach.team_ids)
    if draw is None:
        raise Http404
    return draw


def _answered(request: HttpRequest, reach: Reach, at: datetime) -> HttpResponse:
    pk = request.POST.get("draw", "")
    draw = _door(int(pk) if pk.isdecimal() and len(pk) < 19 else 0, reach)
    task = task_to_choose(draw.task_key, teams=reach.team_ids)
    if task is None:
        raise Http404
    form = ReviewForm(request.POST, roles=roles_on(reporting_day(at)))
    if form.is_valid() and (problem := _record(request, draw, task, form, at)):
        form.add_problem(problem)
    if form.errors:
        return _page(request, draw, form, reach, at)
    said = form.cleaned_data
    request.session[_KEPT] = {"minutes": said["minutes"], "role": said["role"]}
    messages.success(request, f"{task.id or 'The task'}: {said['verdict']}.")
    return redirect(f"{reverse('audit-queue')}?answered={draw.review}")


def _record(request: HttpRequest, draw: AuditDraw, task: Choice, form: ReviewForm, at: datetime) -> Problem | None:
    """Write the review; return what the rules refuse."""
    said = form.cleaned_data
    raw = answered_as(draw, task, said["verdict"], said["minutes"], said["role"], reporting_day(at))
    item = read_item(raw, kind="correction", index=0, at=at)
    if isinstance(item, Problem):
        return item
    receipt = answer_draw(draw, item, at=at, by=request.user.pk)
    return receipt.rejected[0] if receipt.rejected else None


def _form(request: HttpRequest, draw: AuditDraw, at: datetime) -> ReviewForm:
    day, kept = reporting_day(at), request.session.get(_KEPT, {})
    role = kept.get("role") or role_of_task_type(draw.task_type_id, team=draw.team_id, day=day)
    initial = {"draw": draw.pk, "minutes": kept.get("minutes", USUAL_MINUTES), "role": role}
    return ReviewForm(initial=initial, roles=roles_on(day))


def _page(request: HttpRequest, draw: AuditDraw, form: ReviewForm, reach: Reach, at: datetime) -> HttpResponse:
    waiting = open_draws(teams=reach.team_ids, today=reporting_day(at))
    story = story_of(draw.task_key, teams=reach.team_ids, reader=request.user.pk)
    if story is None:
        raise Http404
    context: dict[str, Any] = {
        "as_of": at,
        "draw": draw,
        "story": story,
        "task": story.task,
        "form": form,
        "waiting": len(waiting),
        "skip_href": f"{reverse('audit-queue')}?after={draw.pk}",
        "verdicts": [(verdict, KEYS[verdict]) for verdict in VERDICTS],
        "answered": _answered_last(request),
    }
    return render(request, "audits/audit_queue.html", context)


def _answered_last(request: HttpRequest) -> UUID | None:
    """Return what was answered a moment ago, as the address says."""
    try:
        return UUID(request.GET.get("answered", ""))
    except ValueError:
        return None
