"""How a span ended: its status, and whether the provider turned the request away before any model ran."""

from __future__ import annotations

import re
from collections.abc import Iterable

from spend.ingest.otlp.records import RawSpan
from spend.ingest.records import CallStatus

_REFUSALS = frozenset({"content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii",
                       "guardrail_intervened"})  # fmt: skip
_TIMEOUT = re.compile(r"time.?out|timed out|deadline|\b(408|504)\b", re.IGNORECASE)
_REFUSED = re.compile(r"content.?(filter|policy)|refus(al|ed by)|safety", re.IGNORECASE)

# Errors by which an API answers before it does any work, as the SDKs of OpenAI and Anthropic, LiteLLM and HTTP name
# them. No provider bills those: their tokens are known to be none.
_TURNED_AWAY = re.compile(
    r"(^|\.)(RateLimit|Authentication|PermissionDenied|NotFound|BadRequest|UnprocessableEntity|Conflict)Error\b"
    r"|^4\d\d$|Error code: 4\d\d\b",
)
_TIMED_OUT = "408"


def ended(span: RawSpan) -> CallStatus:
    """Return the status of a call: by its error, else by why its answer stopped."""
    if not has_failed(span):
        return "refused" if _is_refusal(span.said.get("finish")) else "ok"
    error = _error_of(span)
    if _TIMEOUT.search(error):
        return "timeout"
    return "refused" if _REFUSED.search(error) else "error"


def has_failed(span: RawSpan) -> bool:
    said = span.said
    return span.failed or "error" in said or said.get("level") == "ERROR"


def was_turned_away(span: RawSpan) -> bool:
    """Whether the request failed before any model ran."""
    error = _error_of(span)
    return has_failed(span) and error != _TIMED_OUT and _TURNED_AWAY.search(error) is not None


def _error_of(span: RawSpan) -> str:
    """Return the type of the error; only where none is given the beginning of its message, of which nothing is kept."""
    found = span.said.get("error")
    for event in span.events:
        found = found or event.said.get("error")
    return found if isinstance(found, str) else span.message


def _is_refusal(finish: object) -> bool:
    reasons: Iterable[object] = finish if isinstance(finish, list) else [finish]
    return any(isinstance(reason, str) and reason.strip('[]" ').lower() in _REFUSALS for reason in reasons)
