"""JSON in and out: switches of tier or model, and what people say of them."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.queries import reach_of, teams_in
from audits.actions.switches import save_switch
from audits.api.alerts import WRITING
from audits.api.deciding.base import NUMBER, SHARE, Decision, answers, parameters
from audits.api.described import DOLLARS, FLAG, MONTH, TEXT, described_object, maybe
from audits.api.filled import checked, fields_of
from audits.exports.deciding.switches import told_record
from audits.forms.switches import SwitchForm
from audits.queries.switches import may_record
from spend.ingest.schemas import Schema, ref

_NAME: Schema = {**TEXT, "maxLength": 400, "pattern": "^[^\\u0000]*$"}
_MONTHS: Schema = {"type": "array", "items": MONTH}
_WHAT: dict[str, Schema] = {
    "team": _NAME, "task_type": maybe(_NAME), "month": MONTH, "before": _NAME, "after": _NAME, "note": _NAME,
}  # fmt: skip
COMPONENTS: dict[str, Schema] = {
    "SwitchRequest": {
        **described_object(
            {
                **_WHAT, "note": {**_NAME, "maxLength": 500},
                "cost": {**TEXT, "pattern": r"^[0-9]{1,14}(\.[0-9]{1,2})?$", "description": "USD that switching took."},
                "state": {**TEXT, "enum": ["counts", "dismissed"]},
            }
        ),
        "required": ["team", "month", "before", "after"],
        "additionalProperties": False,
    },
    "SwitchRecord": described_object({**_WHAT, "by": TEXT, "cost_usd": DOLLARS, "dismissed": FLAG}),
    "Switch": described_object(
        {
            "switch": TEXT, **_WHAT, "found": FLAG, "held": maybe(FLAG), "recorded": FLAG, "cost_usd": maybe(DOLLARS),
            "sentence": TEXT, "months_before": _MONTHS, "months_after": _MONTHS,
            "doubts": {"type": "array", "items": TEXT}, "unplaced_usd": DOLLARS,
            "effect": {"oneOf": [ref("SwitchEffect"), {"type": "null"}]},
        }
    ),
    "SwitchEffect": described_object(
        {
            **{f"{name}_usd": DOLLARS for name in ("saving", "failures", "net", "net_low", "net_high")},
            "payback_months": maybe(NUMBER), "largest_incident_usd": DOLLARS, "months_eaten": maybe(NUMBER),
            "bearable_usd": maybe(DOLLARS), "covered": SHARE,
        }
    ),
}  # fmt: skip


class DecideSwitches(Decision):
    """What switches saved and cost, and recording one."""

    question = "switches"
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="decide_switches",
        summary="Say what switches of tier or model saved and cost a month",
        description=(
            "Those found in the data and those recorded, of these months, default the last 24 full ones; by tier or"
            " model (docs/method.md, 21)."
        ),
        parameters=parameters(switch="Only this one, by its name in the answer."),
        responses=answers(
            switches={"type": "array", "items": ref("Switch")}, dismissed={"type": "array", "items": ref("Switch")}
        ),
    )
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(
        operation_id="record_switch",
        summary="Record a switch, what it cost, or that one found is none",
        description=(
            "Of a team, task type and month, between two tiers or two models (`provider/name`). Said again it replaces"
            " what was said. For finance and administrators, and for those who record rework of the team."
        ),
        request={"application/json": ref("SwitchRequest")},
        responses={200: OpenApiResponse(ref("SwitchRecord")), **WRITING},
    )
    def post(self, request: Request) -> Response:
        reach = reach_of(request)
        if not may_record(reach):
            raise PermissionDenied
        body = fields_of(request.data, SwitchForm)
        form = checked(SwitchForm({"state": "counts", "cost": "0", **body}, teams=sorted(teams_in(reach))))
        return Response(told_record(save_switch(form.made())))
