"""The FOCUS export: what it holds and who reads it, and the file."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import bring_up_to_date
from audits.exports.focus.files import focus_response
from audits.queries.asking import BadQuery
from audits.queries.asking_focus import parse_focus
from audits.queries.closed_months import first_month
from audits.queries.closes import open_from, standing_of
from audits.views.links import given, link
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day, reporting_zone

MONTHS_SHOWN = 12


@require_safe
@needs_scope("read")
def focus(request: HttpRequest) -> HttpResponse:
    """Say what the export is, with the last months to take away."""
    at = timezone.now()
    latest = Month.of(reporting_day(at))
    context = {
        "months": [(month, standing_of(Period(month, month)), _href(month)) for month in _months(latest)],
        "latest": latest.previous,
        "open_from": open_from(),
        "sees_all": reach_of(request).team_ids is None,
        "zone": str(reporting_zone()),
        "as_of": at,
    }
    return render(request, "audits/focus.html", context)


def _months(latest: Month) -> Iterator[Month]:
    """The last months, the latest first, back to the first with anything in it."""
    first, month = first_month() or latest, latest
    for _ in range(MONTHS_SHOWN):
        yield month
        if month <= first:
            return
        month = month.previous


def _href(month: Month) -> str:
    return link("focus-csv", {"month": [str(month)]})


@require_safe
@needs_scope("read")
def focus_csv(request: HttpRequest) -> HttpResponseBase:
    at = timezone.now()
    try:
        asked = parse_focus(given(request), latest=Month.of(reporting_day(at)).previous)
    except BadQuery as problem:
        return HttpResponse(f"{problem}\n", status=400, content_type="text/plain; charset=utf-8")
    bring_up_to_date(at=at)
    return focus_response(asked, teams=reach_of(request).team_ids)
