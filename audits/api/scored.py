"""What Langfuse scores say and how they are answered, for the OpenAPI description."""

from __future__ import annotations

from audits.api.described import INSTANT, NAME, TEXT, WHOLE, described_object, maybe
from spend.ingest.schemas import Schema, ref

_ERRORS: Schema = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": TEXT, "minItems": 1},
    "description": "What is wrong, by field of the score.",
}
_METADATA: Schema = {
    "description": (
        "Of an object: `rework_minutes`, `role`, `activity`, `cause`, `provenance`, `worked_on`, `task`, `team`, "
        "`annotator_kind` (HUMAN, LLM, CODE)."
    ),
    "example": {"rework_minutes": 12, "role": "adjuster"},
}
SCORED: dict[str, Schema] = {
    "Score": {
        "type": "object",
        "properties": {
            "name": NAME,
            "value": {"type": ["string", "number", "boolean"]},
            "id": maybe(NAME),
            "traceId": maybe(NAME),
            "observationId": maybe(NAME),
            "sessionId": maybe(NAME),
            "timestamp": maybe(INSTANT),
            "metadata": _METADATA,
        },
        "required": ["name", "value"],
        "description": "Other fields are not looked at.",
    },
    "ScoreTaken": described_object({"id": TEXT}),
    "ScoresTaken": described_object({"message": TEXT}),
    "ScoreRefused": described_object({"index": WHOLE, "id": maybe(TEXT), "message": TEXT, "errors": _ERRORS}),
    "ScoresRefused": described_object(
        {"accepted": WHOLE, "rejected": WHOLE, "errors": {"type": "array", "items": ref("ScoreRefused")}}
    ),
    "LangfuseProjects": described_object(
        {
            "data": {
                "type": "array",
                "items": described_object(
                    {
                        "id": TEXT,
                        "name": TEXT,
                        "organization": described_object({"id": TEXT, "name": TEXT}),
                        "metadata": {"type": "object"},
                    }
                ),
            }
        }
    ),
}
