"""What the questions that decide have in common as JSON: what may be asked, and what every answer holds."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.api.described import INSTANT, MONTH, REFUSED, TEXT, described_object
from audits.api.reports import words_of
from audits.exports.deciding import QUESTIONS, told
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import BY, parse_decision
from audits.queries.sums import FILTERS
from spend.domain.periods import Month
from spend.ingest.schemas import Schema
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
                span=QUESTIONS[self.question].span,
            )
            return Response(told(self.question, asked, at=at))
        except BadQuery as problem:
            raise ValidationError(problem.errors) from problem
