"""JSON out: what each way to send work to tiers would cost."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.deciding.base import NUMBER, SHARE, Decision, answers, parameters
from audits.api.described import DOLLARS, FLAG, TEXT, WHOLE, described_object, maybe
from spend.ingest.schemas import Schema, ref

POLICY: Schema = {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 3}
OUTLOOK: dict[str, Schema] = {
    "policy": POLICY,
    **dict.fromkeys(("success", "success_low", "success_high", "escalated"), SHARE),
    **{f"cost_per_task{end}_usd": DOLLARS for end in ("", "_low", "_high")},
    **{f"{name}{end}_usd": maybe(DOLLARS) for name in ("cost_per_success", "worth") for end in ("", "_low", "_high")},
    "latency_ms": maybe(NUMBER), "assumes_independence": FLAG,
}  # fmt: skip
COMPONENTS: dict[str, Schema] = {
    "RoutingPolicy": described_object({**OUTLOOK, "efficient": FLAG}),
    "RoutedType": described_object(
        {
            "task_type": maybe(TEXT), "sentence": TEXT, "tasks": WHOLE, "failure_usd": DOLLARS,
            "measured_failure_usd": maybe(DOLLARS), "value_usd": maybe(DOLLARS), "detection_is_measured": FLAG,
            "by_complexity": FLAG, "covered": SHARE, "withheld": maybe(TEXT),
            "advised": {"oneOf": [POLICY, {"type": "null"}]}, "doubts": {"type": "array", "items": TEXT},
            "bearable_usd": maybe(DOLLARS),
            "today": described_object(
                {
                    "tasks": WHOLE, "success": SHARE, "cost_per_task_usd": DOLLARS,
                    "cost_per_success_usd": maybe(DOLLARS), "worth_usd": maybe(DOLLARS),
                }
            ),
            "policies": {"type": "array", "items": ref("RoutingPolicy")},
        }
    ),
}  # fmt: skip
TERMS = {
    "failure": "US dollars that a task which ends failed costs; default: as measured of each task type.",
    "review": "US dollars of more review of each answer than it has; default: none.",
    "detection": "Of failed answers, the per cent that review sends on; default: as audits say, else 80.",
    "false_alarms": "Of good answers, the per cent that review sends on by mistake; default: 0.",
}


class DecideRouting(Decision):
    """What each policy of routing would cost."""

    question = "routing"

    @extend_schema(
        operation_id="decide_routing",
        summary="Say what each way to send work to tiers would cost, and which is advised",
        description="For each task type: tiers alone and cascades of two or three; by tier only (docs/method.md, 22).",
        parameters=parameters(**TERMS),
        responses=answers(
            failure_usd=maybe(DOLLARS), review_usd=DOLLARS, detection=SHARE, false_alarms=SHARE,
            task_types={"type": "array", "items": ref("RoutedType")},
        ),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return super().get(request)
