"""Decide on an incident: confirm, dismiss, reopen or withdraw it, after seeing what that changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.incident_preview import IncidentPreview, preview_incident, preview_withdrawal
from audits.actions.incidents import decided, reach_of_incident, revise_incident, withdrawal
from audits.forms.incidents import Decision
from audits.models import Incident
from audits.queries import incidents as queries
from audits.views.incident_forms import CHANGED_MEANWHILE, is_current, shown_preview, writable
from spend.ingest.records import Item, Problem
from spend.queries.zone import reporting_day


@dataclass(frozen=True)
class Way:
    """`status` is the one it gets, none when it is taken back; `done` is said after."""

    verb: str
    status: str
    done: str
    says: str
    needs_reason: bool


WAYS = {
    "confirm": Way(
        "Confirm", "confirmed", "Confirmed: it is in the report now.",
        "Its cost enters the report, and the tasks it names become failures where it makes them so.", False,
    ),
    "dismiss": Way(
        "Dismiss", "dismissed", "Dismissed: it is in no figure.",
        "It leaves every figure, and no longer makes a failure of any task. It stays in the list as dismissed.", True,
    ),
    "reopen": Way(
        "Reopen", "open", "Open again: it stands beside the report until confirmed.",
        "It stands beside the report until it is confirmed or dismissed: no cost, no failure.", True,
    ),
    "withdraw": Way(
        "Withdraw", "", "Withdrawn: it no longer counts, and keeps its history here.",
        "It was never to be recorded. It leaves the list and every figure; this page keeps its history.", True,
    ),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs_scope("audit")
def decide(request: HttpRequest, identity: UUID, way: str) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    if way not in WAYS:
        raise Http404
    latest = writable(identity, reach)
    form = Decision(
        request.POST if request.method == "POST" else None,
        needs_reason=WAYS[way].needs_reason,
        initial={"version": latest.version},
    )
    if request.method == "POST" and form.is_valid():
        if _decided(request, form, WAYS[way], latest, at):
            return redirect("incident", identity)
    elif latest.withdrawn or latest.status == WAYS[way].status:
        return redirect("incident", identity)
    context: dict[str, Any] = {"incident": latest, "way": WAYS[way], "form": form, "as_of": at}
    return render(request, "audits/decide.html", context | shown_preview(_preview(latest, WAYS[way], at)))


def _decided(request: HttpRequest, form: Decision, way: Way, latest: Incident, at: datetime) -> bool:
    """Write the decision; what is wrong with it the form says."""
    if not is_current(form.cleaned_data["version"], latest):
        form.add_error(None, CHANGED_MEANWHILE)
        return False
    read = _item(latest, way, form.cleaned_data["reason"], form.cleaned_data["version"] + 1, at)
    if isinstance(read, Item):
        receipt = revise_incident(latest=latest, item=read, at=at, today=reporting_day(at), by=request.user.pk)
        if not receipt.rejected:
            messages.info(request, way.done)
            return True
        read = receipt.rejected[0]
    form.add_error(None, [f"{name} {' '.join(sentences)}" for name, sentences in read.errors.items()])
    return False


def _item(latest: Incident, way: Way, reason: str, version: int, at: datetime) -> Item | Problem:
    if not way.status:
        return withdrawal(latest=latest, reason=reason, version=version, at=at)
    stated = queries.stated_of(latest)
    links = queries.all_links(stated)
    return decided(latest=stated, links=links, status=way.status, reason=reason, version=version, at=at)


def _preview(latest: Incident, way: Way, at: datetime) -> IncidentPreview:
    if not way.status:
        return preview_withdrawal(identity=latest.identity)
    item = _item(latest, way, "", latest.version + 1, at)
    if isinstance(item, Problem):
        return IncidentPreview(problem=item)
    return preview_incident(item=item, reach=reach_of_incident(latest), identity=latest.identity)
