"""Evaluations that spans and their events carry (gen_ai.evaluation.*, OpenInference annotations): plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from spend.ingest.otlp import values
from spend.ingest.otlp.records import Evaluation, RawSpan

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 253_402_300_799  # seconds; the end of the year 9999
_MOST_NUMBERS = 20


def evaluations_of(span: RawSpan) -> Iterator[Evaluation]:
    if "evaluation" in span.said:
        yield _evaluation(span, span.said, span.end or span.start)
    for event in span.events:
        if "evaluation" in event.said:
            yield _evaluation(span, event.said, event.nanoseconds or span.end)


def moment(nanoseconds: int) -> datetime:
    """Return a Unix time in nanoseconds, cut to microseconds; one beyond all calendars is the end of ours."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return _EPOCH + timedelta(0, seconds if seconds < _LATEST else _LATEST, rest // 1_000)


def _evaluation(span: RawSpan, said: Mapping[str, object], nanoseconds: int) -> Evaluation:
    score = said.get("evaluation_score")
    return Evaluation(
        span.index,
        span.trace,
        span.id,
        span.parent or None,
        moment(nanoseconds),
        str(said["evaluation"]),
        score if isinstance(score, float) else None,
        _text(said.get("evaluation_label")),
        _text(said.get("evaluation_kind")),
        _text(said.get("evaluation_identifier")),
        _numbers(said.get("evaluation_metadata")),
    )


def _numbers(metadata: object) -> dict[str, float]:
    """Return the numbers of an annotation's metadata, `rework_minutes` for one."""
    given = list(metadata.items())[:_MOST_NUMBERS] if isinstance(metadata, dict) else []
    numbers = {name: values.number(value) for name, value in given if isinstance(name, str)}
    return {name: value for name, value in numbers.items() if isinstance(value, float)}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
