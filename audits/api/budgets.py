"""JSON: budgets, and how they stand in a month."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsAllTeams, NeedsScope
from accounts.queries import reach_of
from audits.actions.budgets import save_budget, standings_of
from audits.api.alerts import MISSING, PATH_ID, WRITING
from audits.api.described import DOLLARS, MONTH, REFUSED, TEXT, WHOLE, described_object, maybe
from audits.api.filled import checked, fields_of
from audits.exports.alerts import told_budget
from audits.forms.budgets import BudgetForm
from audits.models import Budget
from audits.queries.asking import month_of
from audits.queries.budgets import budgets_in
from spend.domain.periods import Month
from spend.ingest.schemas import Schema, ref
from spend.queries.zone import reporting_day

_COUNTS: Schema = {**TEXT, "enum": [Budget.TOKEN_BILL, Budget.TRUE_COST]}
_TEAM: Schema = maybe({**TEXT, "maxLength": 200, "pattern": "^[^\\u0000]*$", "description": "Null: all together."})
_SHARE: Schema = {"type": ["number", "null"]}
COMPONENTS: dict[str, Schema] = {
    "BudgetRequest": {
        **described_object(
            {
                "counts": _COUNTS,
                "amount": {**TEXT, "pattern": r"^[0-9]{1,14}(\.[0-9]{1,2})?$", "description": "USD a month."},
                "first_month": MONTH, "team": _TEAM, "last_month": maybe(MONTH),
            }
        ),
        "required": ["counts", "amount", "first_month"],
        "additionalProperties": False,
    },
    "Budget": described_object(
        {
            "id": WHOLE, "team": _TEAM, "counts": _COUNTS, "amount_usd": DOLLARS, "first_month": MONTH,
            "last_month": maybe(MONTH),
            "standing": {
                "oneOf": [
                    described_object(
                        {
                            "month": MONTH, "spent_usd": maybe(DOLLARS), "share": _SHARE,
                            "forecast_usd": maybe(DOLLARS), "forecast_share": _SHARE, "left_usd": maybe(DOLLARS),
                            "days_left": WHOLE,
                        }
                    ),
                    {"type": "null"},
                ]
            },
        }
    ),
}  # fmt: skip


class Budgets(APIView):
    """Budgets of teams and of the whole installation."""

    permission_classes = [NeedsScope("read")]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="list_budgets",
        summary="List budgets",
        description="Of the teams within reach, each with how a month of it stands; null where it does not hold.",
        parameters=[OpenApiParameter("month", MONTH, description="Such as 2026-10; none: the running month.")],
        responses={
            200: OpenApiResponse(described_object({"budgets": {"type": "array", "items": ref("Budget")}})), **REFUSED,
        },
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        at = timezone.now()
        today = reporting_day(at)
        errors: dict[str, list[str]] = {}
        month = month_of({"month": request.query_params.getlist("month")}, "month", Month.of(today), errors)
        if month is None:
            raise ValidationError(errors)
        budgets = budgets_in(reach_of(request))
        stands = dict(standings_of(budgets, month, today=today, at=at))
        return Response({"budgets": [told_budget(budget, stands.get(budget)) for budget in budgets]})

    @extend_schema(
        operation_id="create_budget",
        summary="Add a budget",
        description="For finance and administrators, with their session.",
        request={"application/json": ref("BudgetRequest")},
        responses={201: OpenApiResponse(ref("Budget")), **WRITING},
    )
    def post(self, request: Request) -> Response:
        if not reach_of(request).writes_reference:
            raise PermissionDenied(NeedsAllTeams.message)
        form = checked(BudgetForm(fields_of(request.data, BudgetForm)))
        return Response(told_budget(save_budget(form.made()), None), status=201)


class OneBudget(APIView):
    """One of them."""

    permission_classes = [NeedsAllTeams]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="change_budget",
        summary="Change a budget",
        description="Says all of it anew. For finance and administrators, with their session.",
        parameters=[PATH_ID],
        request={"application/json": ref("BudgetRequest")},
        responses={200: OpenApiResponse(ref("Budget")), 404: MISSING, **WRITING},
    )
    def put(self, request: Request, pk: int) -> Response:
        budget = Budget.objects.select_related("team").filter(pk=pk).first()
        if budget is None:
            raise NotFound
        form = checked(BudgetForm(fields_of(request.data, BudgetForm), budget=budget))
        return Response(told_budget(save_budget(form.made()), None))
