"""Log rework: the form, the tasks to choose from and the cost as one types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.domain.reach import Reach
from accounts.queries import reach_of, teams_in
from accounts.views.guards import needs_scope
from audits.actions.preview import preview_correction
from audits.actions.records import identity_of, record_corrections
from audits.forms.log import PERIOD, TASK, Log, new_id
from audits.models import Correction
from audits.queries.choices import choices
from audits.queries.choosing import Choice, recent_tasks, task_to_choose, tasks_like
from audits.queries.habits import roles_on, usual_activity, usual_role
from audits.queries.history import history_of
from audits.views.placed import first_rule, placed_drafts, placed_rows, why
from spend.domain.periods import Month
from spend.ingest.records import Item
from spend.queries.zone import reporting_day


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("audit")
def log(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    if request.method == "POST":
        return _save(request, reach, at)
    chosen = _asked_for(request, reach)
    form = log_form(reach, at, initial=_initial(request, reach, at, chosen))
    context = {"asked": chosen, "added": _added(request, reach), "as_of": at}
    return render(request, "audits/log.html", {**_page(request, form, reach, chosen), **context})


@require_safe
@needs_scope("audit")
def tasks(request: HttpRequest) -> HttpResponse:
    """The tasks to choose from, as one types."""
    text = request.GET.get("task_text", "").strip()
    return render(request, "audits/_log_tasks.html", _tasks(request, reach_of(request), text, None))


@require_POST
@needs_scope("audit")
def preview(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    form = log_form(reach, at, data=request.POST)
    item = read(form, reach, at)
    return render(request, "audits/_preview.html", previewed(form, item, reach))


def previewed(form: Log, item: Item | None, reach: Reach) -> dict[str, Any]:
    """Return what the form would add to the ledger, or what it still needs."""
    if item is not None:
        found = preview_correction(item=item, reach=reach.team_ids)
        if found.row is not None:
            reason = why(first_rule(found.entries), found.row) if found.entries else ""
            return {"preview": found, "placed": placed_drafts(found.entries), "why": reason}
        if found.problem:
            form.add_problem(found.problem)
    return {"missing": [sentence for sentences in form.errors.values() for sentence in sentences]}


def log_form(reach: Reach, at: datetime, *, models: Sequence[str] = (), **more: Any) -> Log:
    """Return the form with what this person may choose from, and `models` besides."""
    known = choices(reach.team_ids)
    return Log(
        teams=sorted(teams_in(reach)),
        roles=roles_on(reporting_day(at)),
        tiers=known.names["tier"],
        models=sorted({*known.names["model"], *models}),
        **more,
    )


def read(form: Log, reach: Reach, at: datetime, **more: Any) -> Item | None:
    """Return the record that the form states, None where the form says what is wrong with it."""
    if not form.is_valid():
        return None
    key = form.cleaned_data["task_key"]
    chosen = task_to_choose(key, teams=reach.team_ids) if key else None
    form.check_subject(chosen)
    if form.errors:
        return None
    return form.item({**form.record(chosen, reporting_day(at)), **more}, at)


def _save(request: HttpRequest, reach: Reach, at: datetime) -> HttpResponse:
    form = log_form(reach, at, data=request.POST)
    item = read(form, reach, at)
    if item is not None:
        receipt = record_corrections(
            items=[item], reach=reach.team_ids, at=at, today=reporting_day(at), by=request.user.pk
        )
        if not receipt.rejected:
            return _saved(request, identity_of(item, reach=reach.team_ids))
        form.add_problem(receipt.rejected[0])
    key = form.cleaned_data.get("task_key")
    chosen = task_to_choose(key, teams=reach.team_ids) if key else None
    return render(request, "audits/log.html", {**_page(request, form, reach, chosen), "as_of": at})


def _saved(request: HttpRequest, identity: UUID) -> HttpResponse:
    if "another" in request.POST:
        return redirect(f"{reverse('log')}?added={identity}")
    return redirect(f"{reverse('logged', args=[identity])}?added=1")


def _initial(request: HttpRequest, reach: Reach, at: datetime, chosen: Choice | None) -> dict[str, Any]:
    """What is most likely meant: oneself, today, the same work as last time."""
    today = reporting_day(at)
    person = request.user.pk
    return {
        "client_id": new_id(),
        "about": PERIOD if request.GET.get("about") == PERIOD else TASK,
        "task_key": chosen.key if chosen else None,
        "activity": usual_activity(person=person),
        "role": usual_role(person=person, teams=reach.team_ids, day=today),
        "worked_on": str(today),
        "month": str(Month.of(today)),
        "provenance": "self_reported",
    }


def _asked_for(request: HttpRequest, reach: Reach) -> Choice | None:
    """Return the task in the address, which links to this page name; a neighbour's is not there."""
    text = request.GET.get("task", "")
    if not text:
        return None
    try:
        chosen = task_to_choose(UUID(text), teams=reach.team_ids)
    except ValueError:
        chosen = None
    if chosen is None:
        raise Http404
    return chosen


def _page(request: HttpRequest, form: Log, reach: Reach, chosen: Choice | None) -> dict[str, Any]:
    typed = form["task_text"].value() or ""
    return {"form": form, **_tasks(request, reach, typed, chosen)}


def _tasks(request: HttpRequest, reach: Reach, text: str, chosen: Choice | None) -> dict[str, Any]:
    """Return the tasks to choose from; what was typed to its last letter, or is the only match, is chosen already."""
    teams = reach.team_ids
    found = tasks_like(text, teams=teams) if text else recent_tasks(teams=teams, person=request.user.pk)
    if chosen and chosen.key not in {task.key for task in found}:
        found = [chosen, *found]
    exact = [task for task in found if task.id == text] if text else []
    if chosen is None and len(exact or found) == 1 and text:
        chosen = (exact or found)[0]
    return {"tasks": found, "chosen": chosen.key if chosen else None, "typed": text}


def _added(request: HttpRequest, reach: Reach) -> dict[str, Any] | None:
    """Return what was saved a moment ago, as the address says."""
    try:
        identity = UUID(request.GET.get("added", ""))
    except ValueError:
        return None
    history = history_of(identity, reach=reach, reader=request.user.pk)
    return None if history is None or history.latest.withdrawn else told(history.latest, history.entries)


def told(row: Correction, entries: list[Any]) -> dict[str, Any]:
    """Return what a correction added, for the note that says so."""
    reason = why(first_rule(entries), row) if entries else ""
    return {
        "row": row,
        "amount": sum(int(entry["amount_nanos"]) for entry in entries),
        "placed": placed_rows(entries),
        "why": reason,
    }


def undone(request: HttpRequest, row: Correction) -> None:
    messages.info(request, f"Undone: {row.task_name or row.call_name or 'the period entry'} no longer counts.")
