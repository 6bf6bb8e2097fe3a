"""The door for traces: spans in, calls and what was said of them stored, answered as OTLP/HTTP says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts.api import NeedsScope
from accounts.queries import reach_of
from audits.api.judged import record_judged
from spend.api import record_spans
from spend.backpressure import writing
from spend.batches import IngestView, RawParser, as_refusal
from spend.ingest.bodies import BadBody
from spend.ingest.mapping import SourceKind
from spend.ingest.native import Decoded
from spend.ingest.otlp.decoding import decode
from spend.ingest.otlp.judged import judged
from spend.ingest.receipt import Receipt
from spend.ingest.records import Problem
from spend.queries.mappings import mapping_of
from spend.queries.zone import reporting_zone
from spend.traces import ProtobufParser, is_json, refused, taken

MOST_TOLD = 10


class Traces(IngestView):
    """`POST /v1/traces`: inference spans become calls, evaluations on spans outcomes and verdicts."""

    permission_classes = [NeedsScope("ingest")]
    parser_classes = [ProtobufParser, RawParser]
    source: ClassVar[SourceKind] = "otlp"

    @extend_schema(exclude=True)  # its body is protobuf, described by opentelemetry-proto
    def post(self, request: Request) -> HttpResponse:  # type: ignore[override]
        at = timezone.now()
        reach = reach_of(request)
        mapping = mapping_of(self.source, reach.team_ids)
        try:
            traces = decode(self._body(request), is_json=is_json(request), mapping=mapping, at=at)
        except BadBody as problem:
            raise as_refusal(problem) from problem
        problems, said, unfit = list(traces.problems), Decoded([], []), Receipt()
        if traces.spans:
            with writing():
                problems += record_spans(traces.spans, reach, at, self.source).rejected
                said = judged(traces.evaluations, mapping, at=at, zone=reporting_zone())
                problems += said.problems
                if said.items:
                    unfit = record_judged(said.items, reach, at, by=request.user.pk)
        # Of spans the reasons alone: tried again apart from its trace, a call may count twice.
        self.keep(problems, [], reach, at)
        self.keep(unfit.rejected, said.items, reach, at)
        problems += unfit.rejected
        return taken(request, rejected=len(problems), why=_told(problems))

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """Answer in the encoding of the request, whatever Accept says."""
        return JSONRenderer(), JSONRenderer.media_type

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        told = super().handle_exception(exc)
        answer = refused(self.request, told.status_code, str((told.data or {}).get("detail", "")))
        for name in ("Retry-After", "WWW-Authenticate", "Allow"):
            if name in told.headers:
                answer[name] = told.headers[name]
        return answer


class LangfuseTraces(Traces):
    """The same at the address that a Langfuse SDK sends to."""

    source = "langfuse"


def _told(problems: Sequence[Problem]) -> str:
    """Say of the first refused spans what was wrong with them."""
    ordered = sorted(problems, key=lambda problem: problem.index)
    sentences = [
        f"span {problem.index}: " + "; ".join(f"{name} {', '.join(said)}" for name, said in problem.errors.items())
        for problem in ordered[:MOST_TOLD]
    ]
    more = len(ordered) - MOST_TOLD
    return " | ".join([*sentences, *([f"and {more} more"] if more > 0 else [])])
