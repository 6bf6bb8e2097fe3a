"""24 models on the same 500 tasks of SWE-bench: what they cost and solved, in place (tests/published.py)."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from audits.domain.decisions.units import Units, units_of
from spend.domain.money import NANOS_PER_DOLLAR
from tests.published import data, is_resolved, rows


@cache
def runs() -> dict[str, dict[str, tuple[int, int]]]:
    """(cost in nanos, 1 if solved) by entry of the leaderboard and task."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for row in rows(data("swebench_bash_only") / "task_runs.csv.gz"):
        cost = round(Decimal(row["cost_usd"]) * NANOS_PER_DOLLAR)
        found.setdefault(row["entry"], {})[row["instance_id"]] = (cost, int(is_resolved(row)))
    return found


def units_by_entry() -> dict[str, Units]:
    return {entry: units_of(tasks.values()) for entry, tasks in runs().items()}


def expected(name: str) -> list[dict[str, str]]:
    return list(rows(data("derived_expectations") / f"{name}.csv"))
