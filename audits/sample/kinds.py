"""What a kind of work, a policy and one leg of it are in the sample; profiles.py fills them in."""

from __future__ import annotations

from dataclasses import dataclass, field

from audits.sample.calibration import MOONCAKE_CACHED_SHARE
from audits.sample.llms import Llm

# Share of the input of providers that charge for filling their cache.
CACHE_WRITE_SHARE = 0.05

LEVEL = (0.5, 0.35, 0.15)  # low, medium, high complexity where nobody sorts the work
SORTED_EASY = (0.6, 0.32, 0.08)  # what a policy gets when the hard work goes elsewhere
SORTED_HARD = (0.3, 0.4, 0.3)


@dataclass(frozen=True, slots=True)
class Leg:
    """One model at work: share of its tasks that succeed, calls a task, mean tokens a call, median latency."""

    llm: Llm
    success: float
    calls: float
    input: float
    output: float
    latency_ms: int

    @property
    def cached_share(self) -> float:
        return MOONCAKE_CACHED_SHARE if self.llm.cache_read else 0.0

    @property
    def written_share(self) -> float:
        return CACHE_WRITE_SHARE if self.llm.cache_write else 0.0


def input_for(cost: float, calls: float, output: float, llm: Llm) -> float:
    """Return the input tokens a call that make a task of `calls` calls cost `cost` dollars at list price."""
    written = CACHE_WRITE_SHARE if llm.cache_write else 0.0
    uncached = 1 - MOONCAKE_CACHED_SHARE - written
    a_token = uncached * llm.input + MOONCAKE_CACHED_SHARE * llm.cache_read + written * llm.cache_write
    return (cost * 1e9 / calls - output * llm.output) / a_token


@dataclass(frozen=True, slots=True)
class Policy:
    """Which models try a task, in order, and how many tasks a year go this way before and after the switch."""

    name: str
    legs: tuple[Leg, ...]
    tasks: int
    tasks_after: int | None = None
    complexity: tuple[float, float, float] = LEVEL
    service_tier: str | None = None


@dataclass(frozen=True, slots=True)
class Helper:
    """A call that is no attempt: triage, guardrail, embedding before the work, judge after each leg of a cascade."""

    purpose: str
    llm: Llm
    share: float
    input: int
    output: int


@dataclass(frozen=True, slots=True)
class Rework:
    """What people do about the output. Shares are of failed (`logged`) or successful tasks (`amended`, `reviews`)."""

    role: str
    failed: str
    failed_minutes: float
    logged: float
    amended: float
    amended_minutes: float
    causes: tuple[str, ...]
    reviews: float = 0.0
    review_minutes: float = 6.0
    audits: int = 4
    audit_minutes: float = 4.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A task type of a team. `outcomes`: share of the successes that report an outcome."""

    name: str
    team: str
    code: str
    policies: tuple[Policy, ...]
    rework: Rework
    helpers: tuple[Helper, ...] = field(default=())
    outcomes: float = 0.6
    hardness: float = 0.04
    finals: float = 0.0
    reports_cost: float = 0.0
    valued: float = 0.0
