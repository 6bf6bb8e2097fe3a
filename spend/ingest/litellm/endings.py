"""How a call ended, and whether the provider turned it away before any model ran."""

from __future__ import annotations

from spend.ingest.litellm.payload import Payload, part, text
from spend.ingest.records import CallStatus

_TIMEOUTS = frozenset({"408", "504", "524"})
_REFUSALS = frozenset(
    {"ContentPolicyViolationError", "RejectedRequestError", "GuardrailRaisedException", "BlockedPiiEntityError"}
)
_CANCELLED = "499"  # nginx's: whoever asked hung up, and the model went on


def has_failed(payload: Payload) -> bool:
    return payload.get("status") == "failure"


def ended(payload: Payload) -> CallStatus:
    """Return the status of a call: by its error, else by why the answer stopped."""
    if not has_failed(payload):
        return "refused" if _is_filtered(payload) else "ok"
    code, kind = error_of(payload)
    if code in _TIMEOUTS or "Timeout" in kind:
        return "timeout"
    blocked = part(payload, "status_fields").get("guardrail_status") == "guardrail_intervened"
    return "refused" if blocked or kind in _REFUSALS else "error"


def was_turned_away(payload: Payload) -> bool:
    """Whether a call failed before any model ran: no provider bills those, so that they are known to be free.

    Not so where time ran out, the connection broke or somebody hung up: nobody knows what was used by then.
    """
    code, kind = error_of(payload)
    if not has_failed(payload) or code in _TIMEOUTS or code == _CANCELLED or "Timeout" in kind:
        return False
    is_answered = len(code) == 3 and code.isdigit() and (code[0] == "4" or code in ("500", "503", "529"))
    return kind in _REFUSALS or (is_answered and "Connection" not in kind and "MidStream" not in kind)


def error_of(payload: Payload) -> tuple[str, str]:
    """Return the HTTP status and the class of the error, each empty where there is none."""
    error = part(payload, "error_information")
    code = error.get("error_code")
    return str(code) if isinstance(code, str | int) else "", text(error, "error_class") or ""


def _is_filtered(payload: Payload) -> bool:
    choices = part(payload, "response").get("choices")
    if not isinstance(choices, list) or not choices:
        return False
    return all(isinstance(choice, dict) and choice.get("finish_reason") == "content_filter" for choice in choices)
