"""November of Claims and Support, small enough to work out by hand, and rules that watch it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from audits.actions.alerts import save_rule
from audits.models import AlertRule
from tests.build import have_reference, record
from tests.cast import NOON

REFERENCE = """
teams: [{name: Claims}, {name: Support}]
labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]
tiers: [{name: frontier, from_blended: 4.00}, {name: commodity, from_blended: 0.00}]
models:
  - {provider: openai, name: astra, tier: frontier, prices: [{from: 2026-01-01, input: 2, output: 10}]}
  - {provider: openai, name: mini, tier: commodity, prices: [{from: 2026-01-01, input: 1, output: 4}]}
task_types: [{name: claim}, {name: ticket}]
"""

# Task, team, day of November, model, dollars (None: no price), task type, outcome.
TASKS = [
    ("a", "Claims", 2, "mini", "1.00", "claim", "success"),
    ("b", "Claims", 2, "mini", "1.00", "claim", "success"),
    ("c", "Claims", 2, "mini", "1.00", "claim", "failure"),
    ("d", "Claims", 10, "astra", "3.00", "ticket", "success"),
    ("e", "Claims", 10, "nobody", None, "claim", "success"),
    ("f", "Support", 12, "astra", "5.00", "ticket", "success"),
]


def have_november() -> None:
    """Claims: $6.00 of calls, one of five without a price; $30.00 of rework and an incident of $80.00 on task c."""
    have_reference(REFERENCE, at=NOON)
    record("call", *(call(*task[:6]) for task in TASKS), at=NOON)
    record("outcome", *({"task": t[0], "team": t[1], "outcome": t[6]} for t in TASKS), at=NOON)
    record("correction", {
        "id": "fix", "worked_on": "2026-11-03", "minutes": 30, "role": "adjuster", "activity": "fix", "task": "c",
        "team": "Claims",
    }, at=NOON)  # fmt: skip
    record("incident", {
        "id": "wrong", "title": "Wrong payout", "severity": "high", "occurred_on": "2026-11-04", "loss_usd": "100",
        "recovered_usd": "20", "tasks": [{"task": "c"}], "team": "Claims",
    }, at=NOON)  # fmt: skip


def call(task: str, team: str, day: int, model: str, cost: str | None, kind: str) -> dict[str, Any]:
    """A call of November on the wire."""
    said = {
        "id": f"call-{task}", "occurred_at": f"2026-11-{day:02d}T09:00:00Z", "provider": "openai", "model": model,
        "team": team, "task": task, "task_type": kind, "input_tokens": 10,
    }  # fmt: skip
    return said if cost is None else {**said, "cost_usd": cost}


def rule(measure: str, threshold: str, *, people: Any = (), **said: Any) -> AlertRule:
    """Have a rule; without more said, above the threshold, of all work, month to date."""
    fields: dict[str, Any] = {
        "name": measure.replace("_", " "), "comparison": "above", "window": "month", "minimum": 0, "created_at": NOON,
        "roles": [], "clear_threshold": Decimal(threshold),
    }  # fmt: skip
    made = AlertRule(measure=measure, threshold=Decimal(threshold), **fields | said)
    return save_rule(rule=made, people=people, at=NOON)
