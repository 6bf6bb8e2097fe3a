"""Calls of one task: attempts with their retries, escalations, and the helpers around them."""

from __future__ import annotations

from datetime import date

from audits.sample.dates import HOURS_OPEN_MS, OPENING_MS, moment
from audits.sample.draws import LATENCY_SPREAD, Draw
from audits.sample.kinds import Helper, Kind, Leg, Policy
from audits.sample.llms import Llm
from audits.sample.records import SIMULATED, Record, dollars

# Of all calls: refused by an overloaded provider (nothing billed), cut off (usage unknown), answered by a refusal.
ERROR_SHARE = 0.008
TIMEOUT_SHARE = 0.002
REFUSED_SHARE = 0.001
TIMEOUT_MS = 60_000

# The largest prompt: below the lengths from which some catalogues charge more.
LONGEST_INPUT = 180_000
PAUSE_MS = 900
HELPER_MS = 300


class Log:
    """The calls of one task, in order of time."""

    def __init__(self, *, task: str, day: date, kind: Kind, policy: Policy, draw: Draw) -> None:
        self.task = task
        self.day = day
        self.kind = kind
        self.policy = policy
        self.draw = draw
        self.calls: list[Record] = []
        self.clock_ms = OPENING_MS + int(draw.random.random() * HOURS_OPEN_MS)
        self.reports_cost = draw.chance(kind.reports_cost)
        self.shared: Record = {"team": kind.team, "task": task, "task_type": kind.name}
        self.label: Record = {"data": SIMULATED, "policy": policy.name}

    def add(self, llm: Llm, latency_ms: int, **fields: object) -> Record:
        """Append a call that begins now; the clock moves on past its end."""
        call: Record = {
            "id": f"{self.task}-{len(self.calls) + 1:03d}",
            "occurred_at": moment(self.day, self.clock_ms),
            "provider": llm.provider,
            "model": llm.name,
            **self.shared,
            "latency_ms": latency_ms,
            **fields,
            "metadata": self.label,
        }
        self.calls.append(call)
        self.clock_ms += latency_ms + PAUSE_MS
        return call

    def usage(self, leg: Leg) -> Record:
        """Draw the disjoint token buckets of one call; a gateway that knows them also reports the cost."""
        whole = min(self.draw.tokens(leg.input), LONGEST_INPUT)
        cached, written = int(whole * leg.cached_share), int(whole * leg.written_share)
        output = self.draw.tokens(leg.output)
        uncached = whole - cached - written
        fields: Record = {"input_tokens": uncached, "output_tokens": output}
        if cached:
            fields["cache_read_tokens"] = cached
        if written:
            fields["cache_write_tokens"] = written
        if self.reports_cost:
            fields["cost_usd"] = dollars(leg.llm.cost_nanos(uncached, cached, written, output))
        return fields


def attempt(log: Log, leg: Leg, step: str) -> str:
    """Log one attempt and the failed tries before it; return its id."""
    latency = int(log.draw.about(leg.latency_ms, LATENCY_SPREAD)) + 1
    trouble = log.draw.random.random()
    if trouble < ERROR_SHARE:
        log.add(leg.llm, HELPER_MS, status="error", input_tokens=0, output_tokens=0, step=step)
    elif trouble < ERROR_SHARE + TIMEOUT_SHARE:
        log.add(leg.llm, TIMEOUT_MS, status="timeout", step=step)
    elif trouble < ERROR_SHARE + TIMEOUT_SHARE + REFUSED_SHARE:
        log.add(leg.llm, latency, status="refused", step=step, **log.usage(leg))
    fields = log.usage(leg)
    if log.policy.service_tier:
        fields["service_tier"] = log.policy.service_tier
    if log.kind.code == "bug" or log.policy.legs[1:]:
        fields["step"] = step
    return str(log.add(leg.llm, latency, **fields)["id"])


def help_out(log: Log, helper: Helper) -> None:
    """Log one call that is no attempt."""
    fields: Record = {"purpose": helper.purpose, "input_tokens": log.draw.tokens(helper.input)}
    if helper.output:
        fields["output_tokens"] = log.draw.tokens(helper.output)
    log.add(helper.llm, HELPER_MS, **fields)


def run_leg(log: Log, leg: Leg, step: str) -> str:
    """Log all attempts of one leg; return the id of the last."""
    latest = ""
    for _ in range(log.draw.count(leg.calls)):
        latest = attempt(log, leg, step)
    return latest
