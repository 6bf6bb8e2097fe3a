"""JSON out: the rows that figures are made of, newest first, a page at a time, beside the POST of the same records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.actions.catch_up import catch_up
from audits.api.described import list_schema
from audits.api.records import CorrectionBatches, IncidentBatches
from audits.exports.plain import told_row
from audits.queries import lists
from audits.queries.asking import BadQuery
from audits.queries.lists import Listing, Page, parse_listing
from spend.api import CallBatches
from spend.queries.zone import reporting_day


class ListView(APIView):
    """A list of one kind; subclasses name it. The first page shows every fact committed so far."""

    permission_classes = [NeedsScope("read")]
    listed: ClassVar[str]
    read: ClassVar[Callable[..., Page]]

    def get(self, request: Request) -> Response:
        listing, cursor, limit = self._asked(request)
        if not cursor:
            at = timezone.now()
            catch_up(at=at, today=reporting_day(at))
        try:
            page = type(self).read(listing, cursor=cursor, limit=limit)
        except BadQuery as problem:
            raise ValidationError(problem.errors) from problem
        return Response({self.listed: [told_row(row) for row in page.rows], "next": _next(request, page)})

    def _asked(self, request: Request) -> tuple[Listing, str | None, int]:
        words = {name: request.query_params.getlist(name) for name in request.query_params}
        errors: dict[str, list[str]] = {}
        limit = _limit(words.pop("limit", []), errors)
        try:
            listing = parse_listing(words, kind=self.listed, teams=reach_of(request).team_ids, reader=request.user.pk)
        except BadQuery as problem:
            errors |= problem.errors
        if errors:
            raise ValidationError(errors)
        return listing, next(iter(words.get("cursor", [])), None), limit


def _limit(given: list[str], errors: dict[str, list[str]]) -> int:
    if not given:
        return lists.PAGE
    if given[-1].isascii() and given[-1].isdecimal() and 1 <= int(given[-1][:9]) <= lists.AT_MOST:
        return int(given[-1])
    errors["limit"] = [f"must be a whole number from 1 to {lists.AT_MOST}"]
    return lists.PAGE


def _next(request: Request, page: Page) -> str | None:
    """Return the address of the next page, the same in all but its cursor."""
    if page.cursor is None:
        return None
    words: Any = request.query_params.copy()
    words["cursor"] = page.cursor
    return f"{request.build_absolute_uri(request.path)}?{words.urlencode()}"


@list_schema("calls")
class Calls(ListView, CallBatches):
    permission_classes = [NeedsScope("ingest", reading="read")]
    listed = "calls"
    read = lists.calls


@list_schema("corrections")
class Corrections(ListView, CorrectionBatches):
    permission_classes = [NeedsScope("audit", reading="read")]
    listed = "corrections"
    read = lists.corrections


@list_schema("incidents")
class Incidents(ListView, IncidentBatches):
    permission_classes = [NeedsScope("audit", reading="read")]
    listed = "incidents"
    read = lists.incidents


@list_schema("tasks")
class Tasks(ListView):
    listed = "tasks"
    read = lists.tasks


@list_schema("entries")
class Entries(ListView):
    listed = "entries"
    read = lists.entries
