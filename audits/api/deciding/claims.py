"""JSON out: whether tiers fail as often as they claim to."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.deciding.base import SHARE, Decision, answers, parameters
from audits.api.described import TEXT, WHOLE, described_object, maybe
from spend.ingest.schemas import Schema, ref

_HELD: dict[str, Schema] = {
    "verdict": {**TEXT, "enum": ["fails_more", "fails_less", "as_claimed", "few", "no_claim"]},
    "tries": WHOLE, "missed": WHOLE, **{name: maybe(SHARE) for name in ("measured", "low", "high")},
}  # fmt: skip
COMPONENTS: dict[str, Schema] = {
    "HeldClaim": described_object(
        {
            "tier": maybe(TEXT), "sentence": TEXT, "claimed": maybe(SHARE), **_HELD,
            "complexities": {"type": "array", "items": described_object({"complexity": TEXT, **_HELD})},
        }
    ),
}  # fmt: skip


class DecideClaims(Decision):
    """Whether tiers fail as often as they claim to."""

    question = "claims"

    @extend_schema(
        operation_id="decide_claims",
        summary="Say whether tiers fail as often as they claim to",
        description="Failed and escalated tries, in all and by complexity; by tier only (docs/method.md, 24).",
        parameters=parameters(),
        responses=answers(tiers={"type": "array", "items": ref("HeldClaim")}),
    )
    def get(self, request: Request) -> Response:
        return super().get(request)
