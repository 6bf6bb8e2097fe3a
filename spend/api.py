"""JSON in and out of what the machines did: calls and outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import NeedsScope
from accounts.domain.reach import Reach
from accounts.queries import reach_of
from spend.actions.calls import record_calls
from spend.actions.lineage import Lineage, key_of_span
from spend.actions.outcomes import record_outcomes
from spend.batches import BatchView, IngestView, RawLinesParser, takes
from spend.domain import lineage
from spend.ingest.litellm.decoding import decode
from spend.ingest.mapping import SourceKind
from spend.ingest.native import Decoded
from spend.ingest.otlp.records import Span, UsageClass
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item
from spend.ingest.schemas import BATCH_ANSWERS, LITELLM_BODY, LITELLM_PAYLOAD
from spend.queries.mappings import mapping_of


@takes("call")
class CallBatches(BatchView):
    permission_classes = [NeedsScope("ingest")]

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_calls(items=items, reach=reach.team_ids, at=at)


@takes("outcome")
class Outcomes(BatchView):
    permission_classes = [NeedsScope("ingest")]

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_outcomes(items=items, reach=reach.team_ids, at=at)


class LiteLLM(IngestView):
    """Takes what LiteLLM's generic callback posts; docs/connecting.md says what becomes of it."""

    permission_classes = [NeedsScope("ingest")]
    source: ClassVar[SourceKind] = "litellm"

    def decode(self, body: bytes, request: Request, at: datetime) -> Decoded:
        reach = reach_of(request).team_ids
        names_teams = reach is None or len(reach) > 1  # a key of one team has said which
        return decode(body, mapping_of(self.source, reach), at, names_teams=names_teams)

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        return record_calls(items=items, reach=reach.team_ids, at=at, kind=self.source)

    @extend_schema(
        operation_id="post_litellm",
        summary="Send what LiteLLM logs",
        description=(
            "`StandardLoggingPayload`s of LiteLLM's `generic_api` callback: a JSON array, lines or one object, told "
            "apart by content. What is no request to a model is left out."
        ),
        request={"application/json": LITELLM_BODY, RawLinesParser.media_type: LITELLM_PAYLOAD},
        responses={code: OpenApiResponse(*answer) for code, answer in BATCH_ANSWERS.items()},
    )
    def post(self, request: Request) -> Response:
        try:
            return super().post(request)
        except Throttled as problem:
            problem.status_code = status.HTTP_503_SERVICE_UNAVAILABLE  # after a 429 LiteLLM would drop the batch
            raise


def record_spans(spans: Sequence[Span], reach: Reach, at: datetime, kind: SourceKind) -> Receipt:
    """Record the calls among the spans of a batch, and what the others say of them."""
    return record_calls(
        items=[span.item for span in spans if span.item is not None],
        reach=reach.team_ids,
        at=at,
        kind=kind,
        lineage=Lineage([_placed(span) for span in spans], reach.team_ids),
    )


def _placed(span: Span) -> lineage.Span:
    parent = None if span.parent is None else key_of_span(span.trace, span.parent)
    tells, yields_to = _SORTS[span.usage]
    if not span.is_metered:
        tells, yields_to = 0, yields_to if span.usage != "wrapper" else 0
    return lineage.Span(key_of_span(span.trace, span.id), parent, tells, yields_to)


# What a span of each class tells those above it, and to what below it yields. A sum over an agent's run yields to both.
_SORTS: dict[UsageClass, tuple[int, int]] = {
    "none": (0, 0),
    "generation": (lineage.GENERATION, lineage.GENERATION),
    "embedding": (lineage.EMBEDDING, lineage.EMBEDDING),
    "wrapper": (lineage.GENERATION, lineage.GENERATION | lineage.EMBEDDING),
}
