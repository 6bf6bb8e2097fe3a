"""The report of a page as a file: the same query, the same figures."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.exports.asked import Asked
from audits.exports.files import FORMATS, file_name
from audits.queries.asking import BadQuery, parse_query
from audits.views.links import given
from spend.domain.periods import Month
from spend.queries.zone import reporting_day

_OF_THE_PAGE = {"sort"}  # words of the page that change no figure


def download(suffix: str) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the view that answers with a file of this format."""

    @require_safe
    @needs_scope("read")
    def file(request: HttpRequest) -> HttpResponse:
        at, reach = timezone.now(), reach_of(request)
        words = {name: values for name, values in given(request).items() if name not in _OF_THE_PAGE}
        try:
            query = parse_query(words, teams=reach.team_ids, latest=Month.of(reporting_day(at)).previous)
        except BadQuery as problem:
            return HttpResponse(f"{problem}\n", status=400, content_type="text/plain; charset=utf-8")
        found = FORMATS[suffix]
        return HttpResponse(
            found.make(query, Asked(words, reach.name), at),
            content_type=found.content_type,
            headers={"Content-Disposition": f'attachment; filename="{file_name(query, suffix)}"'},
        )

    return file


csv, xlsx, pdf = download("csv"), download("xlsx"), download("pdf")
