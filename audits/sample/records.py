"""The records of the sample: facts in the wire format, and what the generator remembers of a handled task."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from audits.sample.kinds import Kind

Record: TypeAlias = dict[str, object]

NANO_DIGITS = 9
SIMULATED = "simulated"


@dataclass(slots=True)
class SampleFacts:
    """All facts of the sample, in the shapes of DESIGN 4.1, ready for JSON. Send them in this order of fields."""

    calls: list[Record] = field(default_factory=list)
    outcomes: list[Record] = field(default_factory=list)
    corrections: list[Record] = field(default_factory=list)
    incidents: list[Record] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Handled:
    """A task as it really went; `known` is false where nobody noticed a failure."""

    id: str
    kind: Kind
    policy: str
    month: int
    day: date
    success: bool
    known: bool
    first_call: str
    deciding_call: str


@dataclass(slots=True)
class Year:
    """What has happened so far. `untouched`: successes no person has looked at, by month and type."""

    until: date
    facts: SampleFacts = field(default_factory=SampleFacts)
    handled: list[Handled] = field(default_factory=list)
    untouched: defaultdict[tuple[int, str], list[Handled]] = field(default_factory=lambda: defaultdict(list))


def dollars(nanos: int) -> str:
    """Return nano-dollars as a decimal string."""
    whole, rest = divmod(nanos, 10**NANO_DIGITS)
    return f"{whole}.{rest:09d}"
