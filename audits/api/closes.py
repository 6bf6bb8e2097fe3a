"""JSON and CSV out: what moved of a closed month, and what the checklist says of an open one."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.actions.reports import bring_up_to_date
from audits.api.described import DOLLARS, INSTANT, MONTH, REFUSED, TEXT, WHOLE, described_object, file_of, maybe
from audits.domain.bridge import COUNTS, Bridge
from audits.domain.checklist import checklist
from audits.exports import bridge as bridge_texts
from audits.exports import checklist as checklist_texts
from audits.queries.bridge import bridge_of
from audits.queries.checklist import facts_of
from audits.queries.closes import close_of
from spend.domain.periods import Month
from spend.ingest.schemas import Schema, ref
from spend.queries.zone import reporting_day

_NAMES = {"type": "array", "items": TEXT}
_FIGURES: Schema = {**dict.fromkeys(bridge_texts.MONEY_COLUMNS, DOLLARS), **dict.fromkeys(COUNTS, WHOLE)}
_MOVED: Schema = {
    "count": WHOLE, "first_posted_at": maybe(INSTANT), "last_posted_at": maybe(INSTANT), "by": _NAMES, **_FIGURES,
}  # fmt: skip
COMPONENTS: dict[str, Schema] = {
    "BridgeFigures": described_object(_FIGURES),
    "BridgePart": described_object({"id": TEXT, "name": TEXT, "reason": TEXT, **_MOVED}),
    "BridgeLine": described_object(
        {"kind": TEXT, "label": TEXT, **_MOVED, "parts": {"type": "array", "items": ref("BridgePart")}}
    ),
    "Bridge": described_object(
        {
            "month": MONTH, "currency": TEXT, "reported": ref("BridgeFigures"), "restated": ref("BridgeFigures"),
            "difference": ref("BridgeFigures"), "lines": {"type": "array", "items": ref("BridgeLine")},
        }
    ),
    "ChecklistItem": described_object(
        {
            "check": TEXT, "about": TEXT, "sentence": TEXT,
            "state": {"type": "string", "enum": list(checklist_texts.STATES)},
        }
    ),
}  # fmt: skip
_MONTH = OpenApiParameter("month", MONTH, OpenApiParameter.PATH, description="Such as 2026-10.")
_REFUSED = {**REFUSED, 404: OpenApiResponse(ref("Refusal"), "No such month, or it is not closed.")}


class MonthBridge(APIView):
    """What moved of a closed month since: its lines sum to restated minus reported, exactly."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="close_bridge",
        summary="Bridge of a closed month",
        description="From reported to restated. For those who see all teams.",
        parameters=[_MONTH],
        responses={200: OpenApiResponse(ref("Bridge")), **_REFUSED},
    )
    def get(self, request: Request, month: str) -> Response:
        of = _month(request, month)
        return Response(bridge_texts.told(of, _bridge(of, timezone.now())))


class MonthBridgeCsv(APIView):
    """The same as CSV: a row for each thing that moved, between reported and restated."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="close_bridge_csv", summary="Bridge of a closed month as CSV", parameters=[_MONTH],
        responses={**file_of("text/csv"), (404, "application/json"): _REFUSED[404]},
    )  # fmt: skip
    def get(self, request: Request, month: str) -> HttpResponse:
        of = _month(request, month)
        return HttpResponse(
            bridge_texts.as_csv(of, _bridge(of, timezone.now())),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="truecost-{of}-bridge.csv"'},
        )


class MonthChecklist(APIView):
    """What should be looked at before a month is closed."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="close_checklist",
        summary="Checklist of a month",
        description="Only what makes figures wrong blocks. For those who see all teams.",
        parameters=[_MONTH],
        responses={
            200: OpenApiResponse(
                described_object({"month": MONTH, "items": {"type": "array", "items": ref("ChecklistItem")}})
            ),
            **_REFUSED,
        },
    )
    def get(self, request: Request, month: str) -> Response:
        of, at = _month(request, month), timezone.now()
        bring_up_to_date(at=at)
        items = checklist(facts_of(of, today=reporting_day(at)))
        return Response({"month": str(of), "items": checklist_texts.told(items)})


def _month(request: Request, text: str) -> Month:
    """Return the month, for those who see the figures of all teams."""
    if reach_of(request).team_ids is not None:
        raise PermissionDenied("Closing is of all teams: only those who see all of them may read it.")
    try:
        return Month.parse(text)
    except ValueError as problem:
        raise NotFound("There is no such month.") from problem


def _bridge(month: Month, at: datetime) -> Bridge:
    found = close_of(month.first_day)
    if found is None:
        raise NotFound("The month is not closed.")
    bring_up_to_date(at=at)
    return bridge_of(found, month)
