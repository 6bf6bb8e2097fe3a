"""What an integration or a file may send (DESIGN 4.1), as immutable records.

Types of a `Call` are its whole rule for the fast path (`native`); the other rules are in `fields` and `rules`.
Amounts are exact: Decimals made by `fields.decimal`. Instants are in UTC. `None` is "not stated", never 0.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal["call", "outcome", "correction", "incident"]
Scalar = str | int | float | bool | None

NAME_LENGTH = 200
MOST_TOKENS = 10**10
MOST_MILLISECONDS = 10**9
LATEST_VERSION = 10**9

Name = Annotated[str, Meta(min_length=1, max_length=NAME_LENGTH)]
Tokens = Annotated[int, Meta(ge=0, le=MOST_TOKENS)]
Milliseconds = Annotated[int, Meta(ge=0, le=MOST_MILLISECONDS)]
Instant = Annotated[datetime, Meta(tz=True)]

CallStatus = Literal["ok", "error", "timeout", "refused"]
Purpose = Literal["attempt", "triage", "judge", "guardrail", "embedding"]
OutcomeValue = Literal["success", "failure"]
Complexity = Literal["low", "medium", "high"]
Activity = Literal["review", "fix", "redo", "apology", "support", "prompting", "upkeep", "repair"]
Verdict = Literal["accepted", "amended", "rejected"]
Cause = Literal[
    "hallucination",
    "wrong_template",
    "format_break",
    "incomplete",
    "model_update",
    "retrieval",
    "tool",
    "policy_or_compliance",
    "security",
    "human",
    "other",
]
Provenance = Literal["measured", "self_reported", "estimated"]
Severity = Literal["low", "medium", "high", "critical"]
IncidentStatus = Literal["open", "confirmed", "dismissed"]

COST_STEP = Decimal("1E-9")
ZERO = Decimal(0)
ONE = Decimal(1)


class Call(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """One request to a model. Tokens are disjoint buckets, but for reasoning, which output includes.

    Digests hash its JSON: new fields are optional, and the order of fields never changes.
    """

    id: Name
    occurred_at: Instant
    model: Name
    provider: Name | None = None
    task: Name | None = None
    task_type: Name | None = None
    team: Name | None = None
    input_tokens: Tokens | None = None
    cache_read_tokens: Tokens | None = None
    cache_write_tokens: Tokens | None = None
    output_tokens: Tokens | None = None
    reasoning_tokens: Tokens | None = None
    cost_usd: Decimal | None = None
    latency_ms: Milliseconds | None = None
    status: CallStatus = "ok"
    final: bool = False
    step: Name | None = None
    purpose: Purpose = "attempt"
    service_tier: Name | None = None
    environment: Name | None = None
    metadata: dict[str, Scalar] | None = None


class Outcome(Struct, frozen=True, kw_only=True, gc=False):
    """How a task went, as the integration saw it. Its identity is its task."""

    task: str
    outcome: OutcomeValue
    occurred_at: datetime | None = None
    task_type: str | None = None
    complexity: Complexity | None = None
    value_usd: Decimal | None = None
    team: str | None = None
    version: int = 1


class Correction(Struct, frozen=True, kw_only=True, gc=False):
    """Human work caused by AI output: of a task, of a call, or a period entry (team, tier or model)."""

    id: str
    worked_on: date
    minutes: Decimal
    role: str
    activity: Activity
    verdict: Verdict | None = None
    cause: Cause | None = None
    note: str | None = None
    task: str | None = None
    call: str | None = None
    team: str | None = None
    tier: str | None = None
    model: str | None = None
    provenance: Provenance | None = None
    version: int = 1
    reason: str | None = None


class Link(Struct, frozen=True, gc=False):
    """A task or call an incident is blamed on, and its part of the blame."""

    name: str
    weight: Decimal = ONE


class Incident(Struct, frozen=True, kw_only=True):
    """A failure that reached somebody. `tasks` and `calls` are sorted by name; at most one of them is filled."""

    id: str
    title: str
    severity: Severity
    occurred_on: date
    loss_usd: Decimal
    discovered_on: date | None = None
    recovered_usd: Decimal = ZERO
    response_minutes: Decimal = ZERO
    role: str | None = None
    status: IncidentStatus = "confirmed"
    invalidates_output: bool = True
    tasks: tuple[Link, ...] = ()
    calls: tuple[Link, ...] = ()
    team: str | None = None
    tier: str | None = None
    model: str | None = None
    note: str | None = None
    version: int = 1
    reason: str | None = None


class Withdrawal(Struct, frozen=True, kw_only=True, gc=False):
    """`"withdrawn": true`: the outcome, correction or incident `id` no longer counts (R13)."""

    kind: Kind
    id: str
    team: str | None = None
    version: int = 1
    reason: str | None = None


Record = Call | Outcome | Correction | Incident | Withdrawal


class Item(Struct, frozen=True, gc=False):
    """A record that was read: its place in the batch (or line in the file) and the digest of its content.

    `emitter` is who made it, where the way in has several: the instrumentation, say.
    """

    index: int
    record: Record
    digest: bytes
    emitter: str = ""


class Problem(Struct, frozen=True):
    """Why an item was refused: every bad field with its sentences. `id` is None where none could be read."""

    index: int
    id: str | None
    errors: dict[str, list[str]]
