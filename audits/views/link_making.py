"""Make a signed link for a ticket or pull request, on a page."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.links import link_address, make_link
from audits.queries.choosing import task_to_choose


@require_POST
@needs_scope("audit")
def make(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer a part of a page to htmx, else a page of its own."""
    task = task_to_choose(key, teams=reach_of(request).team_ids)
    if task is None or task.id is None:
        raise Http404
    text, expires_at = make_link(team=task.team_id, task=task.id, at=timezone.now())
    context = {"url": request.build_absolute_uri(link_address(text)), "expires_at": expires_at, "task": task}
    template = "audits/_link.html" if getattr(request, "htmx", False) else "audits/link.html"
    return render(request, template, context)
