"""JSON and CSV out: the report."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.actions.reports import answer
from audits.api.described import REFUSED, REPORT_PARAMETERS
from audits.exports.plain import as_csv, told
from audits.queries.asking import BadQuery, parse_query
from audits.queries.reports import TrueCost
from spend.domain.periods import Month
from spend.ingest.schemas import ref
from spend.queries.zone import reporting_day


class TrueCostReport(APIView):
    """True cost per successful task next to the raw token bill."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="true_cost",
        parameters=REPORT_PARAMETERS,
        responses={200: OpenApiResponse(ref("Report")), **REFUSED},
    )
    def get(self, request: Request) -> Response:
        return Response(told(asked(request)))


class TrueCostCsv(APIView):
    """The same as CSV, its total last."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="true_cost_csv",
        parameters=REPORT_PARAMETERS,
        responses={(200, "text/csv"): str, **{(code, "application/json"): told for code, told in REFUSED.items()}},
    )
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
