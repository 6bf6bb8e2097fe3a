"""JSON out: how many successes failed in silence."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.deciding.base import NUMBER, SHARE, Decision, answers, parameters
from audits.api.described import DOLLARS, FLAG, TEXT, WHOLE, described_object, maybe
from spend.ingest.schemas import Schema, ref

_COSTS = {f"true_cost_per_success{end}_usd": maybe(DOLLARS) for end in ("", "_low", "_high")}
_RATE = dict.fromkeys(("rate", "low", "high", "response", "worst", "borrowed"), SHARE)


def _nothing_or(name: str) -> Schema:
    return {"oneOf": [ref(name), {"type": "null"}]}


COMPONENTS: dict[str, Schema] = {
    "SilentRate": described_object({**_RATE, "successes": WHOLE, "answered": WHOLE, "failed": WHOLE}),
    "AuditAdvice": described_object({"settled": FLAG, "more": maybe(WHOLE)}),
    "SilentAdjusted": described_object(
        {
            **{f"successes{end}": NUMBER for end in ("", "_low", "_high")},
            **{f"final_yield{end}": SHARE for end in ("", "_low", "_high")},
            **_COSTS,
        }
    ),
    "SilentTier": described_object(
        {
            "tier": TEXT, "successes": WHOLE, "final_yield": maybe(SHARE), **_COSTS, "rate": _nothing_or("SilentRate"),
            "adjusted": _nothing_or("SilentAdjusted"), "advice": ref("AuditAdvice"),
        }
    ),
    "SilentStratum": described_object(
        {
            **{name: maybe(TEXT) for name in ("task_type", "tier", "team")}, "month": TEXT,
            **dict.fromkeys(("successes", "drawn", "answered", "failed", "open"), WHOLE),
            "low": maybe(SHARE), "high": maybe(SHARE),
        }
    ),
    "SilentOverturning": described_object(
        {"cheapest": TEXT, "rival": TEXT, "rate": SHARE, "advice": ref("AuditAdvice")}
    ),
}  # fmt: skip


class DecideSilentFailures(Decision):
    """Silent failures, by what audits found."""

    question = "silent-failures"

    @extend_schema(
        operation_id="decide_silent_failures",
        summary="Say how many successes failed in silence, and what that does to each tier",
        description="By audits drawn at random; adjusted figures stand beside the observed (docs/method.md, 18).",
        parameters=parameters(threshold="The rate one wants to be below, in per cent; default: 5."),
        responses=answers(
            threshold=SHARE,
            rate=_nothing_or("SilentRate"),
            advice=ref("AuditAdvice"),
            draws=described_object(dict.fromkeys(("drawn", "answered", "failed", "open", "expired"), WHOLE)),
            selected_reviews=described_object({"reviewed": WHOLE, "failed": WHOLE}),
            tiers={"type": "array", "items": ref("SilentTier")},
            strata={"type": "array", "items": ref("SilentStratum")},
            overturning=_nothing_or("SilentOverturning"),
        ),
    )
    def get(self, request: Request) -> Response:
        return super().get(request)
