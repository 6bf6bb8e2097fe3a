"""JSON out: from which cost of a failure on a dearer tier pays off."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.deciding.base import SHARE, Decision, answers, parameters
from audits.api.described import DOLLARS, FLAG, TEXT, WHOLE, described_object, maybe
from spend.ingest.schemas import Schema, ref

COMPONENTS: dict[str, Schema] = {
    "BreakEvenType": described_object(
        {
            "task_type": maybe(TEXT), "measured_failure_usd": maybe(DOLLARS), "failures": WHOLE,
            "tiers": {"type": "array", "items": described_object(
                {"tier": TEXT, "tries": WHOLE, "cost_per_try_usd": DOLLARS, "first_pass_yield": SHARE}
            )},
            "pairs": {"type": "array", "items": described_object(
                {
                    "sentence": TEXT, "one": TEXT, "other": TEXT,
                    "verdict": {**TEXT, "enum": ["break_even", "dominates", "no_difference", "withheld"]},
                    "withheld": maybe(TEXT), "cheap": maybe(TEXT), "dear": maybe(TEXT),
                    "break_even_usd": maybe(DOLLARS), "bounds": maybe(TEXT), "low_usd": maybe(DOLLARS),
                    "high_usd": maybe(DOLLARS), "told_apart": maybe(FLAG), "better": maybe(TEXT),
                    "is_sure": maybe(FLAG),
                }
            )},
            "reigns": {"type": "array", "items": described_object(
                {"tier": TEXT, "from_usd": DOLLARS, "to_usd": maybe(DOLLARS)}
            )},
        }
    ),
}  # fmt: skip


class DecideBreakEven(Decision):
    """From which cost of a failure on the dearer tier pays off."""

    question = "break-even"

    @extend_schema(
        operation_id="decide_break_even",
        summary="Say from which cost of a failure on the dearer tier pays off",
        description="For each task type and two tiers of it, with bounds; by tier only (docs/method.md, 20).",
        parameters=parameters(failure="US dollars that one failure costs; default: as measured of each task type."),
        responses=answers(failure_usd=maybe(DOLLARS), task_types={"type": "array", "items": ref("BreakEvenType")}),
    )
    def get(self, request: Request) -> Response:
        return super().get(request)
