"""JSON out: whether work is worth what it truly costs."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.deciding.base import NUMBER, Decision, answers, parameters
from audits.api.described import DOLLARS, TEXT, WHOLE, described_object, maybe
from spend.ingest.schemas import Schema, ref

_WORTH: dict[str, Schema] = {
    "sentence": TEXT, "withheld": maybe(TEXT), "successes": WHOLE, "true_cost_per_success_usd": maybe(DOLLARS),
    **{name: {"oneOf": [ref("Worth"), {"type": "null"}]} for name in ("by_hand", "by_value")},
    **{name: maybe(NUMBER) for name in ("return_on_spend", "return_low", "return_high")}, "gain_usd": maybe(DOLLARS),
}  # fmt: skip
COMPONENTS: dict[str, Schema] = {
    "Worth": described_object(
        {
            "verdict": {**TEXT, "enum": ["cheaper", "dearer", "unsettled", "indistinct"]}, "amount_usd": DOLLARS,
            "gain_usd": DOLLARS, "gain_low_usd": DOLLARS, "gain_high_usd": DOLLARS, "bearable_usd": maybe(DOLLARS),
        }
    ),
    "Payback": described_object(
        {
            "investment_usd": DOLLARS, "gain_a_month_usd": DOLLARS,
            **{name: maybe(NUMBER) for name in ("months", "months_low", "months_high")},
        }
    ),
    "ValuedType": described_object(
        {
            "task_type": maybe(TEXT), **_WORTH,
            "tiers": {"type": "array", "items": described_object({"tier": maybe(TEXT), **_WORTH})},
        }
    ),
}  # fmt: skip


class DecideValue(Decision):
    """Whether work is worth what it truly costs."""

    question = "value"

    @extend_schema(
        operation_id="decide_value",
        summary="Say whether work is worth what it truly costs, and cheaper than by hand",
        description="For each task type, and each tier in it; by tier only (docs/method.md, 23).",
        parameters=parameters(
            investment="US dollars, of which it is asked when they are back: from what is saved against by hand."
        ),
        responses=answers(
            payback={"oneOf": [ref("Payback"), {"type": "null"}]},
            task_types={"type": "array", "items": ref("ValuedType")},
        ),
    )
    def get(self, request: Request) -> Response:
        return super().get(request)
