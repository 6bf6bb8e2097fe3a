"""Readers of attribute values: from what an emitter wrote to what we mean; None is "says nothing".

A value of the wrong type is handed on as it is: the rules of the field complain about it by name.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

LONGEST_JSON = 64 * 1024  # characters of an attribute that is read as JSON

_MOST_DIGITS = 20
_decode = msgspec.json.Decoder().decode


def text(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else None


def required_text(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else value


# Frameworks that name themselves where the provider belongs: the model's own name has to do then.
_FRAMEWORKS = frozenset({
    "_other", "agno", "autogen", "crewai", "genkit", "haystack", "langchain", "langgraph", "llama_index", "llamaindex",
    "microsoft.agent_framework", "openai_agents", "pydantic-ai", "pydantic_ai", "semantic_kernel", "strands-agents",
    "strands_agents",
})  # fmt: skip


def provider(value: object) -> object:
    name = text(value)
    return None if isinstance(name, str) and name.lower() in _FRAMEWORKS else name


def tokens(value: object) -> object:
    """Return a whole number, also of the text and the floating-point numbers that some emitters write."""
    if type(value) is str:
        value = value.strip()
        return int(value) if value.isdecimal() and len(value) <= _MOST_DIGITS else value or None
    if type(value) is float and value.is_integer():
        return int(value)
    return value


def number(value: object) -> object:
    if type(value) is str:
        try:
            value = float(value) if len(value) < 40 else None
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def json_object(value: object) -> Mapping[str, Any]:
    """Return the object that a value is, or is the JSON text of; an empty one where it is none."""
    if isinstance(value, str) and value[:1] == "{" and len(value) <= LONGEST_JSON:
        try:
            value = _decode(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def unquoted(value: object) -> object:
    """Undo the JSON around a text: Langfuse 5 encodes every metadata value."""
    if isinstance(value, str) and value[:1] == '"' and value[-1:] == '"' and 2 <= len(value) <= LONGEST_JSON:
        try:
            return _decode(value)
        except ValueError:
            return value
    return value


def instant(value: object) -> object:
    """Return Unix nanoseconds of a time in ISO 8601 with an offset."""
    try:
        when = msgspec.convert(unquoted(value), datetime)
        return int(when.timestamp() * 1_000_000) * 1_000 if when.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
