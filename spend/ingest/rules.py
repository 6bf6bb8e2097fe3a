"""The rules of each kind of record: its fields, which are required, and what must hold between them.

A check yields (field, sentence) for a record whose fields are good one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, get_args

import msgspec

from spend.ingest import fields, records
from spend.ingest.fields import Reader
from spend.ingest.records import Call, Correction, Incident, Kind, Outcome, Record

Faults = Iterator[tuple[str, str]]
Check = Callable[[Any], Faults]


@dataclass(frozen=True)
class Rules:
    """How one kind is read. `identity` is the field that, with the team, names the record for ever (R13)."""

    kind: Kind
    struct: type[Record]
    readers: Mapping[str, Reader]
    checks: tuple[Check, ...]
    identity: str = "id"

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(field.name for field in msgspec.structs.fields(self.struct) if field.required)


def call_counts_its_reasoning(call: Call) -> Faults:
    if not call.reasoning_tokens:
        return
    if call.output_tokens is None:
        yield "reasoning_tokens", "needs output_tokens, which include them"
    elif call.reasoning_tokens > call.output_tokens:
        yield "reasoning_tokens", "must be <= output_tokens"


def correction_names_one_subject(correction: Correction) -> Faults:
    """Task, call, or a period entry of a tier or a model; a team may own any of them; none at all is unattributed."""
    named = [field for field in ("task", "call", "tier", "model") if getattr(correction, field) is not None]
    for extra in named[1:]:
        yield extra, f"must not be given together with {named[0]}"


def incident_names_one_subject(incident: Incident) -> Faults:
    """Tasks, calls, a tier or a model; a team may own any of them (R5, R12)."""
    named = [field for field in ("tasks", "calls", "tier", "model") if getattr(incident, field)]
    for extra in named[1:]:
        yield extra, f"must not be given together with {named[0]}"


def incident_links_carry_it(incident: Incident) -> Faults:
    for field in ("tasks", "calls"):
        links = getattr(incident, field)
        repeated = {link.name for link, after in pairwise(links) if link.name == after.name}
        for name in sorted(repeated):
            yield field, f"must not name {name} twice"
        if links and not any(link.weight for link in links):
            yield field, "must have a weight above 0"


def incident_recovers_no_more_than_it_lost(incident: Incident) -> Faults:
    if incident.recovered_usd > incident.loss_usd:
        yield "recovered_usd", "must be <= loss_usd"


def incident_response_has_a_role(incident: Incident) -> Faults:
    if incident.response_minutes and incident.role is None:
        yield "role", "is required with response_minutes"


def incident_is_discovered_after_it_occurred(incident: Incident) -> Faults:
    if incident.discovered_on and incident.discovered_on < incident.occurred_on:
        yield "discovered_on", "must not be before occurred_on"


_tokens = fields.whole(least=0, most=records.MOST_TOKENS)
_minutes = fields.decimal(most=100_000, places=4)
_call_cost = fields.decimal(most=10**6, places=9, rounds=True)
_loss = fields.decimal(most=10**9, places=9)

# What corrections, incidents and outcomes share (R12, R13).
_VERSIONED: Mapping[str, Reader] = {
    "team": fields.name,
    "version": fields.whole(least=1, most=records.LATEST_VERSION),
    "withdrawn": fields.flag,
}

# Of those that people edit: why this version replaces the one before, or why it is taken back.
_REVISED: Mapping[str, Reader] = {**_VERSIONED, "reason": fields.note}

CALL = Rules(
    kind="call",
    struct=Call,
    readers={
        "id": fields.name,
        "occurred_at": fields.instant,
        "model": fields.name,
        "provider": fields.name,
        "task": fields.name,
        "task_type": fields.name,
        "team": fields.name,
        "input_tokens": _tokens,
        "cache_read_tokens": _tokens,
        "cache_write_tokens": _tokens,
        "output_tokens": _tokens,
        "reasoning_tokens": _tokens,
        "cost_usd": _call_cost,
        "latency_ms": fields.whole(least=0, most=records.MOST_MILLISECONDS),
        "status": fields.choice(*get_args(records.CallStatus)),
        "final": fields.flag,
        "step": fields.name,
        "purpose": fields.choice(*get_args(records.Purpose)),
        "service_tier": fields.name,
        "environment": fields.name,
        "metadata": fields.metadata,
    },
    checks=(call_counts_its_reasoning,),
)

OUTCOME = Rules(
    kind="outcome",
    struct=Outcome,
    identity="task",
    readers={
        "task": fields.name,
        "outcome": fields.choice(*get_args(records.OutcomeValue)),
        "occurred_at": fields.instant,
        "task_type": fields.name,
        "complexity": fields.choice(*get_args(records.Complexity)),
        "value_usd": _loss,
        **_VERSIONED,
    },
    checks=(),
)

CORRECTION = Rules(
    kind="correction",
    struct=Correction,
    readers={
        "id": fields.name,
        "worked_on": fields.day,
        "minutes": _minutes,
        "role": fields.name,
        "activity": fields.choice(*get_args(records.Activity)),
        "verdict": fields.choice(*get_args(records.Verdict)),
        "cause": fields.choice(*get_args(records.Cause)),
        "note": fields.note,
        "task": fields.name,
        "call": fields.name,
        "tier": fields.name,
        "model": fields.name,
        "provenance": fields.choice(*get_args(records.Provenance)),
        **_REVISED,
    },
    checks=(correction_names_one_subject,),
)

INCIDENT = Rules(
    kind="incident",
    struct=Incident,
    readers={
        "id": fields.name,
        "title": fields.name,
        "severity": fields.choice(*get_args(records.Severity)),
        "occurred_on": fields.day,
        "discovered_on": fields.day,
        "loss_usd": _loss,
        "recovered_usd": _loss,
        "response_minutes": _minutes,
        "role": fields.name,
        "status": fields.choice(*get_args(records.IncidentStatus)),
        "invalidates_output": fields.flag,
        "tasks": fields.links("task"),
        "calls": fields.links("call"),
        "tier": fields.name,
        "model": fields.name,
        "note": fields.note,
        **_REVISED,
    },
    checks=(
        incident_names_one_subject,
        incident_links_carry_it,
        incident_recovers_no_more_than_it_lost,
        incident_response_has_a_role,
        incident_is_discovered_after_it_occurred,
    ),
)

RULES: Mapping[Kind, Rules] = {"call": CALL, "outcome": OUTCOME, "correction": CORRECTION, "incident": INCIDENT}
