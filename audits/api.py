"""JSON in and out of what failure cost: corrections, incidents, and the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.domain.reach import Reach
from accounts.queries import reach_of
from audits.actions.records import record_corrections, record_incidents
from audits.actions.reports import answer
from audits.exports.plain import as_csv, told
from audits.queries.asking import BASES, LENSES, BadQuery, parse_query
from audits.queries.daily import DIMENSIONS, FILTERS
from audits.queries.reports import TrueCost
from spend.batches import BatchView
from spend.domain.periods import Month
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item
from spend.queries.zone import reporting_day


class Corrections(BatchView):
    kind = "correction"
    permission_classes = [NeedsScope("audit")]

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_corrections(
            items=items, reach=reach.team_ids, at=at, today=reporting_day(at), by=self.request.user.pk
        )


class Incidents(BatchView):
    kind = "incident"
    permission_classes = [NeedsScope("audit")]

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_incidents(
            items=items, reach=reach.team_ids, at=at, today=reporting_day(at), by=self.request.user.pk
        )


_PARAMETERS = [
    OpenApiParameter("from", description="First month, such as 2026-10; the last full month when none is given."),
    OpenApiParameter("to", description="Last month, included; the first when none is given."),
    OpenApiParameter("by", description=f"One or two of {', '.join(DIMENSIONS)}, joined by a comma."),
    OpenApiParameter("lens", enum=LENSES),
    OpenApiParameter("basis", enum=BASES),
    *(OpenApiParameter(name, description="A name; may be repeated.", many=True) for name in FILTERS),
]


class TrueCostReport(APIView):
    """True cost per successful task next to the raw token bill."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(parameters=_PARAMETERS, responses={200: dict})
    def get(self, request: Request) -> Response:
        return Response(told(asked(request)))


class TrueCostCsv(APIView):
    """The same as CSV, its total last."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(parameters=_PARAMETERS, responses={(200, "text/csv"): str})
    def get(self, request: Request) -> HttpResponse:
        report = asked(request)
        name = f"true-cost-{report.query.period.first}-{report.query.period.last}.csv"
        return HttpResponse(
            as_csv(report),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def asked(request: Request) -> TrueCost:
    """Return the report that the address asks for, of the teams the asker sees."""
    at = timezone.now()
    words = {name: request.query_params.getlist(name) for name in request.query_params}
    try:
        query = parse_query(words, teams=reach_of(request).team_ids, latest=Month.of(reporting_day(at)).previous)
    except BadQuery as problem:
        raise ValidationError(problem.errors) from problem
    return answer(query, at=at)
