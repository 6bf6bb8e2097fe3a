"""Evaluations (Langfuse scores, evaluations on spans) -> the outcome of a task, or a person's verdict and rework.

Most evaluations are neither: how relevant, how toxic. They are taken and nothing is recorded of them. Which are is
said by the mapping (`judging`). No comment, explanation or corrected text is read: only names, numbers and links.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from hashlib import blake2b

import msgspec
from msgspec import Struct

from spend.ingest.judging import Judge, UnknownValue, outcome_by, text_of, verdict_by
from spend.ingest.mapping import Mapping
from spend.ingest.reading import read_item, refused
from spend.ingest.records import LATEST_VERSION, Activity, Item, Problem, Verdict

MINUTES = "rework_minutes"
_SESSIONS = ("session.id", "langfuse.session.id")
_TRACE_METADATA = "langfuse.trace.metadata."
# Versions count the seconds since then: a later word on the same thing replaces an earlier one, in whatever order
# they come, until 2051. One without a time is version 1: sent again it is a duplicate, changed it is a conflict.
_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_ACTIVITIES: dict[Verdict | None, Activity] = {"accepted": "review", "amended": "fix", "rejected": "redo", None: "fix"}
# Of an outcome with minutes of rework: used after a fix, or thrown away.
_REWORKED: dict[str, Verdict] = {"success": "amended", "failure": "rejected"}
# What of its metadata is a field of a correction, under the same name.
_STATED = ("cause", "provenance", "worked_on")


class Evaluation(Struct, frozen=True, kw_only=True):
    """What somebody or something said of a task or a call, in values still unchecked.

    `call` is the one it speaks of; `task` the one it is part of where nothing names another, its trace. `judge` is who
    judged, None where it is not said. `is_correction`: a person wrote the answer anew. `identity` is its own, else
    that of its content.
    """

    index: int
    name: str
    value: str | bool | int | Decimal | None = None
    at: datetime | None = None
    identity: str | None = None
    task: str | None = None
    call: str | None = None
    session: str | None = None
    judge: Judge | None = None
    is_correction: bool = False
    metadata: dict[str, object] = {}

    @property
    def id(self) -> str:
        return self.identity or f"evaluation-{_hash_of(self)}"

    @property
    def version(self) -> int:
        seconds = 0 if self.at is None else int((self.at - _FIRST).total_seconds())
        return min(max(seconds, 1), LATEST_VERSION)


def record_of(said: Evaluation, mapping: Mapping, *, at: datetime, zone: tzinfo) -> Item | Problem | None:
    """Return the outcome or correction that an evaluation is, what is wrong with it, or None where it is neither.

    `at` is the moment of reading; the day of the work is that of the evaluation in `zone`.
    """
    try:
        verdict, outcome = _judged(said, mapping)
    except UnknownValue as problem:
        return refused(said.index, [("value", str(problem))], said.identity)
    minutes = said.metadata.get(MINUTES)
    if minutes is not None and said.judge in ("model", "code"):
        return refused(said.index, [("minutes", "are of a person's work; here no person judged")], said.identity)
    if verdict or minutes is not None:
        return _correction(said, verdict or _REWORKED.get(outcome or ""), mapping, at, zone)
    return _outcome(said, outcome, mapping, at) if outcome else None


def _judged(said: Evaluation, mapping: Mapping) -> tuple[Verdict | None, str | None]:
    if said.is_correction:
        return "amended", None
    if said.value is None:
        return None, None
    verdict = verdict_by(mapping.verdicts, said.name, said.value, said.judge)
    return verdict, None if verdict else outcome_by(mapping.outcomes, said.name, said.value, said.judge)


def _outcome(said: Evaluation, outcome: str, mapping: Mapping, at: datetime) -> Item | Problem:
    raw = {
        "task": _task(said, mapping),
        "outcome": outcome,
        "occurred_at": None if said.at is None else said.at.astimezone(UTC).replace(microsecond=0).isoformat(),
        "task_type": mapping.task_type_named(lambda name: _looked_up(said, name)),
        "team": _team(said, mapping),
        "version": said.version,
    }
    read = read_item(raw, kind="outcome", index=said.index, at=at)
    return msgspec.structs.replace(read, id=said.identity) if isinstance(read, Problem) else read


def _correction(
    said: Evaluation, verdict: Verdict | None, mapping: Mapping, at: datetime, zone: tzinfo
) -> Item | Problem:
    stated = {name: said.metadata.get(name) for name in _STATED}
    minutes = said.metadata.get(MINUTES)
    raw = {
        **stated,
        **_subject(said, mapping),
        "id": said.id,
        "worked_on": stated["worked_on"] or _day(said.at, zone),
        "minutes": 0 if minutes is None else _exact(minutes),
        "role": said.metadata.get("role") or mapping.role,
        "activity": said.metadata.get("activity") or _activity(verdict, mapping),
        "verdict": verdict,
        "provenance": stated["provenance"] or (None if minutes is None else "self_reported"),
        "team": _team(said, mapping),
        "version": said.version,
    }
    missing = [(name, sentence) for name, sentence in _NEEDED if not raw.get(name)]
    if "task" not in raw and "call" not in raw:
        missing.append(("task", "is required: no trace and no task is named"))
    if missing:
        return refused(said.index, missing, said.id)
    return read_item(raw, kind="correction", index=said.index, at=at)


_NEEDED = (
    ("role", "is required: neither the metadata nor the mapping of this source names one"),
    ("worked_on", "is required where no time is given: it dates the work"),
)


def _day(at: datetime | None, zone: tzinfo) -> str | None:
    try:
        return None if at is None else at.astimezone(zone).date().isoformat()
    except OverflowError:  # beyond the calendar; the rule of the day says so
        return None if at is None else at.date().isoformat()


def _activity(verdict: Verdict | None, mapping: Mapping) -> Activity:
    own = mapping.activities.get(verdict) if verdict else None
    return own or _ACTIVITIES[verdict]


def _subject(said: Evaluation, mapping: Mapping) -> dict[str, object]:
    """Name the task or the call: the task that its metadata names, else the call, else the task it is part of."""
    named = mapping.task_named(lambda name: _in_metadata(said, name)) or said.metadata.get("task")
    if not named and said.call and mapping.spans_are == "calls":
        return {"call": said.call}
    task = named or _task(said, mapping)
    return {"task": task} if task else {}


def _task(said: Evaluation, mapping: Mapping) -> object:
    return mapping.task_named(lambda name: _looked_up(said, name)) or said.metadata.get("task") or said.task


def _team(said: Evaluation, mapping: Mapping) -> object:
    named = mapping.team_named(lambda name: _in_metadata(said, name)) or said.metadata.get("team")
    return mapping.teams.get(named, named) if isinstance(named, str) else named


def _looked_up(said: Evaluation, name: str) -> object:
    return said.session if name in _SESSIONS else _in_metadata(said, name)


def _in_metadata(said: Evaluation, name: str) -> object:
    """Find what a mapping's attribute names in the metadata of a score, by its whole name or as the trace's own."""
    if name in said.metadata:
        return said.metadata[name]
    return said.metadata.get(name.removeprefix(_TRACE_METADATA)) if name.startswith(_TRACE_METADATA) else None


def _exact(minutes: object) -> object:
    """OTLP carries numbers as floats only; their shortest text is what was meant."""
    return Decimal(repr(minutes)) if isinstance(minutes, float) else minutes


def _hash_of(said: Evaluation) -> str:
    value = None if said.value is None else text_of(said.value)
    at = None if said.at is None else said.at.astimezone(UTC).isoformat()
    content = [said.task, said.call, said.session, said.name, value, at]
    return blake2b(json.dumps(content).encode(), digest_size=12).hexdigest()
