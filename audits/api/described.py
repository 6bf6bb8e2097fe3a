"""What lists and reports answer, for the OpenAPI description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.views import APIView

from audits.domain.lines import Line
from audits.domain.report import Coverage
from audits.exports.plain import COVERAGE_MONEY, MONEY
from audits.queries import lists
from audits.queries.asking import BASES, BILLS, LENSES, SUCCESSES
from audits.queries.closes import STANDINGS
from audits.queries.sums import DIMENSIONS, FILTERS
from spend.domain.reconciling.months import CHOICES
from spend.ingest.schemas import REFUSALS, Schema, ref

View = TypeVar("View", bound=type[APIView])

TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
KEY: Schema = {"type": "string", "format": "uuid"}
MONTH: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}
DOLLARS: Schema = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2,9}$", "description": "USD", "example": "12.50"}
DECIMAL: Schema = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}


def maybe(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


_NAMES = {name: maybe(TEXT) for name in ("team", "tier", "model")}
_RECORD = {
    "key": WHOLE, "id": TEXT, "version": WHOLE, **_NAMES, "role": TEXT, "note": TEXT, "reason": TEXT,
    "received_at": INSTANT, "recorded_by": maybe(TEXT),
}  # fmt: skip
_TOKENS = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
ROWS: dict[str, Schema] = {
    "calls": {
        "key": KEY, "id": TEXT, "occurred_at": INSTANT, "day": DAY, **_NAMES, "task_key": KEY, "task": maybe(TEXT),
        "task_type": maybe(TEXT), "purpose": TEXT, "status": TEXT, "final": FLAG, "counted": FLAG,
        "repeated": FLAG,
        **{name: maybe(WHOLE) for name in _TOKENS}, "cost_usd": maybe(DOLLARS), "computed_usd": maybe(DOLLARS),
        "reported_usd": maybe(DOLLARS), "cost_source": TEXT, "latency_ms": maybe(WHOLE), "step": TEXT,
        "service_tier": TEXT, "environment": TEXT, "state": maybe(TEXT),
    },
    "tasks": {
        "key": KEY, "id": maybe(TEXT), "day": DAY, **_NAMES, "task_type": maybe(TEXT), "route": maybe(TEXT),
        "state": TEXT, "decided_by": TEXT, "first_pass": FLAG, "changes_on": maybe(DAY), "cost_usd": maybe(DOLLARS),
        "entries_usd": DOLLARS,
    },
    "corrections": {
        **_RECORD, "worked_on": DAY, "minutes": DECIMAL, "activity": TEXT, "verdict": TEXT, "cause": TEXT,
        "provenance": TEXT, "identity": KEY, "task": TEXT, "call": TEXT, "task_key": maybe(KEY),
        "entries_usd": DOLLARS,
    },
    "incidents": {
        **_RECORD, "identity": KEY, "title": TEXT, "severity": TEXT, "occurred_on": DAY, "discovered_on": maybe(DAY),
        "loss_usd": DOLLARS, "recovered_usd": DOLLARS, "response_minutes": DECIMAL, "status": TEXT,
        "invalidates_output": FLAG, "entries_usd": DOLLARS,
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"task": TEXT, "call": TEXT, "weight": DECIMAL, "key": maybe(KEY)},
                "required": ["weight", "key"],
            },
        },
    },
    "entries": {
        "id": WHOLE, "posted_at": INSTANT, "service_date": DAY, "posting_month": MONTH, "category": TEXT,
        "nature": TEXT, "amount_usd": DOLLARS, "rule": TEXT, "traced": FLAG, "policy_version": TEXT, "source": TEXT,
        "source_id": maybe(TEXT), **_NAMES, "task_type": maybe(TEXT), "task_key": maybe(KEY), "task": maybe(TEXT),
        "call": maybe(TEXT), "reverses": maybe(WHOLE), "reversed_by": maybe(WHOLE), "state": maybe(TEXT),
    },
}  # fmt: skip


def described_object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _line(properties: dict[str, str], money: frozenset[str]) -> Schema:
    types: dict[str, Schema] = {"int": WHOLE, "float": {"type": "number"}, "bool": FLAG}
    described = {}
    for name, annotation in properties.items():
        schema = DOLLARS if name in money else types[annotation.removesuffix(" | None")]
        described[name] = maybe(schema) if annotation.endswith("None") else schema
    return described


_COLUMNS = _line({field.name: str(field.type) for field in fields(Line) if field.name != "key"}, MONEY)
_COVERAGE = _line({field.name: str(field.type) for field in fields(Coverage)}, frozenset(COVERAGE_MONEY))
COMPONENTS = {
    "LogLinkRequest": {
        **described_object(
            {
                "task": {**NAME, "description": "As its calls name it; it need not be known yet.", "example": "A-1"},
                "team": {**maybe(NAME), "description": "Its team; a key of one team need not say."},
                "days": {
                    **maybe(WHOLE),
                    "minimum": 1,
                    "maximum": 365,
                    "default": 30,
                    "description": "How long it is good.",
                },
            }
        ),
        "required": ["task"],
        "additionalProperties": False,
    },
    "LogLink": described_object({"url": {"type": "string", "format": "uri"}, "expires_at": INSTANT}),
    **{f"{kind.title()}Row": described_object(row) for kind, row in ROWS.items()},
    "Faults": {
        "type": "object",
        "additionalProperties": {"type": "array", "items": TEXT, "minItems": 1},
        "description": "What is wrong, by parameter.",
    },
    "ReportLine": {
        **described_object(_COLUMNS),
        "description": "The columns of a row; a row also has its dimensions by name, null where unattributed.",
        "additionalProperties": maybe(TEXT),
    },
    "Report": described_object(
        {
            "period": described_object({"from": MONTH, "to": MONTH}),
            "currency": TEXT,
            "lens": {"type": "string", "enum": list(LENSES)},
            "basis": {"type": "string", "enum": list(BASES)},
            "success": {"type": "string", "enum": list(SUCCESSES)},
            "bill": {"type": "string", "enum": list(BILLS)},
            "closed": {**TEXT, "enum": list(STANDINGS), "description": "Where the months stand."},
            "as_of": INSTANT,
            "rows": {"type": "array", "items": ref("ReportLine")},
            "total": ref("ReportLine"),
            "coverage": described_object(_COVERAGE),
            "bills": {
                "type": "array",
                "items": described_object(
                    {
                        "provider": TEXT,
                        "month": MONTH,
                        "difference": DOLLARS,
                        "decision": {"type": ["string", "null"], "enum": [*CHOICES, None]},
                    }
                ),
                "description": "Asked for as billed, of all teams: billed less computed, and what was decided.",
            },
        }
    ),
}

REPORT_PARAMETERS = [
    OpenApiParameter("from", MONTH, description="First month, such as 2026-10; none: the last full month."),
    OpenApiParameter("to", MONTH, description="Last month, included; the first when none is given."),
    OpenApiParameter("by", TEXT, description=f"One or two of {', '.join(DIMENSIONS)}, joined by a comma."),
    OpenApiParameter("lens", enum=LENSES),
    OpenApiParameter("basis", enum=BASES),
    OpenApiParameter("success", enum=SUCCESSES, description="Which successes the cost is divided by."),
    OpenApiParameter("bill", enum=BILLS, description="The token bill by our prices, or as providers billed it."),
    *(OpenApiParameter(name, description="A name; may be repeated.", many=True) for name in FILTERS),
]
REFUSED: dict[Any, Any] = {
    400: OpenApiResponse(ref("Faults"), "What was asked makes no sense."),
    **{code: OpenApiResponse(ref("Refusal"), REFUSALS[code]) for code in (401, 403, 503)},
}


def file_of(content_type: str) -> dict[Any, Any]:
    """Describe the answer of a file; refusals are JSON there too."""
    refused = {(code, "application/json"): told for code, told in REFUSED.items()}
    return {(200, content_type): OpenApiTypes.BINARY, **refused}


def list_schema(kind: str) -> Callable[[View], View]:
    page = described_object({kind: {"type": "array", "items": ref(f"{kind.title()}Row")}, "next": maybe(TEXT)})
    return extend_schema_view(
        get=extend_schema(
            operation_id=f"list_{kind}",
            summary=f"List {kind}",
            description="Newest first. `next` is the address of the next page, null on the last.",
            parameters=[*_words(kind), *_PAGING],
            responses={200: OpenApiResponse(page), **REFUSED},
        )
    )


_PAGING = [
    OpenApiParameter("cursor", TEXT, description="From `next`."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": lists.AT_MOST, "default": lists.PAGE}),
]


def _words(kind: str) -> list[OpenApiParameter]:
    """The filters that a list understands; those of one name are ORed, of different names ANDed."""
    own = [
        OpenApiParameter(name, enum=options or None, many=True, description="May be repeated.")
        for name, options in lists.WORDS[kind].items()
    ]
    shared = [parameter for parameter in REPORT_PARAMETERS if parameter.name in lists.REPORT_WORDS]
    return [*shared, OpenApiParameter("route", many=True, description="Such as commodity>frontier."), *own]
