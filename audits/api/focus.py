"""CSV out: the FOCUS export."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.actions.reports import bring_up_to_date
from audits.api.described import MONTH, REFUSED
from audits.api.reports import words_of
from audits.exports.focus.files import focus_response
from audits.queries.asking import BILLS, BadQuery
from audits.queries.asking_focus import parse_focus
from spend.domain.periods import Month
from spend.queries.zone import reporting_day


class FocusCsv(APIView):
    """Charges by day, model, kind of token, team and tier, in the columns of FOCUS 1.2."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="focus_csv",
        summary="FOCUS 1.2 export as CSV",
        description="Of billing periods, for the teams one sees. What each column holds: docs/focus.md.",
        parameters=[
            OpenApiParameter("month", MONTH, description="Such as 2026-10; none: the last full month."),
            OpenApiParameter("from", MONTH, description="First month, instead of `month`."),
            OpenApiParameter("to", MONTH, description="Last month, included; the first when none is given."),
            OpenApiParameter("bill", enum=BILLS, description="As billed: with what bills add to logged calls."),
        ],
        responses={(200, "text/csv"): str, **{(code, "application/json"): told for code, told in REFUSED.items()}},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        at = timezone.now()
        try:
            asked = parse_focus(words_of(request), latest=Month.of(reporting_day(at)).previous)
        except BadQuery as problem:
            raise ValidationError(problem.errors) from problem
        bring_up_to_date(at=at)
        return focus_response(asked, teams=reach_of(request).team_ids)
