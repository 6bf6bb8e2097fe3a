"""JSON: which months are closed; close one, open the last one again. Of all teams, for those who see all."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsAllTeams
from accounts.models import User
from accounts.queries import reach_of
from audits.actions.closing import accrual_of, close_month, reopen
from audits.api.described import DOLLARS, INSTANT, MONTH, REFUSED, TEXT, described_object, maybe
from audits.api.said import Checks, is_month, texts_of
from audits.domain.checklist import WAIVABLE
from audits.domain.closing import CannotClose
from audits.exports.closes import told_close
from audits.models import Close
from audits.queries.closes import close_of, open_from
from spend.domain.periods import Month
from spend.ingest.schemas import REFUSALS, Schema, ref

REASON_LENGTH = 2_000
BASES = ("computed", "billed")
_BASIS: Schema = {**TEXT, "enum": list(BASES), "description": "Of the token bill in the report that is kept."}
_WHY: Schema = {**TEXT, "maxLength": REASON_LENGTH, "pattern": "^[^\\u0000]*$"}
_WAIVERS: Schema = {"type": "object", "additionalProperties": TEXT, "description": "Reasons by what blocked."}
_ACCRUE = r"^(proposed|[0-9]{1,9}(\.[0-9]{1,9})?)$"
_HASHES: Schema = {"type": "object", "additionalProperties": True, "description": "SHA-256 of what it keeps, by name."}
COMPONENTS: dict[str, Schema] = {
    "Close": described_object(
        {
            "first_month": MONTH, "month": MONTH, "state": {**TEXT, "enum": ["draft", "closed", "reopened"]},
            "basis": _BASIS, "policy_version": TEXT, "drafted_at": INSTANT, "drafted_by": TEXT,
            "closed_at": maybe(INSTANT), "closed_by": TEXT, "reason": TEXT, "waivers": _WAIVERS,
            "accrued": maybe(DOLLARS), "accrual_proposed": maybe(DOLLARS), "accrual_reason": TEXT, "accrued_by": TEXT,
            "reopened_at": maybe(INSTANT),
            "reopened_by": TEXT, "reopen_reason": TEXT, "digest": TEXT, "inputs": _HASHES,
        }
    ),
    "CloseRequest": {
        **described_object(
            {
                "month": MONTH,
                "reason": {**_WHY, "description": "Wanted where the checklist warns."},
                "basis": {**_BASIS, "default": "computed"},
                **{f"waive_{rule}": {**_WHY, "description": f"Why `{rule}` need not block it."} for rule in WAIVABLE},
                "accrue": {
                    **TEXT, "pattern": _ACCRUE, "maxLength": 20,
                    "description": "Rework still to come to report in the month: `proposed`, or dollars.",
                },
                "accrual_reason": {**_WHY, "description": "Wanted for another amount than proposed."},
            }
        ),
        "required": ["month"],
        "additionalProperties": False,
    },
    "ReopenRequest": {
        **described_object({"reason": {**_WHY, "minLength": 1, "pattern": r"\S"}}), "additionalProperties": False,
    },
}  # fmt: skip
_REFUSED: dict[Any, Any] = {
    **REFUSED,
    400: OpenApiResponse({"oneOf": [ref("Faults"), ref("Refusal")]}, "What was asked makes no sense, or cannot be."),
    415: OpenApiResponse(ref("Refusal"), REFUSALS[415]),
}


class Closes(APIView):
    """Closes of months."""

    permission_classes = [NeedsAllTeams]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="list_closes",
        summary="List closes",
        description="The latest first, those opened again too. For those who see all teams, keys too.",
        responses={
            200: OpenApiResponse(
                described_object({"open_from": maybe(MONTH), "closes": {"type": "array", "items": ref("Close")}})
            ),
            401: REFUSED[401],
            403: REFUSED[403],
            503: REFUSED[503],
        },
    )
    def get(self, request: Request) -> Response:
        first = open_from()
        return Response(
            {
                "open_from": str(Month.of(first)) if first else None,
                "closes": [told_close(close, reader=_reader(request)) for close in Close.objects.all()],
            }
        )

    @extend_schema(
        operation_id="close_month",
        summary="Close a month",
        description=(
            "Freezes a month that is over, and of an installation never closed all months before it; months close in "
            "order. Its checklist may not block, and where it warns a reason is wanted. For finance and "
            "administrators, with their session: keys close nothing."
        ),
        request={"application/json": ref("CloseRequest")},
        responses={201: OpenApiResponse(ref("Close")), **_REFUSED},
    )
    def post(self, request: Request) -> Response:
        by = _person(request)
        said = texts_of(request.data, _OF_A_CLOSE, needs=["month"])
        try:
            found = close_month(
                Month.parse(said["month"]), by=by, at=timezone.now(), reason=said.get("reason", ""),
                basis=said.get("basis", "computed"),
                waivers={rule: said.get(f"waive_{rule}", "").strip() for rule in WAIVABLE},
                accrual=accrual_of(said.get("accrue", ""), said.get("accrual_reason", "")),
            )  # fmt: skip
        except CannotClose as problem:
            raise ValidationError({"month": [str(problem)]}) from problem
        return Response(told_close(found, reader=_reader(request)), status=201)


class Reopening(APIView):
    """Opens the last closed month again."""

    permission_classes = [NeedsAllTeams]
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="reopen_month",
        summary="Open the last closed month again",
        description="For administrators, with their session. The close and its reason stay on record.",
        parameters=[OpenApiParameter("month", MONTH, OpenApiParameter.PATH, description="Such as 2026-10.")],
        request={"application/json": ref("ReopenRequest")},
        responses={
            200: OpenApiResponse(ref("Close")),
            **_REFUSED,
            404: OpenApiResponse(ref("Refusal"), "No such month, or it is not closed."),
        },
    )
    def post(self, request: Request, month: str) -> Response:
        by = _person(request)
        if not reach_of(request).administers:
            raise PermissionDenied("Only administrators open a closed month again.")
        said = texts_of(request.data, _OF_A_REOPENING, needs=["reason"])
        try:
            close = close_of(Month.parse(month).first_day)
        except ValueError:
            close = None
        if close is None:
            raise NotFound("There is no such closed month.")
        try:
            found = reopen(close, by=by, at=timezone.now(), reason=said["reason"])
        except CannotClose as problem:
            raise ValidationError({"month": [str(problem)]}) from problem
        return Response(told_close(found, reader=_reader(request)))


def _person(request: Request) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _reader(request: Request) -> str:
    return request.user.get_username()


_TOO_LONG = f"has at most {REASON_LENGTH:,} characters"
_OF_A_CLOSE: Checks = {
    "month": (is_month, "must be a month like 2026-10"),
    "reason": (lambda text: len(text) <= REASON_LENGTH, _TOO_LONG),
    **{f"waive_{rule}": (lambda text: len(text) <= REASON_LENGTH, _TOO_LONG) for rule in WAIVABLE},
    "accrue": (lambda text: len(text) <= 20 and bool(re.fullmatch(_ACCRUE, text)), "must be `proposed` or dollars"),
    "accrual_reason": (lambda text: len(text) <= REASON_LENGTH, _TOO_LONG),
    "basis": (lambda text: text in BASES, f"must be one of: {', '.join(BASES)}"),
}
_OF_A_REOPENING: Checks = {
    "reason": (lambda text: 0 < len(text.strip()) <= REASON_LENGTH, f"must say why; it {_TOO_LONG}"),
}
