"""The first page: how this month and the last one went, what the figures say, and what needs attention."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.domain.reach import Reach
from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import look_over
from audits.domain.comparing import Comparison, compare
from audits.exports.comparing import CAVEAT, sentence
from audits.queries.choices import choices
from audits.queries.overview import Overview
from audits.views import attention, flows, months, trend
from spend.queries.installation import has_calls


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Whoever runs an empty installation is led to its first call, everybody else to the figures."""
    return redirect("start" if reach_of(request).administers and not has_calls() else "overview")


@require_safe
@needs_scope("read")
def overview(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    found = look_over(teams=reach.team_ids, at=at)
    if not found.trend:
        empty = {"as_of": at, "choices": choices(reach.team_ids), "period_name": "the last twelve months"}
        return render(request, "audits/overview.html", empty)
    return render(request, "audits/overview.html", _shown(found, reach))


def _shown(found: Overview, reach: Reach) -> dict[str, Any]:
    """Return all that the page shows."""
    lines = found.trend.get(found.shown, {})
    compared = compare({name: line for name, line in lines.items() if name}, found.severity)
    return {
        "as_of": found.as_of,
        "panels": months.panels(found),
        "shown": months.name_of(found.shown),
        "sentence": sentence(compared),
        "caveat": CAVEAT if isinstance(compared, Comparison) else "",
        "trend": trend.trend(found),
        "flows": flows.flows(lines, found.shown),
        "attention": attention.items(found, reach),
    }
