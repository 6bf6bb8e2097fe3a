"""Tasks: from a policy to calls, a result and, mostly, a reported outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from audits.sample.calls import Log, help_out, run_leg
from audits.sample.dates import moment
from audits.sample.draws import Draw, Steered
from audits.sample.kinds import Kind, Policy
from audits.sample.records import Handled, Record

# Failures that nobody notices: no outcome, no verdict; only a quality audit can find them.
SILENT_SHARE = 0.03
LEVELS = ("low", "medium", "high")
HOUR_MS = 60 * 60 * 1000


@dataclass(slots=True)
class Workshop:
    """One policy of a kind of work at work, all year; remembers what its steered draws still owe."""

    kind: Kind
    policy: Policy
    results: list[Steered] = field(default_factory=lambda: [Steered(), Steered()])
    silent: Steered = field(default_factory=Steered)

    def easier(self, level: int) -> float:
        """Return by how much a task of this complexity succeeds more often; 0 on average over the policy's mix."""
        low, _, high = self.policy.complexity
        return (self.kind.hardness, 0.0, -self.kind.hardness * low / high)[level]

    def level(self, draw: Draw) -> int:
        low, medium, _ = self.policy.complexity
        spot = draw.random.random()
        return 0 if spot < low else 1 if spot < low + medium else 2

    def do(self, *, task: str, day: date, month: int, draw: Draw) -> tuple[Handled, list[Record], Record | None]:
        """Do one task; return how it went, its calls and its outcome, if one is reported."""
        log = Log(task=task, day=day, kind=self.kind, policy=self.policy, draw=draw)
        level = self.level(draw)
        before = [helper for helper in self.kind.helpers if helper.purpose != "judge"]
        for helper in before:
            if draw.chance(helper.share):
                help_out(log, helper)
        first = len(log.calls)
        success, deciding = self.try_all(log, level)
        known = success or not self.silent.draw(draw, SILENT_SHARE)
        handled = Handled(task, self.kind, self.policy.name, month, day, success, known,
                          str(log.calls[first]["id"]), deciding)  # fmt: skip
        return handled, log.calls, outcome_of(handled, log, LEVELS[level])

    def try_all(self, log: Log, level: int) -> tuple[bool, str]:
        """Try leg after leg until one succeeds; return the result and the call that decided it."""
        success, deciding = False, ""
        for number, leg in enumerate(self.policy.legs):
            deciding = run_leg(log, leg, ("try", "escalation")[number])
            success = self.results[number].draw(log.draw, leg.success + self.easier(level))
            if self.policy.legs[1:]:
                judge(log)
            if success:
                break
        if log.draw.chance(self.kind.finals):
            mark_final(log, deciding)
        return success, deciding


def judge(log: Log) -> None:
    for helper in log.kind.helpers:
        if helper.purpose == "judge":
            help_out(log, helper)


def mark_final(log: Log, deciding: str) -> None:
    for call in reversed(log.calls):
        if call["id"] == deciding:
            call["final"] = True
            return


def outcome_of(handled: Handled, log: Log, complexity: str) -> Record | None:
    """Return the reported outcome: of every noticed failure and of a share of what passed for a success."""
    reported = log.draw.chance(log.kind.outcomes) if handled.success else handled.known
    if not reported:
        return None
    outcome: Record = {
        "team": handled.kind.team,
        "task": handled.id,
        "outcome": "success" if handled.success else "failure",
        "occurred_at": moment(handled.day, log.clock_ms + HOUR_MS),
        "task_type": handled.kind.name,
        "complexity": complexity,
    }
    if handled.success and log.draw.chance(handled.kind.valued):
        outcome["value_usd"] = f"{log.draw.around(320.0, 0.4):.2f}"
    return outcome
