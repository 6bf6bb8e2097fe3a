"""JSON and CSV out: the report."""

from __future__ import annotations

from datetime import datetime

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
from audits.api.described import REFUSED, REPORT_PARAMETERS, file_of
from audits.exports.asked import Asked
from audits.exports.files import FORMATS, file_name
from audits.exports.plain import told
from audits.queries.asking import BadQuery, parse_query
from audits.queries.sums import Query
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
        at = timezone.now()
        return Response(told(answer(query_of(request, at), at=at)))


class TrueCostCsv(APIView):
    """The same as CSV, its total last."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="true_cost_csv",
        parameters=REPORT_PARAMETERS,
        responses={(200, "text/csv"): str, **{(code, "application/json"): told for code, told in REFUSED.items()}},
    )
    def get(self, request: Request) -> HttpResponse:
        return as_file(request, "csv")


class TrueCostXlsx(APIView):
    """The same as a workbook: a sheet for each view, its figures formulas."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="true_cost_xlsx", parameters=REPORT_PARAMETERS, responses=file_of(FORMATS["xlsx"].content_type)
    )
    def get(self, request: Request) -> HttpResponse:
        return as_file(request, "xlsx")


class TrueCostPdf(APIView):
    """The same typeset, on one to four pages."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="true_cost_pdf", parameters=REPORT_PARAMETERS, responses=file_of(FORMATS["pdf"].content_type)
    )
    def get(self, request: Request) -> HttpResponse:
        return as_file(request, "pdf")


def as_file(request: Request, suffix: str) -> HttpResponse:
    """Answer with the report that the address asks for as a file of this format."""
    at, words = timezone.now(), words_of(request)
    query, found = query_of(request, at), FORMATS[suffix]
    return HttpResponse(
        found.make(query, Asked(words, reach_of(request).name), at),
        content_type=found.content_type,
        headers={"Content-Disposition": f'attachment; filename="{file_name(query, suffix)}"'},
    )


def query_of(request: Request, at: datetime) -> Query:
    """Return what the address asks for, of the teams the asker sees."""
    try:
        return parse_query(
            words_of(request), teams=reach_of(request).team_ids, latest=Month.of(reporting_day(at)).previous
        )
    except BadQuery as problem:
        raise ValidationError(problem.errors) from problem


def words_of(request: Request) -> dict[str, list[str]]:
    return {name: request.query_params.getlist(name) for name in request.query_params}
