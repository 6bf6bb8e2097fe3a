"""The four records as JSON Schema, for the OpenAPI description. A test holds them against `rules`, field by field."""

from __future__ import annotations

from typing import Any, get_args

from spend.ingest import records
from spend.ingest.fields import METADATA_BYTES, MOST_LINKS, NOTE_LENGTH
from spend.ingest.native import MOST_ITEMS
from spend.ingest.records import Kind

Schema = dict[str, Any]

# What a request may be answered beside its success.
REFUSALS = {
    400: "What was asked or sent cannot be read.",
    401: "No key, or one that is unknown, expired or revoked.",
    403: "The key or the person lacks the scope.",
    413: "The body, packed or unpacked, has more than 16 MiB.",
    415: "The content type or encoding is none of those understood.",
    429: "Too many batches are being written; `Retry-After` says when to come back.",
    503: "The database cannot be reached; `Retry-After` says when to come back.",
}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def batch_of(kind: Kind) -> Schema:
    """Return the schema of `{"calls": [...]}`."""
    items = {"type": "array", "items": ref(kind.title()), "maxItems": MOST_ITEMS}
    return _object({f"{kind}s": items}, required=[f"{kind}s"])


def _object(properties: Schema, *, required: list[str], optional_null: bool = False) -> Schema:
    """An object of these properties and no others; with `optional_null`, null is the same as leaving out."""
    if optional_null:
        properties = {name: schema if name in required else _or_null(schema) for name, schema in properties.items()}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        schema = {**schema, "enum": [*schema["enum"], None]}
    return {**schema, "type": [*([schema["type"]] if isinstance(schema["type"], str) else schema["type"]), "null"]}


def _name(description: str, example: str) -> Schema:
    return {
        "type": "string", "minLength": 1, "maxLength": records.NAME_LENGTH, "description": description,
        "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", "example": example,
    }  # fmt: skip


def _enum(literal: Any, description: str, default: str | None = None) -> Schema:
    schema: Schema = {"type": "string", "enum": list(get_args(literal)), "description": description}
    return schema if default is None else {**schema, "default": default}


def _whole(description: str, most: int, least: int = 0) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most, "description": description}


def _decimal(description: str, most: int, example: str) -> Schema:
    """Numbers are read as their decimal text; a string says the same."""
    return {
        "type": ["number", "string"], "minimum": 0, "maximum": most,
        "pattern": r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?$", "description": description, "example": example,
    }  # fmt: skip


def _day(description: str, example: str) -> Schema:
    return {"type": "string", "format": "date", "description": description, "example": example}


def _instant(description: str) -> Schema:
    return {"type": "string", "format": "date-time", "description": description, "example": "2026-10-01T12:00:00Z"}


def _flag(description: str, default: bool) -> Schema:
    return {"type": "boolean", "description": description, "default": default}


def _links(noun: str) -> Schema:
    weight = _decimal("Its part of the blame, 1 where none is given.", 10**9, "1")
    link = _object({noun: _name(f"A {noun}.", "A-1"), "weight": weight}, required=[noun], optional_null=True)
    return {"type": "array", "items": link, "maxItems": MOST_LINKS, "description": f"The {noun}s that caused it."}


_TOKENS = records.MOST_TOKENS
_TEAM = _name("The team that owns it; a key of one team need not say.", "Claims")
_NOTE = {"type": "string", "minLength": 1, "maxLength": NOTE_LENGTH, "description": "For people."}
_VERSIONED = {
    "team": _TEAM,
    "version": {**_whole("The highest counts, in whatever order they come.", records.LATEST_VERSION, 1), "default": 1},
    "withdrawn": _flag("Take it back; only its identity, team and version are looked at then.", False),
}
_REVISED = {
    **_VERSIONED,
    "withdrawn": _flag("Take it back; only its identity, team, version and reason are looked at then.", False),
    "reason": {**_NOTE, "description": "Why this version replaces the one before it; for people."},
}
_SUBJECT = "At most one of the subjects is named; none: it is spread over the team's tiers."

CALL = _object(
    {
        "id": _name("Its identity within the team, for ever.", "req-8f14e45f"),
        "occurred_at": _instant("With an offset; at most a day ahead."),
        "model": _name("As the provider calls it.", "gpt-5-mini"),
        "provider": _name("Needed where several offer the model.", "openai"),
        "task": _name("The work it is part of; none: a task of its own.", "claim-4711"),
        "task_type": _name("What kind of work.", "claim"),
        "team": _TEAM,
        "input_tokens": _whole("Uncached input.", _TOKENS),
        "cache_read_tokens": _whole("Input read from the cache.", _TOKENS),
        "cache_write_tokens": _whole("Input written to the cache.", _TOKENS),
        "output_tokens": _whole("Output, reasoning included.", _TOKENS),
        "reasoning_tokens": _whole("The part of output that is reasoning.", _TOKENS),
        "cost_usd": _decimal("What it cost, where the sender knows; wins over the computed cost.", 10**6, "0.0123"),
        "latency_ms": _whole("Milliseconds until the answer was complete.", records.MOST_MILLISECONDS),
        "status": _enum(records.CallStatus, "How it ended.", "ok"),
        "final": _flag("Its output is what the task used.", False),
        "step": _name("A label.", "draft"),
        "purpose": _enum(records.Purpose, "Only attempts decide the route of a task.", "attempt"),
        "service_tier": _name("Such as batch or flex; none: standard.", "batch"),
        "environment": _name("Calls of production, or of none, enter reports.", "production"),
        "metadata": {
            "type": "object",
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            "description": f"Flat; at most {METADATA_BYTES:,} bytes as JSON.",
        },
    },
    required=["id", "occurred_at", "model"],
    optional_null=True,
)  # fmt: skip

