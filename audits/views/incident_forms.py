"""Create an incident and change it: the form, the tasks found by search, and what it costs whom before it is saved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.reach import Reach
from accounts.queries import reach_of, teams_in
from accounts.views.guards import needs_scope
from audits.actions.incident_preview import IncidentPreview, preview_incident
from audits.actions.incidents import next_version, reach_of_incident, revise_incident
from audits.actions.records import record_incidents
from audits.forms.incidents import CALLS, NOTHING, SCOPE, TASKS, IncidentForm, new_id
from audits.models import Incident
from audits.queries import incidents as queries
from audits.queries.choices import choices
from audits.queries.choosing import tasks_like
from audits.queries.rates import rates
from audits.views.targets import parts_of
from spend.domain.money import to_text
from spend.domain.owners import owner_of
from spend.ingest.identity import key_of
from spend.ingest.pasted_links import links_text
from spend.ingest.records import Item
from spend.queries.book import book
from spend.queries.zone import reporting_day

PREVIEWED_LINKS = 10
CHANGED_MEANWHILE = "Somebody changed this incident meanwhile. What counts now stands on its page; change that."
_STAYS = ("find", "add", "preview")  # buttons that save nothing


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("audit")
def new(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    form = _form(reach, at, data=_posted(request), initial=_blank(at) | _named(request))
    if request.method != "POST" or _stays(request):
        return _page(request, form, reach, at)
    item = form.item(at)
    if item is not None:
        receipt = record_incidents(
            items=[item], reach=reach.team_ids, at=at, today=reporting_day(at), by=request.user.pk
        )
        if not receipt.rejected:
            return redirect("incident", _identity(item, reach))
        form.add_problem(receipt.rejected[0])
    return _page(request, form, reach, at)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("audit")
def edit(request: HttpRequest, identity: UUID) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    latest = writable(identity, reach)
    stated = queries.stated_of(latest)
    form = _form(_of(latest, reach), at, data=_posted(request), initial=_as_stated(latest, stated), row=stated)
    form.fields["reason"].required = True
    form.fields["reason"].error_messages["required"] = "Say why you change it: it stays with the version."
    if request.method != "POST" or _stays(request):
        return _page(request, form, _of(latest, reach), at, latest)
    if form.is_valid() and not is_current(form.cleaned_data["version"], latest):
        form.add_error(None, CHANGED_MEANWHILE)
    item = None if form.errors else form.item(at, **next_version(latest, after=form.cleaned_data["version"]))
    if item is not None:
        receipt = revise_incident(latest=latest, item=item, at=at, today=reporting_day(at), by=request.user.pk)
        if not receipt.rejected:
            messages.info(request, "Changed. The version before stands below.")
            return redirect("incident", identity)
        form.add_problem(receipt.rejected[0])
    return _page(request, form, _of(latest, reach), at, latest)


@require_POST
@needs_scope("audit")
def preview(request: HttpRequest, identity: UUID | None = None) -> HttpResponse:
    """What the form would do to the ledger, as one types."""
    at, reach = timezone.now(), reach_of(request)
    latest = writable(identity, reach) if identity else None
    reach = _of(latest, reach) if latest else reach
    form = _form(reach, at, data=request.POST)
    return render(request, "audits/_incident_preview.html", _previewed(form, reach, at, latest))


@require_POST
@needs_scope("audit")
def found(request: HttpRequest) -> HttpResponse:
    """Tasks to add, as one types."""
    return render(request, "audits/_incident_found.html", _found(request, reach_of(request)))


def writable(identity: UUID, reach: Reach) -> Incident:
    """The guarded door to what one may change: a neighbour's, and one that is only partly theirs, is not there."""
    latest = queries.incident_of(identity, reach=reach)
    if latest is None or not queries.writes(latest, reach):
        raise Http404
    return latest


def is_current(version: int | None, latest: Incident) -> bool:
    """Whether who sends it saw what counts; the version after it may be their own, sent twice."""
    return version in (latest.version, latest.version - 1)


def _of(latest: Incident, reach: Reach) -> Reach:
    """What is changed stays with its team."""
    return replace(reach, team_ids=reach_of_incident(latest))


def _form(reach: Reach, at: datetime, *, row: Incident | None = None, **more: Any) -> IncidentForm:
    known = choices(reach.team_ids).names
    models = {*known["model"], *([str(row.llm)] if row and row.llm else [])}
    options = {
        "team": sorted(teams_in(reach)),
        "role": sorted(rates().by_role),
        "tier": known["tier"],
        "model": sorted(models),
    }
    return IncidentForm(choices=options, sees_all=reach.team_ids is None, **more)


