"""JSON out: the audit trail, newest first."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import permissions
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.domain.reach import Reach
from accounts.queries import reach_of
from audits.api.described import DAY, INSTANT, REFUSED, TEXT, WHOLE, described_object, maybe
from config.trail.access import reads_all_of_it, reads_trail
from spend.ingest.schemas import Schema, ref
from trail.models import Event
from trail.queries.listing import ACTIONS, AT_MOST, PAGE, BadAsked, labels, page, parse

_ROW: Schema = {"type": ["object", "null"], "additionalProperties": True}
COMPONENTS: dict[str, Schema] = {
    "TrailEvent": described_object(
        {
            "id": WHOLE, "at": INSTANT, "action": TEXT, "object": TEXT, "key": TEXT, "before": _ROW, "after": _ROW,
            "reason": TEXT, "actor_kind": TEXT, "actor": TEXT, "person_id": maybe(WHOLE), "address": TEXT,
            "request": TEXT, "transaction": WHOLE, "role": TEXT, "mark": TEXT,
        }
    )
}  # fmt: skip
_SHORT: Schema = {"type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$"}


class ReadsTrail(permissions.BasePermission):
    message = "The audit trail is read by administrators, finance, and keys of all teams with the scope `read`."

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Reach) and reads_trail(request.auth)


class Trail(APIView):
    """Who changed what, when, from where, and why."""

    permission_classes = [ReadsTrail]

    @extend_schema(
        operation_id="list_trail",
        summary="List events of the audit trail",
        description=(
            "Changes of facts and reference data with what they were before and after, and exports, newest first; for "
            "administrators those of people and keys, and logins, as well. `next` is the next page's `cursor`."
        ),
        parameters=[
            OpenApiParameter("who", _SHORT, description="The beginning of the name of a person, key, command or job."),
            OpenApiParameter("action", {"type": "string", "enum": list(ACTIONS)}),
            OpenApiParameter("object", _SHORT, description="`price`, `correction`, `report-csv`, ..."),
            OpenApiParameter("key", _SHORT, description="The number of a row, with `object`."),
            OpenApiParameter("request", _SHORT, description="The `X-Request-ID` of an answer."),
            OpenApiParameter("record", _SHORT, description="What all versions of a correction or incident share."),
            OpenApiParameter("from", DAY, description="The first day, in the reporting zone."),
            OpenApiParameter("to", DAY, description="The last day."),
            OpenApiParameter("cursor", {"type": "string", "pattern": "^[0-9]{1,18}$"}, description="From `next`."),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": AT_MOST, "default": PAGE}),
        ],
        responses={
            200: OpenApiResponse(
                described_object({"events": {"type": "array", "items": ref("TrailEvent")}, "next": maybe(TEXT)})
            ),
            **REFUSED,
        },
    )
    def get(self, request: Request) -> Response:
        words = {name: request.query_params.getlist(name) for name in request.query_params}
        cursor, limit = words.pop("cursor", [""])[-1], words.pop("limit", [str(PAGE)])[-1]
        try:
            if not (limit.isascii() and limit.isdecimal() and 1 <= int(limit[:9]) <= AT_MOST):
                raise BadAsked({"limit": [f"must be a whole number from 1 to {AT_MOST}"]})
            all_of_it = reads_all_of_it(reach_of(request))
            found = page(parse(words), all_of_it=all_of_it, cursor=cursor, limit=int(limit))
        except BadAsked as problem:
            raise ValidationError(problem.errors) from problem
        called = labels()
        events = [_event(event, called) for event in found.rows]
        return Response({"events": events, "next": None if found.cursor is None else str(found.cursor)})


def _event(event: Event, called: dict[str, str]) -> dict[str, Any]:
    told = {name: getattr(event, name) for name in COMPONENTS["TrailEvent"]["properties"]}
    return told | {"object": called.get(event.object, event.object), "mark": bytes(event.mark).hex()}