OUTCOME = _object(
    {
        "task": _name("The task; its identity.", "claim-4711"),
        "outcome": _enum(records.OutcomeValue, "How it went, as the integration saw it."),
        "occurred_at": _instant("When that was known."),
        "task_type": _name("Wins over what calls say.", "claim"),
        "complexity": _enum(records.Complexity, "For comparing like with like."),
        "value_usd": _decimal("What the success is worth.", 10**9, "12.50"),
        **_VERSIONED,
    },
    required=["task"],
    optional_null=True,
)

CORRECTION = _object(
    {
        "id": _name("Its identity.", "rework-17"),
        "worked_on": _day("The day of the work; picks the labour rate.", "2026-10-02"),
        "minutes": _decimal("Minutes worked, at most four places.", 100_000, "12.5"),
        "role": _name("A role with a labour rate on that day.", "adjuster"),
        "activity": _enum(records.Activity, "Decides the category of its cost."),
        "verdict": _enum(records.Verdict, "What became of the output."),
        "cause": _enum(records.Cause, "Why it was needed."),
        "note": _NOTE,
        "task": _name(f"The task. {_SUBJECT}", "claim-4711"),
        "call": _name("Or the call.", "req-8f14e45f"),
        "tier": _name("Or, for a whole period, the tier.", "commodity"),
        "model": _name("Or the model.", "openai/gpt-5-mini"),
        "provenance": _enum(records.Provenance, "How the minutes are known."),
        **_REVISED,
    },
    required=["id"],
    optional_null=True,
)

INCIDENT = _object(
    {
        "id": _name("Its identity.", "INC-9"),
        "title": _name("What happened.", "Wrong payout"),
        "severity": _enum(records.Severity, "How bad it was."),
        "occurred_on": _day("The day it happened.", "2026-10-02"),
        "discovered_on": _day("The day it was noticed, not before it happened.", "2026-10-20"),
        "loss_usd": _decimal("Money lost.", 10**9, "250000.00"),
        "recovered_usd": _decimal("What came back, at most the loss.", 10**9, "0"),
        "response_minutes": _decimal("Minutes spent on it; needs a role.", 100_000, "90"),
        "role": _name("Who spent them.", "adjuster"),
        "status": _enum(records.IncidentStatus, "Only confirmed ones cost and fail tasks.", "confirmed"),
        "invalidates_output": _flag("Its tasks have failed.", True),
        "tasks": _links("task"),
        "calls": _links("call"),
        "tier": _name(f"Or the tier. {_SUBJECT}", "commodity"),
        "model": _name("Or the model.", "openai/gpt-5-mini"),
        "note": _NOTE,
        **_REVISED,
    },
    required=["id"],
    optional_null=True,
)

REJECTION = _object(
    {
        "index": {"type": "integer", "minimum": 0, "description": "Its place in the batch."},
        "id": {"type": ["string", "null"], "description": "Its identity, where that could be read."},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "description": "What is wrong, by field; `record` is the item as a whole.",
            "example": {"input_tokens": ["must be >= 0"]},
        },
    },
    required=["index", "id", "errors"],
)
RECEIPT = _object(
    {
        "accepted": {"type": "integer", "minimum": 0, "description": "New items."},
        "duplicates": {"type": "integer", "minimum": 0, "description": "Items that were there already, equal."},
        "rejected": {"type": "array", "items": ref("Rejection")},
    },
    required=["accepted", "duplicates", "rejected"],
)
# Of LiteLLM's payload only what its door insists on; the rest is LiteLLM's to describe.
LITELLM_PAYLOAD = {
    "type": "object",
    "properties": {"startTime": {"type": ["number", "string"], "description": "Seconds since 1970."}},
    "required": ["startTime"],
    "description": "A StandardLoggingPayload.",
}
LITELLM_BODY = {"anyOf": [{"type": "array", "items": LITELLM_PAYLOAD, "maxItems": MOST_ITEMS}, LITELLM_PAYLOAD]}

REFUSAL = _object({"detail": {"type": "string", "description": "Why, in a sentence."}}, required=["detail"])

COMPONENTS = {
    "Call": CALL, "Outcome": OUTCOME, "Correction": CORRECTION, "Incident": INCIDENT, "Rejection": REJECTION,
    "Receipt": RECEIPT, "Refusal": REFUSAL,
}  # fmt: skip
BATCH_ANSWERS: dict[int, tuple[Schema, str]] = {
    200: (ref("Receipt"), "All of it is stored."),
    207: (ref("Receipt"), "Some items were rejected; the others are stored."),
    **{code: (ref("Refusal"), why) for code, why in REFUSALS.items()},
    400: ({"oneOf": [ref("Receipt"), ref("Refusal")]}, "All items were rejected, or the body cannot be read."),
}