def _posted(request: HttpRequest) -> Any:
    """Return what was sent; a task that was found goes below the others."""
    if request.method != "POST":
        return None
    added = request.POST.get("add", "").strip()
    if not added:
        return request.POST
    data = request.POST.copy()
    lines = data.get("names", "").rstrip()
    data["names"] = f"{lines}\n{added}" if lines else added
    data["about"] = TASKS
    return data


def _stays(request: HttpRequest) -> bool:
    return any(name in request.POST for name in _STAYS)


def _blank(at: datetime) -> dict[str, Any]:
    today = str(reporting_day(at))
    return {
        "client_id": new_id(), "status": "open", "invalidates_output": "yes", "about": TASKS, "occurred_on": today,
        "discovered_on": today,
    }  # fmt: skip


def _named(request: HttpRequest) -> dict[str, str]:
    """What the address names: a task's page leads here with its own."""
    return {name: request.GET[name] for name in ("names", "team") if name in request.GET}


def _as_stated(latest: Incident, row: Incident) -> dict[str, Any]:
    links = queries.all_links(row)
    about = (CALLS if links[0].is_call else TASKS) if links else SCOPE if row.tier_id or row.llm_id else NOTHING
    return {
        "client_id": new_id(),
        "version": latest.version,
        "about": about,
        "names": links_text((link.name, link.weight) for link in links),
        "loss_usd": to_text(row.loss_nanos),
        "recovered_usd": to_text(row.recovered_nanos) if row.recovered_nanos else "",
        "response_minutes": f"{row.response_minutes.normalize():f}" if row.response_minutes else "",
        "tier": row.tier.name if row.tier else "",
        "model": str(row.llm) if row.llm else "",
        "invalidates_output": "yes" if row.invalidates_output else "no",
        **{name: str(getattr(row, name) or "") for name in ("occurred_on", "discovered_on")},
        **{name: getattr(row, name) for name in ("title", "severity", "status", "role", "note")},
    }


def _identity(item: Item, reach: Reach) -> UUID:
    record: Any = item.record
    return key_of("incident", owner_of(record.team, reach.team_ids, book().teams) or 0, record.id)


def _page(
    request: HttpRequest, form: IncidentForm, reach: Reach, at: datetime, latest: Incident | None = None
) -> HttpResponse:
    context = {"form": form, "incident": latest, "as_of": at, **_found(request, reach)}
    if form.is_bound and "find" not in request.POST:
        context |= _previewed(form, reach, at, latest)
    if _stays(request):
        form.errors.clear()  # nothing was saved, so nothing is wrong yet; what is missing the preview says
    return render(request, "audits/incident_form.html", context)


def _found(request: HttpRequest, reach: Reach) -> dict[str, Any]:
    """Return the tasks that match what was typed: of the team that is chosen, or of all within reach."""
    text = request.POST.get("find_text", "").strip()
    chosen = teams_in(reach).get(request.POST.get("team", ""))
    tasks = tasks_like(text, teams=reach.team_ids if chosen is None else frozenset({chosen}))
    return {"typed": text, "found": [(task, json.dumps({"add": task.id})) for task in tasks]}


def _previewed(form: IncidentForm, reach: Reach, at: datetime, latest: Incident | None) -> dict[str, Any]:
    """Return what the form would do to the ledger, or what it still needs."""
    form.fields["reason"].required = False
    more = next_version(latest, after=latest.version) if latest else {}
    item = form.item(at, **more)
    if item is None:
        return {"missing": [sentence for sentences in form.errors.values() for sentence in sentences]}
    found = preview_incident(item=item, reach=reach.team_ids, identity=latest.identity if latest else None)
    if found.problem:
        return {"missing": [f"{name} {' '.join(said)}" for name, said in found.problem.errors.items()]}
    return shown_preview(found)


def shown_preview(found: IncidentPreview) -> dict[str, Any]:
    """Return what a template says of a preview."""
    dearest = sorted(found.links, key=lambda link: (-link.amount, link.name))
    return {
        "preview": found,
        "parts": parts_of(found.adds or {}, found.before, found.after),
        "some_links": dearest[:PREVIEWED_LINKS],
        "some_unlinked": found.unlinked[:PREVIEWED_LINKS],
        "tasks": sum((found.states or {}).values()),
    }
