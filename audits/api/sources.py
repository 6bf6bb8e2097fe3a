"""JSON out: what comes in from where, and what of it was refused."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.actions.reports import bring_up_to_date
from audits.api.described import FLAG, INSTANT, REFUSED, TEXT, WHOLE, described_object, maybe
from audits.queries.connectors import Connector, connectors
from spend.ingest.schemas import Schema, ref
from spend.models import RejectedItem
from spend.queries.rejected import rejected_items
from spend.queries.zone import reporting_day

MOST = 1_000
_PAGE = 100
_SILENCE = {"days": WHOLE, "usual_days": WHOLE}
COMPONENTS: dict[str, Schema] = {
    "SourceRow": described_object(
        {
            "id": WHOLE, "team": TEXT, "kind": TEXT, "name": TEXT, "first_seen_at": INSTANT, "last_seen_at": INSTANT,
            **dict.fromkeys(("calls", "unpriced", "without_task", "unjudged", "rejected"), WHOLE),
            "calls_a_day": {"type": "array", "items": WHOLE},
            "silent": {**described_object(_SILENCE), "type": ["object", "null"]},
        }
    ),
    "RejectedRow": described_object(
        {
            "id": WHOLE, "team": maybe(TEXT), "kind": TEXT, "name": TEXT, "what": TEXT, "external_id": TEXT,
            "errors": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
            "first_at": INSTANT, "last_at": INSTANT, "can_be_retried": FLAG,
        }
    ),
}  # fmt: skip


class Sources(APIView):
    """The figures of the Connectors page."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="list_sources",
        summary="List sources",
        description=(
            "Where calls come from, those that sent last first, with their calls of the last 30 days, today last: all, "
            "those without a known price, those that name no task, those of tasks without outcome or verdict."
        ),
        responses={
            200: OpenApiResponse(described_object({"sources": {"type": "array", "items": ref("SourceRow")}})),
            **REFUSED,
        },
    )
    def get(self, request: Request) -> Response:
        at = timezone.now()
        bring_up_to_date(at=at)
        found = connectors(teams=reach_of(request).team_ids, today=reporting_day(at))
        return Response({"sources": [_source(each) for each in found]})


def _source(found: Connector) -> dict[str, Any]:
    source, total, quiet = found.source, found.total, found.silence
    return {
        "id": source.pk, "team": source.team.name, "kind": source.kind, "name": source.name,
        "first_seen_at": source.first_seen_at, "last_seen_at": source.last_seen_at,
        "calls": total.calls, "unpriced": total.unpriced, "without_task": total.implicit, "unjudged": total.unjudged,
        "rejected": found.rejected, "calls_a_day": [counted.calls for _, counted in found.by_day],
        "silent": quiet and {"days": quiet.days, "usual_days": quiet.usual},
    }  # fmt: skip


class Rejected(APIView):
    """Items that were refused, without their content."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="list_rejected",
        summary="List rejected items",
        description="What was refused and is kept, for 30 days, newest first. `next` is the next page's `before`.",
        parameters=[
            OpenApiParameter("before", WHOLE, description="From `next`: items older than this one."),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": _PAGE}),
        ],
        responses={
            200: OpenApiResponse(
                described_object({"rejected": {"type": "array", "items": ref("RejectedRow")}, "next": maybe(WHOLE)})
            ),
            **REFUSED,
        },
    )
    def get(self, request: Request) -> Response:
        limit = _whole(request, "limit", _PAGE, most=MOST)
        before = _whole(request, "before", 0, most=2**62)
        items = rejected_items(reach_of(request).team_ids).select_related("team").order_by("-pk")
        rows = list((items.filter(pk__lt=before) if before else items)[: limit + 1])
        more, rows = len(rows) > limit, rows[:limit]
        return Response({"rejected": [_rejected(row) for row in rows], "next": rows[-1].pk if more else None})


def _rejected(row: RejectedItem) -> dict[str, Any]:
    return {
        "id": row.pk, "team": row.team.name if row.team else None, "kind": row.kind, "name": row.name,
        "what": row.format, "external_id": row.external_id, "errors": row.errors, "first_at": row.first_at,
        "last_at": row.last_at, "can_be_retried": row.content is not None,
    }  # fmt: skip


def _whole(request: Request, name: str, default: int, *, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if given.isascii() and given.isdecimal() and 1 <= int(given[:20]) <= most:
        return int(given)
    raise ValidationError({name: [f"must be a whole number from 1 to {most}"]})
