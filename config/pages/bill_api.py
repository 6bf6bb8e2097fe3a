"""JSON: bills of providers, imported and listed. Of all teams, for those who see all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import NeedsAllTeams
from accounts.models import User
from audits.api.described import DAY, DOLLARS, FLAG, INSTANT, REFUSED, TEXT, WHOLE, described_object, maybe
from spend.actions.bills import Draft, Overlaps, draft, import_bill
from spend.batches import IngestView, RawLinesParser, RawParser
from spend.domain.money import to_dollars
from spend.ingest.bills.reading import SHAPES
from spend.ingest.bills.records import BadBill, BadValue, exchange_rate
from spend.ingest.schemas import REFUSALS, Schema, ref
from spend.models import Bill
from spend.queries.bills import bills

A_PAGE = 100
_SHAPE = {**TEXT, "enum": [*SHAPES, "csv"]}
_PROVIDER = {**TEXT, "maxLength": 200, "pattern": "^[^\\u0000]*$"}
COMPONENTS: dict[str, Schema] = {
    "Bill": described_object(
        {
            "id": WHOLE, "provider": TEXT, "kind": {**TEXT, "enum": [kind for kind, _ in Bill.Kind.choices]},
            "number": TEXT, "first_day": DAY, "end_day": DAY, "currency": TEXT, "lines": WHOLE,
            "amount_usd": maybe(DOLLARS), "imported_at": INSTANT, "superseded_at": maybe(INSTANT),
            "withdrawn_because": TEXT,
        }
    ),
    "BillImported": described_object(
        {"bill": {"$ref": "#/components/schemas/Bill"}, "duplicate": FLAG,
         "superseded": {"type": "array", "items": WHOLE}, "notes": {"type": "array", "items": TEXT},
         "unknown_models": {"type": "array", "items": TEXT}}
    ),
}  # fmt: skip


_REJECTED = described_object({"rejected": {"type": "array", "items": ref("Rejection")}})


class CsvParser(RawParser):
    media_type = "text/csv"


class Bills(IngestView):
    """Bills that were imported, and the way in."""

    permission_classes = [NeedsAllTeams]
    parser_classes = [RawParser, RawLinesParser, CsvParser]

    @extend_schema(
        operation_id="list_bills",
        summary="List bills",
        description="Bills of providers, the latest days first, 100 on a page; replaced and withdrawn ones too.",
        parameters=[OpenApiParameter("page", {"type": "integer", "minimum": 1})],
        responses={
            200: OpenApiResponse(described_object({"bills": {"type": "array", "items": ref("Bill")}, "pages": WHOLE})),
            **REFUSED,
        },
    )
    def get(self, request: Request) -> Response:
        pages = Paginator(bills(), A_PAGE)
        said = request.query_params.get("page", "1")
        if not said.isascii() or not said.isdigit() or len(said) > 9 or int(said) < 1:
            raise ValidationError({"page": ["must be a number from 1 on"]})
        found = pages.page(int(said)).object_list if int(said) <= pages.num_pages else []
        return Response({"bills": [told(bill) for bill in found], "pages": pages.num_pages})

    @extend_schema(
        operation_id="import_bill",
        summary="Import a bill",
        description=(
            "The file as it is, packed (gzip, zstd) or not: costs or usage of OpenAI or Anthropic as JSON, FOCUS or "
            "plain CSV (docs/bills.md). All of it or nothing. For finance and administrators, with their session."
        ),
        parameters=[
            OpenApiParameter("shape", _SHAPE, description="Told by its content if left out."),
            OpenApiParameter("provider", _PROVIDER, description="Of CSV lines that name none."),
            OpenApiParameter("rate", TEXT, description="USD for one of its currency, instead of the ECB's."),
        ],
        request={"application/json": {"type": "object"}, "text/csv": TEXT},
        responses={
            200: OpenApiResponse(ref("BillImported"), "It was here already."),
            201: OpenApiResponse(ref("BillImported")),
            **REFUSED,
            400: OpenApiResponse({"oneOf": [ref("Faults"), ref("Refusal"), _REJECTED]}, "It is no such bill."),
            413: OpenApiResponse(ref("Refusal"), REFUSALS[413]),
            415: OpenApiResponse(ref("Refusal"), REFUSALS[415]),
        },
    )
    def post(self, request: Request) -> Response:
        if not isinstance(request.user, User):
            raise PermissionDenied
        content = self._body(request)
        try:
            found = draft(content, **_words(request))
            if found.problems:
                return Response({"rejected": [_problem(problem) for problem in found.problems]}, status=400)
            done = import_bill(found, content, by=request.user, at=timezone.now())
        except (BadBill, Overlaps) as error:
            raise ValidationError({"bill": [str(error)]}) from error
        return Response(_told(found, done.bill.pk, done.is_duplicate, [bill.pk for bill in done.superseded]),
                        status=200 if done.is_duplicate else 201)  # fmt: skip


class OneBill(APIView):
    permission_classes = [NeedsAllTeams]

    @extend_schema(
        operation_id="read_bill",
        summary="Read a bill",
        responses={200: OpenApiResponse(ref("Bill")), **REFUSED, 404: OpenApiResponse(ref("Refusal"))},
    )
    def get(self, request: Request, pk: int) -> Response:
        found = bills().filter(pk=pk).first()
        if found is None:
            raise NotFound
        return Response(told(found))


def told(bill: Any) -> dict[str, Any]:
    return {
        "id": bill.pk,
        "provider": bill.provider,
        "kind": bill.kind,
        "number": bill.number,
        "first_day": bill.first_day.isoformat(),
        "end_day": bill.end_day.isoformat(),
        "currency": bill.currency,
        "lines": bill.lines_number,
        "amount_usd": None if bill.total_nanos is None else f"{to_dollars(int(bill.total_nanos)):f}",
        "imported_at": bill.imported_at.isoformat(),
        "superseded_at": bill.superseded_at and bill.superseded_at.isoformat(),
        "withdrawn_because": bill.withdrawn_because,
    }


def _told(found: Draft, pk: int, is_duplicate: bool, superseded: list[int]) -> dict[str, Any]:
    return {
        "bill": told(bills().get(pk=pk)),
        "duplicate": is_duplicate,
        "superseded": superseded,
        "notes": list(found.statement.notes) if found.statement else [],
        "unknown_models": found.unknown_models,
    }


def _problem(problem: Any) -> dict[str, Any]:
    return {"index": problem.index, "id": problem.id, "errors": problem.errors}


def _words(request: Request) -> dict[str, Any]:
    words = request.query_params
    shape, provider, rate = words.get("shape", ""), words.get("provider", ""), words.get("rate")
    if shape and shape not in (*SHAPES, "csv"):
        raise ValidationError({"shape": [f"must be one of: {', '.join((*SHAPES, 'csv'))}"]})
    if "\x00" in provider or len(provider) > 200:
        raise ValidationError({"provider": ["is no name of a provider"]})
    return {"shape": shape, "provider": provider, "rate": _rate(rate)}


def _rate(said: str | None) -> Decimal | None:
    if said is None:
        return None
    try:
        return exchange_rate(said, "rate")
    except BadValue as error:
        raise ValidationError({"rate": [str(error)]}) from error
