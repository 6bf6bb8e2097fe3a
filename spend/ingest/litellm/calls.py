"""One StandardLoggingPayload as the fields of a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from hashlib import blake2b

from spend.ingest.fields import is_name
from spend.ingest.litellm.cost import ZERO, cost_notes, cost_of, guardrail_cost, saved
from spend.ingest.litellm.endings import ended, error_of, has_failed, was_turned_away
from spend.ingest.litellm.models import model_of, provider_of, service_tier_of
from spend.ingest.litellm.payload import Fields, Payload, Unfit, look_up, part, text
from spend.ingest.litellm.usage import NONE_USED, Tokens, tokens_of
from spend.ingest.mapping import Mapping
from spend.ingest.records import MOST_MILLISECONDS, NAME_LENGTH, Purpose

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 10**11  # seconds since then: beyond it no date is one
_MICROSECONDS = 10**6

_PURPOSES: dict[str, Purpose] = {
    "embedding": "embedding",
    "rerank": "embedding",  # the other half of looking something up
    "moderation": "guardrail",
}
# Short ones, so that together they stay within what metadata may have.
_NOTED = (
    ("litellm.call_type", ("call_type",), 40),
    ("litellm.model_group", ("model_group",), 100),
    ("litellm.team", ("metadata", "user_api_key_team_alias"), 100),
    ("litellm.routed_by", ("metadata", "routing_decision", "router_type"), 40),
    ("litellm.routed_tier", ("metadata", "routing_decision", "tier"), 40),
    ("litellm.error", ("error_information", "error_class"), 60),
)


def is_call(payload: Payload) -> bool:
    """Whether a payload is of a request to a model; the others LiteLLM logs manage files, batches, threads, tools.

    Whatever has used tokens or money is a call: a batch that is read back when it is done, for one. A request that
    failed before any provider was chosen is none: over a budget, or for a model that the proxy does not have.
    """
    if payload.get("total_tokens") or payload.get("response_cost"):
        return True
    if has_failed(payload) and provider_of(payload) is None:
        return False
    return _is_inference(_kind(payload))


def fields_of(payload: Payload, mapping: Mapping, *, names_teams: bool) -> Fields:
    """Return the fields of a call as its rules read them. Raises Unfit for what cannot be read."""
    tokens, cost = _used(payload)
    find = partial(look_up, payload)
    began = _began(payload)
    found: Fields = {
        "id": identity_of(payload),
        "occurred_at": began.isoformat(),
        "provider": provider_of(payload),
        "model": model_of(payload),
        "task": mapping.task_named(find) or _own_task(payload),
        "task_type": mapping.task_type_named(find),
        "team": mapping.team_named(find) if names_teams else None,
        "environment": mapping.environment_named(find),
        "purpose": mapping.purpose_named(find) or _purpose(payload),
        "status": ended(payload),
        "service_tier": service_tier_of(payload),
        "latency_ms": None if is_read_back(payload) else _since(began, payload, "endTime"),
        "cost_usd": cost,
        "metadata": _notes(payload, began),
    }
    return found | tokens.fields()


def identity_of(payload: Payload) -> str:
    """Return the identity of an event: the same for what is sent again, another for each attempt of one request.

    A request that is retried or falls back keeps its litellm_call_id; each answer has the provider's id, a failure
    has none of its own, so that its moment tells it from the next.
    """
    call, answer = text(payload, "litellm_call_id"), text(payload, "id")
    if answer is not None and is_read_back(payload):
        call = None
    if call is None and answer is None:
        raise Unfit("id", "is required, or litellm_call_id")
    status = text(payload, "status") or "success"
    parts = list(dict.fromkeys(part for part in (call, answer, status) if part))
    if answer in (None, call) and has_failed(payload):
        parts.append(str(payload.get("startTime")))
    whole = ":".join(parts)
    if len(whole) <= NAME_LENGTH:
        return whole
    return f"{(call or '')[:100]}:{blake2b(whole.encode(errors='replace'), digest_size=16).hexdigest()}"


def _used(payload: Payload) -> tuple[Tokens, Decimal | None]:
    """Return what was bought: nothing for an answer from LiteLLM's own cache, and for what was turned away."""
    if is_cached(payload):
        return NONE_USED, guardrail_cost(payload)
    tokens = tokens_of(payload)
    if tokens.total == 0 and was_turned_away(payload):
        return NONE_USED, cost_of(payload, NONE_USED) or ZERO
    if tokens.total == 0:  # LiteLLM writes 0 where it knows nothing
        tokens = Tokens()
    return tokens, cost_of(payload, tokens)


