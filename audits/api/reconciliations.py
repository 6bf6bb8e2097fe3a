"""JSON: computed against billed, and decisions about the difference. Of all teams, for those who see all."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsAllTeams
from accounts.models import User
from audits.actions.reconciling import NothingBilled, compare, decide
from audits.api.described import (
    DAY,
    DECIMAL,
    DOLLARS,
    FLAG,
    INSTANT,
    MONTH,
    REFUSED,
    TEXT,
    WHOLE,
    described_object,
    maybe,
)  # fmt: skip
from audits.api.said import Checks, is_month, texts_of
from audits.exports.reconciled import told_month
from audits.queries.asking import month_of
from spend.domain.periods import Month, Period
from spend.domain.reconciling.causes import CAUSES
from spend.domain.reconciling.months import CHOICES, REASON_LENGTH, Choice
from spend.ingest.fields import UNSTORABLE
from spend.ingest.schemas import REFUSALS, Schema, ref
from spend.queries.zone import reporting_day

MOST_MONTHS = 24
_REASON = {**TEXT, "minLength": 1, "maxLength": REASON_LENGTH, "pattern": r"\S"}
_PROVIDER = {**TEXT, "maxLength": 200, "pattern": "^[^\\u0000]*$", "example": "openai"}
_CHOICE = {**TEXT, "enum": list(CHOICES)}
_CAUSES = described_object({f"{cause}_usd": DOLLARS for cause in CAUSES})
_DECISION = described_object({"choice": _CHOICE, "reason": TEXT, "by": TEXT, "at": INSTANT, "rest_usd": DOLLARS})
COMPONENTS: dict[str, Schema] = {
    "ReconciliationDecisionRequest": {
        **described_object({"provider": _PROVIDER, "month": MONTH, "choice": _CHOICE, "reason": _REASON}),
        "additionalProperties": False,
    },
    "Reconciliation": described_object(
        {
            "provider": TEXT, "month": MONTH,
            "state": {**TEXT, "enum": ["no bill", "reconciled", "open", "decided", "outgrown"]},
            "reconciled": FLAG, "provisional": FLAG, "computed_usd": DOLLARS, "computed_elsewhere_usd": DOLLARS,
            "billed_usd": maybe(DOLLARS), "valued": FLAG, "variance_usd": maybe(DOLLARS),
            "capture_rate": {"type": ["number", "null"]}, "causes": _CAUSES, "unpriced_calls": WHOLE,
            "overlapping_bills": FLAG,
            "tolerance": described_object({"absolute_usd": DOLLARS, "share": DECIMAL, "rounding_usd": DOLLARS}),
            "decision": {**_DECISION, "type": ["object", "null"]},
            "lines": {"type": "array", "items": described_object(
                {"model": maybe(TEXT), "token_kind": maybe(TEXT), "logged_tokens": WHOLE, "billed_tokens": maybe(WHOLE),
                 "computed_usd": DOLLARS, "billed_usd": DOLLARS, "causes": _CAUSES}
            )},
            "days": {"type": "array", "items": described_object(
                {"day": DAY, "provisional": FLAG, "computed_usd": DOLLARS, "billed_usd": maybe(DOLLARS),
                 "causes": _CAUSES}
            )},
        }
    ),
}  # fmt: skip


class Reconciliations(APIView):
    """Computed against billed."""

    permission_classes = [NeedsAllTeams]

    @extend_schema(
        operation_id="list_reconciliations",
        summary="List reconciliations",
        description=(
            "What logged calls cost against what each provider billed for the same days, month by month, the latest "
            "first, with the causes of the difference (docs/reconciling.md). For those who see all teams, keys too."
        ),
        parameters=[
            OpenApiParameter("from", MONTH, description="First month; default: `to`."),
            OpenApiParameter("to", MONTH, description="Last month, included; default: the last full one."),
            OpenApiParameter("provider", _PROVIDER, description="Only this one."),
        ],
        responses={
            200: OpenApiResponse(
                described_object({"reconciliations": {"type": "array", "items": ref("Reconciliation")}})
            ),
            **REFUSED,
        },
    )
    def get(self, request: Request) -> Response:
        at = timezone.now()
        found = compare(_period(request, at), at=at, provider=_provider(request.query_params.get("provider")))
        return Response({"reconciliations": [told_month(each) for each in found]})


class Decisions(APIView):
    """What becomes of a difference."""

    permission_classes = [NeedsAllTeams]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="decide_reconciliation",
        summary="Decide about a reconciliation",
        description=(
            "`accept` leaves reports as computed, `allocate` spreads the difference over teams and tiers by computed "
            "cost, `leave` shows it unattributed; both show in reports asked for with `bill=billed`. Earlier decisions "
            "stay on record. For finance and administrators, with their session: keys decide nothing."
        ),
        request={"application/json": ref("ReconciliationDecisionRequest")},
        responses={
            201: OpenApiResponse(ref("Reconciliation")),
            **REFUSED,
            400: OpenApiResponse({"oneOf": [ref("Faults"), ref("Refusal")]}, "What was asked makes no sense."),
            415: OpenApiResponse(ref("Refusal"), REFUSALS[415]),
        },
    )
    def post(self, request: Request) -> Response:
        if not isinstance(request.user, User):
            raise PermissionDenied
        at, said = timezone.now(), texts_of(request.data, _CHECKS, needs=_CHECKS)
        month = Month.parse(said["month"])
        try:
            decide(
                provider=said["provider"], month=month, choice=cast(Choice, said["choice"]),
                reason=said["reason"].strip(), by=request.user, at=at,
            )  # fmt: skip
        except NothingBilled as problem:
            raise ValidationError({"month": [str(problem)]}) from problem
        [found] = compare(Period(month, month), at=at, provider=said["provider"])
        return Response(told_month(found), status=201)


def _period(request: Request, at: datetime) -> Period:
    errors: dict[str, list[str]] = {}
    words = {name: request.query_params.getlist(name) for name in ("from", "to")}
    last = month_of(words, "to", Month.of(reporting_day(at)).previous, errors)
    first = month_of(words, "from", last, errors)
    if first and last and last < first:
        errors["to"] = ["is before from"]
    if first and last and (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
        errors["from"] = [f"is more than {MOST_MONTHS} months before to"]
    if errors or first is None or last is None:
        raise ValidationError(errors)
    return Period(first, last)


def _provider(given: str | None) -> str | None:
    if given is not None and (UNSTORABLE.search(given) or len(given) > 200):
        raise ValidationError({"provider": ["is no name of a provider"]})
    return given


def _is_reason(text: str) -> bool:
    return 0 < len(text.strip()) <= REASON_LENGTH


_CHECKS: Checks = {
    "provider": (lambda text: len(text) <= 200, "must be the name of a provider"),
    "month": (is_month, "must be a month like 2026-10"),
    "choice": (lambda text: text in CHOICES, f"must be one of: {', '.join(CHOICES)}"),
    "reason": (_is_reason, f"must say why, in {REASON_LENGTH:,} characters at most"),
}
