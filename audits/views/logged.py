"""One correction after it was saved: its versions and entries; it can be changed, and taken back, with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.reach import Reach
from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.revisions import UNDONE, next_version, revise, withdraw
from audits.forms.log import PERIOD, TASK, Log, new_id
from audits.models import Correction
from audits.queries.choosing import Choice, task_to_choose
from audits.queries.history import History, correction_of, history_of
from audits.views.log import log_form, read, told, undone
from spend.domain.periods import Month
from spend.queries.zone import reporting_day

CHANGED_MEANWHILE = "Somebody changed this record meanwhile. What counts now stands below; change that."


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("audit")
def logged(request: HttpRequest, identity: UUID) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    history = history_of(identity, reach=reach, reader=request.user.pk)
    if history is None:
        raise Http404
    if request.method == "POST":
        return _change(request, history, reach, at)
    form = _form(reach, at, history.stated, initial=_as_stated(history))
    return _page(request, history, form, at)


@require_POST
@needs_scope("audit")
def take_back(request: HttpRequest, identity: UUID) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    latest = correction_of(identity, teams=reach.team_ids)
    if latest is None:
        raise Http404
    is_undo = "undo" in request.POST
    reason = UNDONE if is_undo else request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, "Say why you withdraw it.")
        return redirect("logged", identity)
    receipt = withdraw(latest=latest, reason=reason, at=at, today=reporting_day(at), by=request.user.pk)
    for problem in receipt.rejected:
        messages.error(request, " ".join(sentence for sentences in problem.errors.values() for sentence in sentences))
    if is_undo and not receipt.rejected:
        undone(request, latest)
        return redirect("log")
    return redirect("logged", identity)


def _change(request: HttpRequest, history: History, reach: Reach, at: datetime) -> HttpResponse:
    form = _form(reach, at, history.stated, data=request.POST)
    if form.is_valid() and form.cleaned_data["version"] != history.latest.version:
        form.add_error(None, CHANGED_MEANWHILE)
    kept = {**next_version(history.latest), **_same_day(form, history.stated)}
    item = read(form, _of(history.latest, reach), at, **kept) if not form.errors else None
    if item is not None:
        receipt = revise(latest=history.latest, item=item, at=at, today=reporting_day(at), by=request.user.pk)
        if not receipt.rejected:
            messages.info(request, "Changed. The version before, and the entries that were reversed, stand below.")
            return redirect("logged", history.latest.identity)
        form.add_problem(receipt.rejected[0])
    return _page(request, history, form, at)


def _same_day(form: Log, row: Correction) -> dict[str, Any]:
    """A period entry keeps its day within the month, unless another month is chosen."""
    day = row.worked_on
    same = form.is_period and day is not None and form["month"].value() == str(Month.of(day))
    return {"worked_on": str(day)} if same else {}


def _of(row: Correction, reach: Reach) -> Reach:
    """What is changed stays with its team."""
    if row.team_id is None:
        return reach
    return Reach(name=reach.name, scopes=reach.scopes, team_ids=frozenset({row.team_id}))


def _form(reach: Reach, at: datetime, row: Correction, **more: Any) -> Log:
    form = log_form(_of(row, reach), at, models=[str(row.llm)] if row.llm else (), **more)
    form.fields["reason"].required = True
    form.fields["reason"].error_messages["required"] = "Say why you change it."
    return form


def _as_stated(history: History) -> dict[str, Any]:
    row, day = history.stated, history.stated.worked_on
    is_period = not (row.task_name or row.call_name)
    return {
        "client_id": new_id(),
        "version": history.latest.version,
        "about": PERIOD if is_period else TASK,
        "task_key": _known(row),
        "task_text": row.task_name,
        "team": row.team.name if row.team else "",
        "tier": row.tier.name if row.tier else "",
        "model": str(row.llm) if row.llm else "",
        "month": str(Month.of(day)) if day else "",
        "worked_on": str(day or ""),
        "minutes": f"{row.minutes.normalize():f}",
        **{name: getattr(row, name) for name in ("activity", "verdict", "cause", "note", "role")},
        "provenance": row.provenance or "self_reported",
    }


def _known(row: Correction) -> UUID | None:
    chosen = _chosen(row)
    return chosen.key if chosen else None


def _chosen(row: Correction) -> Choice | None:
    if row.task_key is None or row.team_id is None:
        return None
    return task_to_choose(row.task_key, teams=frozenset({row.team_id}))


def _page(request: HttpRequest, history: History, form: Log, at: datetime) -> HttpResponse:
    chosen = _chosen(history.stated)
    is_new = "added" in request.GET and not history.latest.withdrawn
    context = {
        "history": history,
        "row": history.stated,
        "form": form,
        "tasks": [chosen] if chosen else [],
        "chosen": chosen.key if chosen else None,
        "added": told(history.latest, history.entries) if is_new else None,
        "as_of": at,
    }
    return render(request, "audits/logged.html", context)
