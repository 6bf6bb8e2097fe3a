"""JSON out: what incidents are to be expected to cost."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.deciding.base import NUMBER, Decision, answers, parameters
from audits.api.described import DOLLARS, TEXT, WHOLE, described_object, maybe
from spend.ingest.schemas import Schema, ref

_MONEY = (
    "costliest_usd", "loss_per_10k_tasks_usd", "loss_low_usd", "loss_high_usd", "true_cost_per_success_usd",
    "without_costliest_usd", "one_more_usd", "bearable_usd",
)  # fmt: skip
_FACED: dict[str, Schema] = {
    "sentence": TEXT, "tasks": WHOLE, "incidents": WHOLE, "incident_cost_usd": DOLLARS,
    **{f"per_10k_tasks{end}": maybe(NUMBER) for end in ("", "_low", "_high")},
    **{name: maybe(DOLLARS) for name in _MONEY}, "bearable_against": maybe(TEXT),
}  # fmt: skip
COMPONENTS: dict[str, Schema] = {
    "FacedInAll": described_object(_FACED),
    "FacedIncidents": described_object({"name": maybe(TEXT), **_FACED}),
}


class DecideIncidents(Decision):
    """What incidents are to be expected to cost, and how far one of them carries."""

    question = "incidents"

    @extend_schema(
        operation_id="decide_incidents",
        summary="Say what incidents are to be expected to cost, and how far one of them carries",
        description="Loss per 10,000 tasks with its ends, in all and by tier or model (docs/method.md, 17).",
        parameters=parameters(),
        responses=answers(in_all=ref("FacedInAll"), parts={"type": "array", "items": ref("FacedIncidents")}),
    )
    def get(self, request: Request) -> Response:
        return super().get(request)
