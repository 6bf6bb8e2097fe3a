"""JSON: rules that watch figures, and the alerts that they raised."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsAllTeams, NeedsScope
from accounts.models import Role, User
from accounts.queries import reach_of
from audits.actions.alerts import acknowledge, save_rule, switch_rule
from audits.api.described import DAY, DECIMAL, FLAG, INSTANT, REFUSED, TEXT, WHOLE, described_object, maybe
from audits.api.filled import checked, fields_of
from audits.domain.alert_words import UNITS
from audits.domain.watching import COMPARISONS, MEASURES, WINDOWS
from audits.exports.alerts import told_alert, told_rule
from audits.forms.alerts import AcknowledgeForm, RuleForm
from audits.models import Alert, AlertRule
from audits.queries.alerts import alerts_in, may_acknowledge, rules_in
from spend.ingest.schemas import REFUSALS, Schema, ref

MOST = 200
_PLAIN: Schema = {**TEXT, "maxLength": 200, "pattern": "^[^\\u0000]*$"}
_FIGURE: Schema = {**DECIMAL, "description": "In the unit of the measure: USD, times, or percent."}
_NAMES: Schema = {"type": "array", "items": _PLAIN}
_ASKED: Schema = {
    "name": {**_PLAIN, "minLength": 1, "maxLength": 100},
    "measure": {**TEXT, "enum": list(MEASURES)},
    "team": maybe(_PLAIN), "tier": maybe(_PLAIN), "task_type": maybe(_PLAIN), "provider": _PLAIN,
    "budget": {**maybe(WHOLE), "description": "The id of a budget, for the measures of budgets."},
    "comparison": {**TEXT, "enum": list(COMPARISONS)},
    "threshold": _FIGURE, "clear_threshold": _FIGURE,
    "window": {**TEXT, "enum": list(WINDOWS)},
    "days": {**maybe(WHOLE), "minimum": 1, "maximum": 366},
    "minimum": {**WHOLE, "minimum": 0, "description": "Successes or calls below which there is not enough data."},
    "roles": {"type": "array", "items": {**TEXT, "enum": list(Role.values)}},
    "people": {**_NAMES, "description": "User names."}, "tells_cleared": FLAG, "active": FLAG,
}  # fmt: skip
_OPTIONAL = {"team", "tier", "task_type", "provider", "budget", "clear_threshold", "days", "tells_cleared", "active"}
_UNIT: Schema = {**TEXT, "enum": list(UNITS.values())}
COMPONENTS: dict[str, Schema] = {
    "AlertRuleRequest": {
        "type": "object",
        "properties": _ASKED,
        "required": [name for name in _ASKED if name not in _OPTIONAL | {"roles", "people"}],
        "additionalProperties": False,
    },
    "AlertRule": described_object(
        {"id": WHOLE, **_ASKED, "unit": _UNIT, "value": maybe(_FIGURE), "enough_data": FLAG,
         "evaluated_at": maybe(INSTANT)}
    ),
    "Alert": described_object(
        {
            "id": WHOLE, "rule": WHOLE, "name": TEXT, "condition": TEXT, "unit": _UNIT, "value": _FIGURE,
            "threshold": _FIGURE, "first_day": DAY, "end_day": DAY, "link": TEXT, "raised_at": INSTANT,
            "cleared_at": maybe(INSTANT), "cleared_value": maybe(_FIGURE),
            "cleared_by": {**TEXT, "enum": ["", Alert.PASSED, Alert.CHANGED, Alert.OFF]},
            "acknowledged_at": maybe(INSTANT), "acknowledged_by": maybe(TEXT), "note": TEXT,
        }
    ),
    "AcknowledgeRequest": {
        "type": "object",
        "properties": {"note": {**TEXT, "maxLength": 2000, "pattern": "^[^\\u0000]*$"}},
        "additionalProperties": False,
    },
}  # fmt: skip
PATH_ID = OpenApiParameter("pk", WHOLE, OpenApiParameter.PATH)
WRITING: dict[Any, Any] = {
    **REFUSED,
    400: OpenApiResponse({"oneOf": [ref("Faults"), ref("Refusal")]}, "What was asked makes no sense."),
    415: OpenApiResponse(ref("Refusal"), REFUSALS[415]),
}
MISSING = OpenApiResponse(ref("Refusal"), "There is none of this id.")


class AlertRules(APIView):
    """Rules that watch figures."""

    permission_classes = [NeedsAllTeams]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="list_alert_rules",
        summary="List alert rules",
        description="By name, each with what it read last. For those who see all teams, keys too.",
        responses={
            200: OpenApiResponse(described_object({"alert_rules": {"type": "array", "items": ref("AlertRule")}})),
            **{code: REFUSED[code] for code in (401, 403, 503)},
        },
    )
    def get(self, request: Request) -> Response:
        return Response({"alert_rules": [told_rule(rule) for rule in rules_in(reach_of(request))]})

    @extend_schema(
        operation_id="create_alert_rule",
        summary="Add an alert rule",
        description="For finance and administrators, with their session.",
        request={"application/json": ref("AlertRuleRequest")},
        responses={201: OpenApiResponse(ref("AlertRule")), **WRITING},
    )
    def post(self, request: Request) -> Response:
        return Response(told_rule(_saved(request, None)), status=201)


class OneAlertRule(APIView):
    """One of them."""

    permission_classes = [NeedsAllTeams]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="change_alert_rule",
        summary="Change an alert rule",
        description=(
            "Says all of it anew, `active` too. When it watches something else now, what it had raised ends. For "
            "finance and administrators, with their session."
        ),
        parameters=[PATH_ID],
        request={"application/json": ref("AlertRuleRequest")},
        responses={200: OpenApiResponse(ref("AlertRule")), 404: MISSING, **WRITING},
    )
    def put(self, request: Request, pk: int) -> Response:
        rule = AlertRule.objects.filter(pk=pk).first()
        if rule is None:
            raise NotFound
        return Response(told_rule(_saved(request, rule)))


def _saved(request: Request, rule: AlertRule | None) -> AlertRule:
    at, said = timezone.now(), fields_of(request.data, RuleForm, "active")
    is_active = said.get("active", True)
    if not isinstance(is_active, bool):
        raise ValidationError({"active": ["must be true or false"]})
    form = checked(RuleForm({name: value for name, value in said.items() if name != "active"}, rule=rule))
    made = save_rule(rule=form.made(at), people=form.cleaned_data["people"], at=at)
    if made.is_active != is_active:
        switch_rule(rule=made, is_active=is_active, at=at)
    return rules_in(reach_of(request)).get(pk=made.pk)


class Alerts(APIView):
    """What rules have raised."""

    permission_classes = [NeedsScope("read")]

    @extend_schema(
        operation_id="list_alerts",
        summary="List alerts",
        description=f"The latest first, at most {MOST}; of the teams within reach.",
        parameters=[OpenApiParameter("raised", enum=["yes", "no"], description="Raised now, or cleared; else both.")],
        responses={
            200: OpenApiResponse(described_object({"alerts": {"type": "array", "items": ref("Alert")}})), **REFUSED,
        },
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        found, raised = alerts_in(reach_of(request)), request.query_params.get("raised", "")
        if raised not in ("", "yes", "no"):
            raise ValidationError({"raised": ["must be one of: yes, no"]})
        if raised:
            found = found.filter(cleared_at__isnull=raised == "yes")
        reader = request.user.get_username()
        return Response({"alerts": [told_alert(alert, reader=reader) for alert in found[:MOST]]})


class Acknowledging(APIView):
    """Somebody looks after an alert."""

    permission_classes = [NeedsScope("read")]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="acknowledge_alert",
        summary="Acknowledge an alert",
        description=(
            "Its reminders end; who was first stays on record. For finance, administrators, and team leads for their "
            "teams, with their session."
        ),
        parameters=[PATH_ID],
        request={"application/json": ref("AcknowledgeRequest")},
        responses={200: OpenApiResponse(ref("Alert")), 404: MISSING, **WRITING},
    )
    def post(self, request: Request, pk: int) -> Response:
        reach = reach_of(request)
        alert = alerts_in(reach).filter(pk=pk).first()
        if alert is None:
            raise Http404
        if not isinstance(request.user, User) or not may_acknowledge(alert.rule, reach):
            raise PermissionDenied
        form = checked(AcknowledgeForm(fields_of(request.data, AcknowledgeForm)))
        acknowledge(alert=alert, note=form.cleaned_data["note"], by=request.user, at=timezone.now())
        return Response(told_alert(alerts_in(reach).get(pk=pk), reader=request.user.get_username()))
