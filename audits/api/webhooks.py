"""What GitHub tells by itself: reviews of pull requests as verdicts, merging as an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.domain.reach import Reach
from audits.actions.records import record_corrections
from audits.actions.webhooks import note_delivery
from audits.models import Webhook
from audits.queries.webhooks import reach_of_webhook, secret_of, webhook_named
from spend.api import Outcomes
from spend.batches import IngestView, RawParser, Refused
from spend.ingest.native import Decoded
from spend.ingest.people.github import is_signed, read_delivery
from spend.ingest.receipt import Receipt
from spend.ingest.records import Item, Outcome, Withdrawal
from spend.ingest.schemas import REFUSALS, ref
from spend.queries.mappings import profile_of
from spend.queries.zone import reporting_day, reporting_zone
from trail.context import Doer, known_as

NOT_SIGNED = "The signature does not fit: no such webhook, another secret, or none."


@extend_schema(
    methods=["POST"],
    summary="Take a delivery of a GitHub webhook",
    description=(
        "Pull request reviews (submitted, edited, dismissed) become verdicts, closing and reopening pull requests "
        "outcomes, as the mapping of github says; other events are taken and left alone. `X-Hub-Signature-256` must be "
        "the HMAC of the body with the secret of the webhook. Idempotent: a delivery that comes again counts once."
    ),
    auth=[],
    parameters=[
        OpenApiParameter("hook", str, required=True, description="Which webhook: the address on its page has it."),
        OpenApiParameter("X-Hub-Signature-256", str, OpenApiParameter.HEADER, required=True),
        OpenApiParameter("X-GitHub-Event", str, OpenApiParameter.HEADER),
        OpenApiParameter("X-GitHub-Delivery", str, OpenApiParameter.HEADER),
    ],
    request={"application/json": {"type": "object"}},
    responses={
        200: OpenApiResponse(ref("Receipt"), "All it says is stored, or it says nothing of concern."),
        400: OpenApiResponse(
            {"oneOf": [ref("Receipt"), ref("Refusal")]}, "What it says was refused, or the body cannot be read."
        ),
        **{code: OpenApiResponse(ref("Refusal"), why) for code, why in REFUSALS.items() if code not in (400, 403)},
    },
)
class GithubWebhook(IngestView):
    """Open to who signs: the signature is checked before the body is read for what it says."""

    authentication_classes = []
    permission_classes = [AllowAny]
    parser_classes = [RawParser]
    source = "github"
    webhook: Webhook

    def post(self, request: Request) -> Response:
        webhook = webhook_named(request.query_params.get("hook", ""))
        signature = request.headers.get("X-Hub-Signature-256", "")
        secret = secret_of(webhook) if webhook is not None and signature else None
        if webhook is None or not secret or not is_signed(self._body(request), signature, secret):
            raise Refused(NOT_SIGNED, status.HTTP_401_UNAUTHORIZED)
        self.webhook = webhook
        request.auth = reach_of_webhook(webhook)
        known_as(Doer("webhook", webhook.prefix))
        delivery = request.headers.get("X-GitHub-Delivery", "")
        note_delivery(webhook=webhook, event=_event(request), delivery=delivery, at=timezone.now())
        return super().post(request)

    def decode(self, body: bytes, request: Request, at: datetime) -> Decoded:
        profile = profile_of("github", reach_of_webhook(self.webhook).team_ids)
        return read_delivery(body, _event(request), profile, at=at, zone=reporting_zone())

    def record(self, items: Sequence[Item], reach: Reach, at: datetime) -> Receipt:
        """A delivery says one thing: an outcome, by its task, or a correction."""
        if _is_outcome(items[0]):
            return Outcomes().record(items, reach, at)
        return record_corrections(items=items, reach=reach.team_ids, at=at, today=reporting_day(at))

    @cached_property
    def _taken(self) -> bytes:
        return super()._body(self.request)

    def _body(self, request: Request) -> bytes:
        """The signature and the decoder look at the same bytes, which can be received only once."""
        return self._taken


def _is_outcome(item: Item) -> bool:
    record = item.record
    return isinstance(record, Outcome) or (isinstance(record, Withdrawal) and record.kind == "outcome")


def _event(request: Request) -> str:
    return request.headers.get("X-GitHub-Event", "")
