"""The cast of the scenes: teams, models and roles with round figures, and builders of wire records.

A million input tokens cost $1 on `cheap` (commodity), $3 on `middle` (mid), $10 on `dear` (frontier); output costs
twice that. An adjuster costs $1 a minute. Unless a scene says otherwise it plays in October 2026, in UTC, and is
looked at on 20 November.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle import Facts
from tests.oracle.numbers import nanos as usd

__all__ = [
    "ADJUSTER",
    "MILLION",
    "Scene",
    "call",
    "correction",
    "facts",
    "incident",
    "model",
    "on_task",
    "outcome",
    "usd",
]

MILLION = 1_000_000
OCTOBER = {"first": "2026-10", "last": "2026-10"}
ADJUSTER = {"role": "adjuster", "hourly": 60, "from": date(2026, 1, 1)}


@dataclass(frozen=True)
class Scene:
    """What happened, what is asked, and what the answer must be.

    `rows` names every row by its dimension values and some of its columns; `total` and `coverage` some of theirs.
    `entries` is the net ledger, whole. None: not compared. Money is nano-dollars, a ratio a fraction or close to it.
    """

    ruling: str
    sentence: str
    facts: Facts
    rows: dict[tuple[str | None, ...], dict[str, Any]] | None = None
    total: dict[str, Any] = field(default_factory=dict)
    coverage: dict[str, Any] = field(default_factory=dict)
    entries: list[tuple[Any, ...]] | None = None
    query: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.ruling}: {self.sentence}"

    @property
    def asked(self) -> dict[str, Any]:
        return {**OCTOBER, "by": ("tier",), **self.query}


def model(name: str, tier: Any, input: Any, output: Any, **more: Any) -> dict[str, Any]:
    price = {"from": date(2026, 1, 1), "input": input, "output": output}
    return {"provider": "acme", "name": name, "tier": tier, "prices": [price], **more}


def reference(**changes: Any) -> dict[str, Any]:
    return {
        "teams": [{"name": "Claims"}, {"name": "Support"}],
        "labour_rates": [ADJUSTER],
        "tiers": [
            {"name": "commodity", "from_blended": 0},
            {"name": "mid", "from_blended": 0.75},
            {"name": "frontier", "from_blended": 4.00},
        ],
        "models": [
            model("cheap", "commodity", 1, 2),
            model("middle", "mid", 3, 6),
            model("dear", "frontier", 10, 20),
        ],
        "task_types": [
            {"name": "claim", "manual_minutes": 30, "role": "adjuster", "value": 12.50, "acceptance_days": 14},
            {"name": "ticket", "acceptance_days": 3},
        ],
        **changes,
    }


def facts(
    *calls: dict[str, Any],
    outcomes: tuple[dict[str, Any], ...] = (),
    corrections: tuple[dict[str, Any], ...] = (),
    incidents: tuple[dict[str, Any], ...] = (),
    zone: str = "UTC",
    as_of: str = "2026-11-20",
    policy: str = "deciding",
    catalogue: tuple[dict[str, Any], ...] = (),
    **reference_changes: Any,
) -> Facts:
    return Facts(
        calls=list(calls),
        outcomes=list(outcomes),
        corrections=list(corrections),
        incidents=list(incidents),
        reference=reference(**reference_changes),
        zone=zone,
        as_of=date.fromisoformat(as_of),
        policy=policy,
        catalogue=list(catalogue),
    )


def call(id: str, at: str, model: str = "cheap", task: str | None = None, **more: Any) -> dict[str, Any]:
    """A call of Claims with a million input tokens. `at` is `10-05`, at noon, or `10-05T23:30` and then UTC."""
    time = f"2026-{at}" + ("T12:00:00Z" if "T" not in at else ":00Z")
    wire = {
        "team": "Claims",
        "id": id,
        "occurred_at": time,
        "provider": "acme",
        "model": model,
        "input_tokens": MILLION,
    }
    if task:
        wire["task"] = task
    return {key: value for key, value in {**wire, **more}.items() if value is not ...}


def outcome(task: str, outcome: str = "success", **more: Any) -> dict[str, Any]:
    return {key: value for key, value in {"team": "Claims", "task": task, "outcome": outcome, **more}.items() if value}


def correction(id: str, on: str, minutes: Any, activity: str = "fix", **more: Any) -> dict[str, Any]:
    wire = {"team": "Claims", "id": id, "worked_on": f"2026-{on}", "minutes": minutes, "role": "adjuster"}
    return {key: value for key, value in {**wire, "activity": activity, **more}.items() if value is not None}


def incident(id: str, on: str, loss: Any, **more: Any) -> dict[str, Any]:
    wire = {"team": "Claims", "id": id, "title": "A wrong payout", "severity": "high", "occurred_on": f"2026-{on}"}
    return {key: value for key, value in {**wire, "loss_usd": loss, **more}.items() if value is not None}


def on_task(*fields: Any, task: str, tier: str | None, model: str | None, amount: int) -> tuple[Any, ...]:
    """An entry on a task of Claims without task type: kind, source, day, rule, category, nature come first."""
    return _entry(*fields, "Claims", None, task, tier, model, amount)


def without_task(*fields: Any, team: str | None, tier: str | None, model: str | None, amount: int) -> tuple[Any, ...]:
    """An entry that names no known task."""
    return _entry(*fields, team, None, None, tier, model, amount)


def _entry(kind: str, source: str, day: str, *rest: Any) -> tuple[Any, ...]:
    return (kind, source, date.fromisoformat(f"2026-{day}"), *rest)
