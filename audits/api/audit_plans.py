"""JSON: plans of quality audits, and who was drawn by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of, teams_in
from audits.actions.sampling import begin_plan, change_plan, review_id
from audits.api.alerts import MISSING, WRITING
from audits.api.described import DAY, FLAG, KEY, MONTH, REFUSED, TEXT, WHOLE, described_object, maybe
from audits.api.filled import checked, fields_of
from audits.forms.sampling import NUMBER, SHARE, PlanForm
from audits.models import AuditPlan
from audits.queries.lists.reading import Row
from audits.queries.sampling import draws, may_change, may_plan, plans_in, tallies
from spend.ingest.schemas import Schema, ref
from spend.queries.zone import reporting_day

_NAME: Schema = maybe({**TEXT, "maxLength": 200, "pattern": "^[^\\u0000]*$", "description": "Null: all."})
_STATES = ("open", "answered", "non_response")
_MOST = 1000
COMPONENTS: dict[str, Schema] = {
    "AuditPlanRequest": {
        **described_object(
            {
                "team": _NAME, "task_type": _NAME, "how": {**TEXT, "enum": [NUMBER, SHARE]},
                "amount": {
                    **TEXT, "pattern": r"^[0-9]{1,6}(\.[0-9]{1,2})?$",
                    "description": "Tasks a week, or per cent of the successes that nobody looked at.",
                },
                "state": {**TEXT, "enum": ["active", "stopped"]},
            }
        ),
        "required": ["how", "amount"],
        "additionalProperties": False,
    },
    "AuditPlan": described_object(
        {
            "id": KEY, "version": WHOLE, "team": _NAME, "task_type": _NAME, "number": maybe(WHOLE),
            "share": {"type": ["number", "null"]}, "seed": TEXT, "active": FLAG, "drawn": WHOLE, "answered": WHOLE,
            "failed": WHOLE, "open": WHOLE,
        }
    ),
    "AuditDraw": described_object(
        {
            "id": WHOLE, "plan": KEY, "week": DAY, "task_key": KEY, "task": maybe(TEXT), "team": TEXT,
            "task_type": maybe(TEXT), "tier": maybe(TEXT), "month": MONTH, "taken": WHOLE, "successes": WHOLE,
            "probability": {"type": "number"}, "review": TEXT, "expires_on": DAY,
            "state": {**TEXT, "enum": list(_STATES)},
            "verdict": maybe(TEXT),
        }
    ),
}  # fmt: skip


class AuditPlans(APIView):
    """Plans of quality audits."""

    permission_classes = [NeedsScope("read")]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="list_audit_plans",
        summary="List audit plans",
        description="Of the teams within reach and of all teams, with what became of their draws.",
        responses={
            200: OpenApiResponse(described_object({"plans": {"type": "array", "items": ref("AuditPlan")}})), **REFUSED,
        },
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        found = _tallies(request)
        return Response({"plans": [_told(plan, found.get(plan.identity)) for plan in plans_in(reach_of(request))]})

    @extend_schema(
        operation_id="create_audit_plan",
        summary="Add an audit plan",
        description="It draws its first week at once. Of one's own teams; for finance and administrators of all.",
        request={"application/json": ref("AuditPlanRequest")},
        responses={201: OpenApiResponse(ref("AuditPlan")), **WRITING},
    )
    def post(self, request: Request) -> Response:
        saved = begin_plan(_filled(request, None).made(), at=timezone.now(), by=getattr(request.user, "pk", None))
        return Response(_told(saved, _tallies(request).get(saved.identity)), status=201)


class OneAuditPlan(APIView):
    """One of them."""

    permission_classes = [NeedsScope("read")]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="change_audit_plan",
        summary="Change or stop an audit plan",
        description="Says all of it anew but `state`, as its next version; draws stay with the version that made them.",
        parameters=[OpenApiParameter("identity", KEY, location="path", description="The plan's `id`.")],
        request={"application/json": ref("AuditPlanRequest")},
        responses={200: OpenApiResponse(ref("AuditPlan")), 404: MISSING, **WRITING},
    )
    def put(self, request: Request, identity: UUID) -> Response:
        reach, at = reach_of(request), timezone.now()
        found = plans_in(reach).filter(identity=identity).first()
        if found is None or not may_change(reach, found):
            raise NotFound
        saved = change_plan(_filled(request, found).made(), at=at, by=getattr(request.user, "pk", None))
        return Response(_told(saved, _tallies(request).get(saved.identity)))


class AuditDraws(APIView):
    """Who was drawn."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="list_audit_draws",
        summary="List the tasks drawn for audits",
        description=(
            "Each with the probability it was drawn with, `taken` of the `successes` of its stratum. A correction of"
            " the task with the draw's `review` as its `id`, `activity` review and a verdict answers it."
        ),
        parameters=[
            OpenApiParameter("plan", KEY, description="Only of this plan."),
            OpenApiParameter("state", str, enum=_STATES, description="Only those open, answered or never answered."),
            OpenApiParameter("after", int, description="Behind this `id`; the `next` of the page before."),
        ],
        responses={
            200: OpenApiResponse(
                described_object({"draws": {"type": "array", "items": ref("AuditDraw")}, "next": maybe(WHOLE)})
            ),
            **REFUSED,
        },
    )
    def get(self, request: Request) -> Response:
        plan, state, after = _asked(request)
        today, teams = reporting_day(timezone.now()), reach_of(request).team_ids
        rows = draws(teams=teams, today=today, plan=plan, state=state, after=after, limit=_MOST + 1)
        page = rows[:_MOST]
        return Response({"draws": [_drawn(row) for row in page], "next": page[-1]["id"] if len(rows) > _MOST else None})


