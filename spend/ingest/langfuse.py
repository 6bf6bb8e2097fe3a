"""Langfuse scores: one object or a list, as the SDKs 2 to 5 post them, become evaluations.

A score may say much that is not for us (configId, queueId, comment, ...): that is not looked at, nor kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Words
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct

from spend.ingest import fields
from spend.ingest.bodies import BadBody
from spend.ingest.evaluations import Evaluation
from spend.ingest.fields import Repeated, described, shown
from spend.ingest.json_text import decode_text
from spend.ingest.judging import Judge
from spend.ingest.native import MOST_ITEMS
from spend.ingest.reading import WHOLE_ITEM, refused
from spend.ingest.records import Problem

_HEXADECIMAL = re.compile("[0-9A-F]{16}|[0-9A-F]{32}")
_NAMES = ("id", "name", "traceId", "observationId", "sessionId")
_SOURCES: Words[object, Judge] = {"ANNOTATION": "person", "EVAL": "model"}
_KINDS: Words[object, Judge] = {"HUMAN": "person", "LLM": "model", "CODE": "code"}
# What a fault of a record is called in the words of a score.
WORDS = {
    "task": "traceId", "call": "observationId", "minutes": "metadata.rework_minutes", "role": "metadata.role",
    "activity": "metadata.activity", "cause": "metadata.cause", "provenance": "metadata.provenance",
    "team": "metadata.team", "worked_on": "timestamp", "occurred_at": "timestamp", "version": "timestamp",
    "outcome": "value", "verdict": "value",
}  # fmt: skip


class Scores(Struct, frozen=True):
    """A body, read: what was scored, what could not be read, and whether it came as a list."""

    evaluations: list[Evaluation]
    problems: list[Problem]
    is_list: bool

    @property
    def number(self) -> int:
        return len(self.evaluations) + len(self.problems)


def read_scores(body: bytes, at: datetime) -> Scores:
    """Read one score or a list of them. Raises BadBody where the body is neither."""
    content = decode_text(body)
    if not isinstance(content, dict | list):
        raise BadBody("must be a score or a list of scores")
    listed = content if isinstance(content, list) else [content]
    if len(listed) > MOST_ITEMS:
        raise BadBody(f"has {len(listed)} scores; at most {MOST_ITEMS} are taken at once")
    scores = Scores([], [], isinstance(content, list))
    for index, raw in enumerate(listed):
        read = read_score(raw, index, at)
        if isinstance(read, Evaluation):
            scores.evaluations.append(read)
        else:
            scores.problems.append(read)
    return scores


def read_score(raw: object, index: int, at: datetime) -> Evaluation | Problem:
    if not isinstance(raw, dict):
        return refused(index, [(WHOLE_ITEM, f"must be an object, not {described(raw)}")])
    if isinstance(raw, Repeated):
        return refused(index, [(shown(name), "is given twice") for name in raw.names], raw.get("id"))
    faults: list[tuple[str, str]] = []
    read = {name: _read(raw, name, fields.name, at, faults) for name in _NAMES}
    when = _read(raw, "timestamp", fields.instant, at, faults)
    if raw.get("name") is None:
        faults.append(("name", "is required"))
    if not isinstance(value := raw.get("value"), str | bool | int | Decimal):
        faults.append(
            ("value", "is required" if value is None else f"must be text or a number, not {described(value)}")
        )
    metadata = _metadata(raw.get("metadata"), faults)
    if faults:
        return refused(index, faults, raw.get("id"))
    trace, span = _lowered(read["traceId"]), _lowered(read["observationId"])
    return Evaluation(
        index=index,
        name=read["name"],
        identity=read["id"],
        session=read["sessionId"],
        task=trace,
        call=f"{trace}-{span}" if trace and span else None,
        value=value,
        at=when,
        judge=_judge(raw, metadata),
        is_correction=raw.get("dataType") == "CORRECTION",
        metadata=metadata,
    )


def _read(
    raw: Words[str, object], name: str, reader: fields.Reader, at: datetime, faults: list[tuple[str, str]]
) -> Any:
    try:
        return None if raw.get(name) is None else reader(raw[name], at)
    except ValueError as fault:
        faults.append((name, str(fault)))
        return None


def _metadata(value: object, faults: list[tuple[str, str]]) -> dict[str, object]:
    """Langfuse takes any JSON as metadata; only of an object is anything read."""
    if isinstance(value, Repeated):
        faults.append(("metadata", f"must not give {shown(value.names[0])} twice"))
    return value if isinstance(value, dict) else {}


def _judge(raw: Words[str, object], metadata: Words[str, object]) -> Judge | None:
    """Who judged: `source` of the score, else `annotator_kind` of its metadata; a CORRECTION is a person's."""
    kind, source = metadata.get("annotator_kind"), raw.get("source")
    stated = _KINDS.get(kind.upper()) if isinstance(kind, str) else None
    by_source = _SOURCES.get(source) if isinstance(source, str) else None
    return "person" if raw.get("dataType") == "CORRECTION" else by_source or stated


def _lowered(text: Any) -> Any:
    """Ids of OpenTelemetry are hexadecimal in any case; ours of calls and traces are in lower case."""
    return text.lower() if isinstance(text, str) and _HEXADECIMAL.fullmatch(text.upper()) else text
