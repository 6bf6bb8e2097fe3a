"""What a sample of a source would become by rules that need not be stored: nothing is written."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from audits.actions.records import corrections_dry
from spend.ingest.bodies import BadBody
from spend.ingest.evaluations import record_of
from spend.ingest.langfuse import read_scores
from spend.ingest.litellm.decoding import decode as decode_litellm
from spend.ingest.mapping import Mapping
from spend.ingest.otlp.decoding import decode as decode_otlp
from spend.ingest.otlp.judged import judged
from spend.ingest.pasted import decoded
from spend.ingest.people.files import read_export
from spend.ingest.people.github import PULL_REQUEST, REVIEW, read_delivery
from spend.ingest.people.profile import PROFILE_KINDS, Profile
from spend.ingest.people.reading import LeftOut, PeoplesRows
from spend.ingest.receipt import Receipt
from spend.ingest.records import Correction, Item, Problem, Withdrawal
from spend.queries.mappings import Rules
from spend.queries.zone import reporting_zone

MOST_SHOWN = 20


@dataclass(frozen=True)
class Made:
    """A record that would come out: its place in the sample, what it is, and its fields."""

    place: int
    kind: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Sampled:
    """What would become of a sample. `whole` is the fault of all of it.

    `noun` is what places count: items of a body from 0, lines of a file from 1.
    """

    made: list[Made] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    whole: str = ""
    noun: str = "item"

    @property
    def shown(self) -> list[Made]:
        return self.made[:MOST_SHOWN]

    @property
    def shown_problems(self) -> list[Problem]:
        return self.problems[:MOST_SHOWN]

    @property
    def is_nothing(self) -> bool:
        return not (self.made or self.problems or self.left_out or self.whole)


def read_sample(kind: str, rules: Rules, data: bytes, *, reach: frozenset[int] | None, at: datetime) -> Sampled:
    """Return what would come out of `data`, sent for the teams in `reach`."""
    try:
        found = list(_found(kind, rules, data, at))
    except BadBody as problem:
        return Sampled(whole=f"{str(problem).capitalize()}.")
    items = [one for one in found if isinstance(one, Item)]
    refused = _refused(items, reach)
    bad = {problem.index for problem in refused.rejected}
    return Sampled(
        made=[_made(item) for item in items if not (isinstance(item.record, Correction) and item.index in bad)],
        problems=[*(one for one in found if isinstance(one, Problem)), *refused.rejected],
        noun="item" if isinstance(rules, Mapping) or data.lstrip().startswith(b"{") else "line",
        left_out=dict(Counter(one.why for one in found if isinstance(one, LeftOut))),
    )


def _found(kind: str, rules: Rules, data: bytes, at: datetime) -> Iterable[Item | Problem | LeftOut]:
    if isinstance(rules, Mapping):
        yield from _of_calls(kind, rules, data, at)
    elif kind == "github" and data.lstrip().startswith(b"{"):
        event = REVIEW if b'"review"' in data else PULL_REQUEST
        said = read_delivery(data, event, rules, at=at, zone=reporting_zone())
        yield from said.items
        yield from said.problems
    else:
        yield from _of_people(kind, rules, data, at)


def _of_people(kind: str, profile: Profile, data: bytes, at: datetime) -> Iterable[Item | Problem | LeftOut]:
    named = next(each for each in PROFILE_KINDS if each == kind)
    rows = PeoplesRows(named, profile, at, reporting_zone())
    return read_export(io.BytesIO(decoded(data).encode(errors="replace")), rows)


def _of_calls(kind: str, mapping: Mapping, data: bytes, at: datetime) -> Iterable[Item | Problem]:
    if kind == "litellm":
        read = decode_litellm(data, mapping, at, names_teams=True)
        return [*read.items, *read.problems]
    if kind == "langfuse" and b"resourceSpans" not in data:
        return _of_scores(data, mapping, at)
    traces = decode_otlp(data, is_json=data.lstrip()[:1] in (b"{", b"["), mapping=mapping, at=at)
    said = judged(traces.evaluations, mapping, at=at, zone=reporting_zone())
    return [*traces.items, *traces.problems, *said.items, *said.problems]


def _of_scores(data: bytes, mapping: Mapping, at: datetime) -> list[Item | Problem]:
    scores = read_scores(data, at)
    said = [record_of(each, mapping, at=at, zone=reporting_zone()) for each in scores.evaluations]
    return [*scores.problems, *(one for one in said if one is not None)]


def _refused(items: list[Item], reach: frozenset[int] | None) -> Receipt:
    """Say what the installation would refuse: a role without a rate, a team there is none of."""
    corrections = [item for item in items if isinstance(item.record, Correction)]
    return corrections_dry(items=corrections, reach=reach).receipt if corrections else Receipt()


def _made(item: Item) -> Made:
    record: Any = item.record
    kind = f"{record.kind} taken back" if isinstance(record, Withdrawal) else type(record).__name__.lower()
    built = msgspec.to_builtins(record, builtin_types=(Decimal,))
    defaults = {each.name: each.default for each in msgspec.structs.fields(record)}
    told = {name: value for name, value in built.items() if value is not None and value != defaults.get(name)}
    if item.emitter:
        told["source"] = item.emitter
    return Made(item.index, kind, {name.replace("_", " "): _told(value) for name, value in told.items()})


def _told(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {said}" for name, said in value.items())
    return str(value)
