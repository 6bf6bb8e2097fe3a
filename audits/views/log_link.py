"""Log rework by a signed link, without a login: a verdict with one tap, or the work in full.

Only a POST writes: mail and chat fetch every link they see.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from audits.actions.links import (
    BadLink,
    ExpiredLink,
    LogLink,
    TooMany,
    open_link,
    receipt_text,
    receipted,
    record_by_link,
    record_tap,
    tell_minutes,
    undo_by_link,
)
from audits.domain.taps import ACTIVITY_OF_VERDICT
from audits.forms.by_link import LinkWork
from audits.forms.log import MINUTES, new_id
from audits.models import Correction
from audits.queries.choosing import Choice, tasks_named
from audits.queries.habits import role_of_task_type, roles_on, typical_work_of
from audits.views.log import log as log_with_login
from spend.ingest.receipt import Receipt
from spend.queries.zone import reporting_day

RETRY_AFTER = "3600"


def log(request: HttpRequest) -> HttpResponseBase:
    """One address for both: a signed link has a colon, the key of a task has none."""
    by_link = ":" in request.GET.get("task", "")
    return log_by_link(request) if by_link else log_with_login(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_by_link(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    try:
        link = open_link(request.GET["task"], at=at)
        response = _post(request, link, at) if request.method == "POST" else _get(request, link, at)
    except ExpiredLink:
        response = render(request, "audits/link_expired.html", status=410)
    except BadLink:
        response = render(request, "audits/link_broken.html", status=404)
    except TooMany:
        response = render(request, "audits/link_too_many.html", status=429)
        response["Retry-After"] = RETRY_AFTER
    response["X-Robots-Tag"] = "noindex"
    return response


def _get(request: HttpRequest, link: LogLink, at: datetime) -> HttpResponse:
    logged = receipted(request.GET.get("logged", ""), link)
    if logged is not None:
        return _thanks(request, link, logged)
    return _page(request, link, _form(link, at, initial={"client_id": new_id()}))


def _post(request: HttpRequest, link: LogLink, at: datetime) -> HttpResponse:
    logged = receipted(request.GET.get("logged", ""), link)
    if logged is not None:
        return _amend(request, link, logged, at)
    if request.POST.get("tap") in ACTIVITY_OF_VERDICT:
        return _tap(request, link, at)
    form = _form(link, at, data=request.POST)
    if form.is_valid():
        role = _role(link, at)
        raw = {**({"role": role} if role else {}), **form.work(), "id": form.record_id, "provenance": "self_reported"}
        receipt = record_by_link(link=link, raw=raw, signer=form.signed_by, at=at)
        if not receipt.rejected:
            return _logged(request, link, form.record_id)
        form.add_problem(receipt.rejected[0])
    return _page(request, link, form)


def _tap(request: HttpRequest, link: LogLink, at: datetime) -> HttpResponse:
    """Record the verdict with the minutes that usually come with it; where nothing is usual, ask for them."""
    verdict = request.POST["tap"]
    form = _form(link, at, data=request.POST)
    form.is_valid()
    task, role = _task(link), _role(link, at)
    kind = task.task_type_id if task else None
    typical = typical_work_of(verdict, team=link.team, task_type=kind, day=reporting_day(at))
    if typical is None or not role or "client_id" in form.errors:
        activity = typical.activity if typical else ACTIVITY_OF_VERDICT[verdict]
        initial = {
            "client_id": new_id(),
            "verdict": verdict,
            "activity": activity,
            "signer": request.POST.get("signer"),
        }
        return _page(request, link, _form(link, at, initial=initial), asks_minutes=True)
    signer = form.signed_by
    receipt = record_tap(
        link=link, record_id=form.record_id, verdict=verdict, typical=typical, role=role, signer=signer, at=at
    )
    if not receipt.rejected:
        return _logged(request, link, form.record_id)
    form.add_problem(receipt.rejected[0])
    return _page(request, link, form)


def _amend(request: HttpRequest, link: LogLink, logged: Correction, at: datetime) -> HttpResponse:
    """Take back what was logged by this receipt, or give the real minutes where they were asked for: nobody else's,
    else those who wish to answer would pass for those who were drawn.
    """
    if "undo" in request.POST:
        undo_by_link(link=link, logged=logged, at=at)
        return redirect(request.get_full_path())
    if not _is_asked(logged):
        return redirect(request.get_full_path())
    minutes = request.POST.get("minutes", "").strip() or request.POST.get("quick_minutes", "")
    receipt = tell_minutes(link=link, tapped=logged, minutes=minutes, at=at) if minutes else Receipt()
    if receipt.accepted:
        return redirect(request.get_full_path())
    return _thanks(request, link, logged, problem="Say how many minutes it took, as a number.")


def _is_asked(logged: Correction) -> bool:
    return logged.drawn and logged.provenance == "estimated" and not logged.withdrawn


def _logged(request: HttpRequest, link: LogLink, record_id: str) -> HttpResponse:
    words = {"task": request.GET["task"], "logged": receipt_text(link, record_id)}
    return redirect(f"{reverse('log')}?{urlencode(words)}")


def _form(link: LogLink, at: datetime, **more: Any) -> LinkWork:
    return LinkWork(roles=() if _role(link, at) else roles_on(reporting_day(at)), **more)


def _task(link: LogLink) -> Choice | None:
    return next(iter(tasks_named(link.task, teams=frozenset({link.team}))), None)


def _role(link: LogLink, at: datetime) -> str:
    task = _task(link)
    return role_of_task_type(task.task_type_id if task else None, team=link.team, day=reporting_day(at))


def _page(request: HttpRequest, link: LogLink, form: LinkWork, *, asks_minutes: bool = False) -> HttpResponse:
    context = {"link": link, "form": form, "asks_minutes": asks_minutes, "verdicts": ACTIVITY_OF_VERDICT}
    return render(request, "audits/log_by_link.html", context)


def _thanks(request: HttpRequest, link: LogLink, logged: Correction, problem: str = "") -> HttpResponse:
    context = {
        "link": link,
        "row": logged,
        "is_asked": _is_asked(logged),
        "minutes": MINUTES,
        "problem": problem,
        "again": f"{reverse('log')}?{urlencode({'task': request.GET['task']})}",
    }
    return render(request, "audits/logged_by_link.html", context)
