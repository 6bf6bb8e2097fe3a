"""JSON out: tiers or models on the same mix of work."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.deciding.base import NUMBER, SHARE, Decision, answers, parameters
from audits.api.described import DOLLARS, FLAG, TEXT, WHOLE, described_object, maybe
from spend.ingest.schemas import Schema, ref

_SIDE = described_object(
    {
        **{f"{name}_usd": DOLLARS for name in ("crude", "adjusted", "low", "high")},
        "low_with_incidents_usd": DOLLARS, "high_with_incidents_usd": DOLLARS, "covered": SHARE,
    }
)  # fmt: skip
COMPONENTS: dict[str, Schema] = {
    "ComparedSide": _SIDE,
    "ComparedPair": described_object(
        {
            "name": TEXT, "sentence": TEXT,
            "verdict": {**TEXT, "enum": ["cheaper", "dearer", "uncertain", "indistinct", "withheld"]},
            "withheld": maybe(TEXT), "doubts": {"type": ["array", "null"], "items": TEXT},
            **{name: {"oneOf": [ref("ComparedSide"), {"type": "null"}]} for name in ("one", "other")},
            **{name: maybe(DOLLARS) for name in ("difference_usd", "difference_low_usd", "difference_high_usd")},
            "level": maybe(NUMBER), "reversed": maybe(FLAG), "strata": maybe(WHOLE), "strata_cheaper": maybe(WHOLE),
            "covered": maybe(SHARE), "bearable_usd": maybe(DOLLARS),
        }
    ),
}  # fmt: skip


class DecideCompare(Decision):
    """Tiers or models on the same mix of work."""

    question = "compare"

    @extend_schema(
        operation_id="decide_compare",
        summary="Compare tiers or models on the same mix of work",
        description="Each is held against one, crude and adjusted to the same mix (docs/method.md, 19).",
        parameters=parameters(against="Hold each against this one; default: the one with the dearest tokens."),
        responses=answers(
            against=maybe(TEXT),
            pairs={"type": "array", "items": ref("ComparedPair")},
            strata={
                "type": "array",
                "items": described_object({"task_type": maybe(TEXT), "complexity": TEXT, "tasks": WHOLE}),
            },
        ),
    )
    def get(self, request: Request) -> Response:
        return super().get(request)
