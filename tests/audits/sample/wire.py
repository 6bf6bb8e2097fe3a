"""Which records the API accepts, written from its description alone: fields, types, choices."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

Check = Callable[[Any], bool]


def one_of(*choices: str) -> Check:
    return lambda value: value in choices


def text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200


def whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 10**9


def version(value: Any) -> bool:
    return type(value) is int and value >= 1


def flag(value: Any) -> bool:
    return type(value) is bool


def money(value: Any) -> bool:
    try:
        return isinstance(value, str) and Decimal(value) >= 0 and re.fullmatch(r"\d+(\.\d{1,9})?", value) is not None
    except InvalidOperation:
        return False


def instant(value: Any) -> bool:
    return isinstance(value, str) and value.endswith("Z") and datetime.fromisoformat(value) is not None


def day(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 10 and date.fromisoformat(value) is not None


def flat(value: Any) -> bool:
    return isinstance(value, dict) and all(
        text(key) and not isinstance(item, dict | list) for key, item in value.items()
    )


def links(name: str) -> Check:
    def check(value: Any) -> bool:
        names = [link[name] for link in value]
        fields = all(set(link) <= {name, "weight"} and whole(link.get("weight", 1)) for link in value)
        return bool(names) and fields and len(set(names)) == len(names) and sum(x.get("weight", 1) for x in value) > 0

    return check


CALL = {
    "id": text, "occurred_at": instant, "model": text, "provider": text, "task": text, "task_type": text, "team": text,
    "input_tokens": whole, "cache_read_tokens": whole, "cache_write_tokens": whole, "output_tokens": whole,
    "reasoning_tokens": whole, "cost_usd": money, "latency_ms": whole,
    "status": one_of("ok", "error", "timeout", "refused"), "final": flag, "step": text,
    "purpose": one_of("attempt", "triage", "judge", "guardrail", "embedding"),
    "service_tier": text, "environment": text, "metadata": flat,
}  # fmt: skip
OUTCOME = {
    "task": text, "outcome": one_of("success", "failure"), "occurred_at": instant, "task_type": text,
    "complexity": one_of("low", "medium", "high"), "value_usd": money, "team": text, "version": version,
    "withdrawn": flag,
}  # fmt: skip
CORRECTION = {
    "id": text, "worked_on": day, "minutes": whole, "role": text,
    "activity": one_of("review", "fix", "redo", "apology", "support", "prompting", "upkeep", "repair"),
    "verdict": one_of("accepted", "amended", "rejected"),
    "cause": one_of("hallucination", "wrong_template", "format_break", "incomplete", "model_update", "retrieval",
                    "tool", "policy_or_compliance", "security", "human", "other"),
    "note": text, "task": text, "call": text, "team": text, "tier": text, "model": text,
    "provenance": one_of("measured", "self_reported", "estimated"), "version": version, "withdrawn": flag,
}  # fmt: skip
INCIDENT = {
    "id": text, "title": text, "severity": one_of("low", "medium", "high", "critical"), "occurred_on": day,
    "discovered_on": day, "loss_usd": money, "recovered_usd": money, "response_minutes": whole, "role": text,
    "status": one_of("open", "confirmed", "dismissed"), "invalidates_output": flag, "tasks": links("task"),
    "calls": links("call"), "team": text, "tier": text, "model": text, "note": text, "version": version,
    "withdrawn": flag,
}  # fmt: skip

NEEDED = {
    "calls": (CALL, {"id", "occurred_at", "model", "team"}),
    "outcomes": (OUTCOME, {"task", "outcome", "team"}),
    "corrections": (CORRECTION, {"id", "worked_on", "minutes", "role", "activity", "team"}),
    "incidents": (INCIDENT, {"id", "title", "severity", "occurred_on", "loss_usd", "team"}),
}


def problems(kind: str, record: dict[str, Any]) -> list[str]:
    """Return what the API would say against a record."""
    fields, needed = NEEDED[kind]
    found = [f"{name} is missing" for name in needed - set(record)]
    found += [f"{name} is unknown" for name in set(record) - set(fields)]
    found += [f"{name} is {value!r}" for name, value in record.items() if name in fields and not fields[name](value)]
    named = [name for name in ("task", "call", "tier", "model", "tasks", "calls") if name in record]
    if kind in ("corrections", "incidents") and len(named) > 1:
        found.append(f"names {named}")
    if kind == "incidents" and ("response_minutes" in record) != ("role" in record):
        found.append("response without role")
    if kind == "incidents" and Decimal(record.get("recovered_usd", "0")) > Decimal(record["loss_usd"]):
        found.append("more recovered than lost")
    return found