def is_cached(payload: Payload) -> bool:
    return payload.get("cache_hit") in (True, "True")


def is_read_back(payload: Payload) -> bool:
    """Whether a job is asked for its end (a batch, a response in the background): each time it says what it used."""
    return _kind(payload) in _READ_BACK


def _own_task(payload: Payload) -> str | None:
    """Return what LiteLLM itself holds together: a trace where the client named one, else a request's attempts."""
    if is_read_back(payload):
        return None
    for name in ("trace_id", "litellm_call_id"):
        if (found := text(payload, name)) is not None and is_name(found):
            return found
    return None


def _purpose(payload: Payload) -> Purpose:
    metadata = part(payload, "metadata")
    if metadata.get("is_silent_experiment") is True:
        return "judge"  # it tries a model beside the one that answers: appraisal
    if "classifier_input" in payload:
        return "triage"  # the router asks which model to ask
    return _PURPOSES.get(_kind(payload), "attempt")


def _kind(payload: Payload) -> str:
    """Return the call type without the sign of its asynchronous twin."""
    kind = (text(payload, "call_type") or "").removeprefix("litellm.").removeprefix("_")
    return _TWINS.get(kind, kind)


_INFERENCES = frozenset({
    "", "completion", "text_completion", "embedding", "responses", "anthropic_messages", "generate_content",
    "generate_content_stream", "image_generation", "image_edit", "transcription", "speech", "rerank", "moderation",
    "realtime", "responses_websocket", "ocr", "decisions", "systemone", "video_generation", "create_video",
    "video_edit", "video_remix", "run_thread", "run_thread_stream", "create_interaction", "send_message",
})  # fmt: skip
_READ_BACK = frozenset({"retrieve_batch", "get_responses"})
_TWINS = {f"a{kind}": kind for kind in _INFERENCES | _READ_BACK if kind}


def _is_inference(kind: str) -> bool:
    return kind in _INFERENCES


def _began(payload: Payload) -> datetime:
    """Return when a call began; a job that is read back is of one moment, whenever and however often it is asked."""
    job = part(payload, "response") if is_read_back(payload) else {}
    for name in ("completed_at", "created_at"):
        if job.get(name):
            return _instant(job, name)
    return _instant(payload, "startTime")


def _instant(payload: Payload, name: str) -> datetime:
    """Read seconds since 1970, or the text of older versions, which is taken to be in UTC."""
    value = payload.get(name)
    if isinstance(value, int | Decimal) and _is_near(value):
        return _EPOCH + timedelta(microseconds=int(value * _MICROSECONDS))
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            raise Unfit(name, "must be a time such as 2026-10-01 12:00:00") from None
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    raise Unfit(name, "must be a time in seconds since 1970")


def _is_near(seconds: int | Decimal) -> bool:
    is_number = seconds.is_finite() if isinstance(seconds, Decimal) else not isinstance(seconds, bool)
    return is_number and -_LAST < seconds < _LAST


def _since(began: datetime, payload: Payload, name: str) -> int | None:
    """Return the milliseconds from the beginning to this moment, None where clocks disagree or nothing is said."""
    try:
        passed = (_instant(payload, name) - began) // timedelta(milliseconds=1)
    except (Unfit, OverflowError):
        return None
    return passed if 0 <= passed <= MOST_MILLISECONDS else None


def _notes(payload: Payload, began: datetime) -> Fields:
    tokens = tokens_of(payload)
    notes: Fields = {
        ours: found[:most] for ours, (*place, name), most in _NOTED if (found := text(part(payload, *place), name))
    }
    if code := error_of(payload)[0]:
        notes["litellm.error_code"] = code[:20]
    if (
        payload.get("stream") is True
        and not is_read_back(payload)
        and (waited := _since(began, payload, "completionStartTime")) is not None
    ):
        notes["time_to_first_token_ms"] = waited
    if is_cached(payload):
        return {**notes, **saved(payload, tokens)}
    if tokens.semantics is not None:
        notes["input_semantics"] = tokens.semantics
    return {**notes, **cost_notes(payload)}
