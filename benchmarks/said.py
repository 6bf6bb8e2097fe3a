"""What people said of made-up calls: outcomes, corrections, incidents. And one task that has a tenth of all calls."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

REFERENCE = """
labour_rates: [{role: adjuster, hourly: 60.00, from: 2025-01-01}]
fixed_costs: [{name: GPU lease, from: 2025-10-01, to: 2026-10-01, amount: 120000.00, kind: compute}]
"""
BIG_TASK = "pages-task-big"
_OUTCOMES, _CORRECTIONS, _INCIDENTS = 0.05, 0.02, 0.0001  # of tasks
_AT_ONCE = 5_000
_CAUSES = ("hallucination", "format_break", "incomplete", "retrieval")
_VERDICTS = (("fix", "amended"), ("redo", "rejected"), ("review", "accepted"))


def with_one_big_task(calls: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give every tenth call to one task of the first team."""
    for number, call in enumerate(calls):
        if number % 10:
            yield call
        else:
            yield {**call, "id": f"big-{number:08d}", "task": BIG_TASK, "task_type": "claim", "team": "Claims"}


class Said:
    """Passes calls on and keeps what is said of some of their tasks, until `record` writes it."""

    def __init__(self, calls: Iterator[dict[str, Any]]) -> None:
        self._calls = calls
        self._chance = random.Random("said")
        self._records: dict[str, list[dict[str, Any]]] = {"outcome": [], "correction": [], "incident": []}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for call in self._calls:
            if call["id"].endswith("-0"):
                self._say_of(call)
            yield call

    def _say_of(self, call: dict[str, Any]) -> None:
        chance, task, team = self._chance, call["task"], call["team"]
        day = str(date.fromisoformat(call["occurred_at"][:10]) + timedelta(days=1))
        if chance.random() < _OUTCOMES:
            outcome = "success" if chance.random() < 0.9 else "failure"
            self._records["outcome"].append({"task": task, "team": team, "outcome": outcome})
        if chance.random() < _CORRECTIONS:
            activity, verdict = chance.choice(_VERDICTS)
            self._records["correction"].append({
                "id": f"k-{task}", "worked_on": day, "minutes": chance.randrange(2, 40), "role": "adjuster",
                "activity": activity, "verdict": verdict, "cause": chance.choice(_CAUSES), "task": task, "team": team,
            })  # fmt: skip
        if chance.random() < _INCIDENTS:
            self._records["incident"].append({
                "id": f"i-{task}", "title": "Wrong payout", "severity": "high", "occurred_on": day, "team": team,
                "loss_usd": str(chance.randrange(100, 9_000)), "tasks": [{"task": task}],
            })  # fmt: skip

    def record(self) -> None:
        """Write what was kept, through the actions that the API uses."""
        import msgspec
        from django.utils import timezone

        from audits.actions.records import record_corrections, record_incidents
        from spend.actions.outcomes import record_outcomes
        from spend.ingest.native import decode

        at = timezone.now()
        for kind, records in self._records.items():
            for start in range(0, len(records), _AT_ONCE):
                body = msgspec.json.encode({f"{kind}s": records[start : start + _AT_ONCE]})
                items = decode(body, kind, at).items  # type: ignore[arg-type]
                if kind == "outcome":
                    record_outcomes(items=items, reach=None, at=at)
                elif kind == "correction":
                    record_corrections(items=items, reach=None, at=at, today=at.date())
                else:
                    record_incidents(items=items, reach=None, at=at, today=at.date())
            records.clear()
