"""JSON out: the questions that decide."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.api.described import DOLLARS, FLAG, INSTANT, MONTH, REFUSED, TEXT, WHOLE, described_object, maybe
from audits.api.reports import words_of
from audits.exports.deciding import QUESTIONS, told
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import BY, parse_decision
from audits.queries.sums import FILTERS
from spend.domain.periods import Month
from spend.ingest.schemas import Schema, ref
from spend.queries.zone import reporting_day

NUMBER: Schema = {"type": "number"}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_SENTENCES: Schema = {"type": "array", "items": TEXT}
_EVERY: dict[str, Schema] = {
    "question": TEXT,
    "period": described_object({"from": MONTH, "to": MONTH}),
    "currency": TEXT,
    "by": {**TEXT, "enum": list(BY)},
    "as_of": INSTANT,
    "sentences": _SENTENCES,
}
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
    "Worth": described_object(
        {
            "verdict": {**TEXT, "enum": ["cheaper", "dearer", "unsettled", "indistinct"]}, "amount_usd": DOLLARS,
            "gain_usd": DOLLARS, "gain_low_usd": DOLLARS, "gain_high_usd": DOLLARS,
        }
    ),
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


_WORTH: dict[str, Schema] = {
    "sentence": TEXT, "withheld": maybe(TEXT), "successes": WHOLE, "true_cost_per_success_usd": maybe(DOLLARS),
    **{name: {"oneOf": [ref("Worth"), {"type": "null"}]} for name in ("by_hand", "by_value")},
    **{name: maybe(NUMBER) for name in ("return_on_spend", "return_low", "return_high")}, "gain_usd": maybe(DOLLARS),
}  # fmt: skip
COMPONENTS["ValuedType"] = described_object(
    {
        "task_type": maybe(TEXT), **_WORTH,
        "tiers": {"type": "array", "items": described_object({"tier": maybe(TEXT), **_WORTH})},
    }
)  # fmt: skip


def parameters(**own: str) -> list[OpenApiParameter]:
    """Return the parameters of every question, and those of one, by what they are for."""
    return [
        OpenApiParameter("from", MONTH, description="First month; default: the last full one."),
        OpenApiParameter("to", MONTH, description="Last month, included; default: the first."),
        OpenApiParameter("by", str, enum=BY, description="Whose work; default: tier."),
        *(OpenApiParameter(name, str, many=True, description="Only this, by name.") for name in FILTERS),
        *(OpenApiParameter(name, str, description=what) for name, what in own.items()),
    ]


def answers(**figures: Schema) -> dict[Any, Any]:
    return {200: OpenApiResponse(described_object({**_EVERY, **figures})), **REFUSED}


class Decision(APIView):
    """One question; `question` is its name."""

    permission_classes = [NeedsScope("read")]
    question: str

    def get(self, request: Request) -> Response:
        at = timezone.now()
        try:
            asked = parse_decision(
                words_of(request),
                teams=reach_of(request).team_ids,
                latest=Month.of(reporting_day(at)).previous,
                own=QUESTIONS[self.question].own,
            )
            return Response(told(self.question, asked, at=at))
        except BadQuery as problem:
            raise ValidationError(problem.errors) from problem


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


class DecideValue(Decision):
    """Whether work is worth what it truly costs."""

    question = "value"

    @extend_schema(
        operation_id="decide_value",
        summary="Say whether work is worth what it truly costs, and cheaper than by hand",
        description="For each task type, and each tier in it; by tier only (docs/method.md, 23).",
        parameters=parameters(),
        responses=answers(task_types={"type": "array", "items": ref("ValuedType")}),
    )
    def get(self, request: Request) -> Response:
        return super().get(request)