def _tallies(request: Request) -> Mapping[UUID, Row]:
    return tallies(teams=reach_of(request).team_ids, today=reporting_day(timezone.now()))


def _filled(request: Request, plan: AuditPlan | None) -> PlanForm:
    reach = reach_of(request)
    if not may_plan(reach):
        raise PermissionDenied
    state = "active" if plan is None or plan.is_active else "stopped"
    body = {"state": state, **fields_of(request.data, PlanForm)}
    return checked(PlanForm(body, teams=sorted(teams_in(reach)), for_all=reach.team_ids is None, plan=plan))


def _asked(request: Request) -> tuple[UUID | None, str, int]:
    """Return what the words ask for. Raises ValidationError."""
    words, errors = request.query_params, {}
    errors = {name: ["is not a parameter"] for name in words if name not in ("plan", "state", "after")}
    plan, state, after = words.get("plan", ""), words.get("state", ""), words.get("after", "0")
    if state and state not in _STATES:
        errors["state"] = [f"must be one of: {', '.join(_STATES)}"]
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        errors["after"] = ["must be a whole number"]
    try:
        identity = UUID(plan) if plan else None
    except ValueError:
        errors["plan"] = ["must be the id of a plan"]
    if errors:
        raise ValidationError(errors)
    return identity, state, int(after)


def _told(plan: AuditPlan, tally: Row | None) -> dict[str, Any]:
    counts = tally or {}
    return {
        "id": str(plan.identity),
        "version": plan.version,
        "team": plan.team.name if plan.team else None,
        "task_type": plan.task_type.name if plan.task_type else None,
        "number": plan.number,
        "share": None if plan.share is None else float(plan.share),
        "seed": plan.seed,
        "active": plan.is_active,
        **{name: counts.get(name, 0) for name in ("drawn", "answered", "failed", "open")},
    }


def _drawn(row: Row) -> dict[str, Any]:
    return {
        **row,
        "plan": str(row["plan"]),
        "task_key": str(row["task_key"]),
        "week": str(row["week"]),
        "month": f"{row['month']:%Y-%m}",
        "expires_on": str(row["expires_on"]),
        "probability": row["taken"] / row["successes"],
        "review": review_id(row["task_key"]),
    }
