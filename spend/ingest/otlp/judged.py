"""Evaluations on spans as evaluations of tasks and calls: the same rules make outcomes and verdicts of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from decimal import Decimal

from spend.ingest.evaluations import Evaluation, record_of
from spend.ingest.judging import Judge
from spend.ingest.mapping import Mapping
from spend.ingest.native import Decoded
from spend.ingest.otlp import records
from spend.ingest.records import NAME_LENGTH, Item, Problem

_JUDGES: dict[str, Judge] = {"HUMAN": "person", "USER": "person", "LLM": "model", "CODE": "code"}


def judged(said: Iterable[records.Evaluation], mapping: Mapping, *, at: datetime, zone: tzinfo) -> Decoded:
    """Return the outcomes and corrections among them, and what is wrong with those that should have been some.

    What is said of a span that is a call is of that call; of any other, an agent's say, of its task.
    """
    decoded = Decoded([], [])
    for evaluation in said:
        read = record_of(_plain(evaluation), mapping, at=at, zone=zone)
        if isinstance(read, Item):
            decoded.items.append(read)
        elif isinstance(read, Problem):
            decoded.problems.append(read)
    return decoded


def _plain(said: records.Evaluation) -> Evaluation:
    trace, span = said.trace.hex(), said.span.hex()
    identity = f"{trace}-{span}-{said.name}-{said.identifier}" if said.identifier else ""
    return Evaluation(
        index=said.index,
        name=said.name,
        value=said.label or (None if said.score is None else Decimal(repr(said.score))),
        at=said.at,
        identity=identity if 0 < len(identity) <= NAME_LENGTH else None,
        task=said.task or trace,
        call=f"{trace}-{span}" if said.is_call else None,
        judge=_JUDGES.get((said.kind or "").strip().upper()),
        metadata={**said.numbers, "team": said.team},
    )
