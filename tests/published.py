"""Real runs with published figures, as wire records: what goes in, and what the report must say.

The data is used in place and never committed: `shared/data` beside or above the checkout, or SHARED_DATA. Where it is
absent, what asks for it is skipped. Each folder's SOURCE.md says what in it is real.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import Facts

Record = dict[str, Any]
BATCH = 1_000
HALF_A_NANO = Decimal("0.0000000005")
# What the 17 digits of a float in a csv file leave open, many times over.
FLOAT = Decimal("1e-12")

# The one entry of the SWE-bench leaderboard whose calls were made into rows, but whose runs were left out.
LEFT_OUT = "claude-3-7-sonnet-20250219"
SWEBENCH_HOURLY = (1, 5, 25, 100)


def data(folder: str) -> Path:
    """The folder of that name, or a skip that says what is missing."""
    places = [Path(os.environ["SHARED_DATA"])] if os.environ.get("SHARED_DATA") else []
    places += [parent / "shared" / "data" for parent in Path(__file__).resolve().parents]
    for place in places:
        if (place / folder).is_dir():
            return place / folder
    pytest.skip(f"needs the public data set {folder!r}: put it in ../shared/data, or say where by SHARED_DATA")


@dataclass(frozen=True)
class Expected:
    """Of one model, in dollars. `tolerance` is of `cost`: each call is rounded to a nano-dollar, the csv is not."""

    calls: int
    tasks: int
    successes: int
    cost: Decimal
    cost_per_success: Decimal | None
    tolerance: Decimal


@dataclass(frozen=True)
class Published:
    """Wire records in batches of a thousand, the reference data they need, and expected figures by model.

    `cost` is `true_cost` of the row (with nothing but calls also `token_bill`), `cost_per_success` is
    `true_cost_per_success`. A row's model is `provider/` and the key.
    """

    reference: Record
    query: Record
    provider: str
    calls: Callable[[], Iterator[list[Record]]]
    outcomes: Callable[[], Iterator[list[Record]]]
    corrections: Callable[[], Iterator[list[Record]]]
    expected: dict[str, Expected]

    def nothing_yet(self) -> Facts:
        return Facts([], [], [], [], self.reference, "UTC", date(2026, 1, 31))

    def facts(self) -> Facts:
        calls, outcomes, corrections = (
            [record for batch in batches() for record in batch]
            for batches in (self.calls, self.outcomes, self.corrections)
        )
        return replace(self.nothing_yet(), calls=calls, outcomes=outcomes, corrections=corrections)


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as lines:
        yield from csv.DictReader(lines)


def in_batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, BATCH)):
        yield batch


# -- 322,822 calls of 19,431 runs of MCPMark, computed from tokens ----------------------------------------------------


def real_month() -> Published:
    """MCPMark's runs as the calls of November 2025, at the prices that its published costs imply.

    Team: the service worked on. Tokens, number of calls, run time and success are real; how tokens fall on the calls of
    a run, and when they were, is made up. Runs that failed before any call have one call of 0 tokens, status error.
    """
    month, mcpmark = data("real_month_calls"), data("mcpmark")
    service_of = {row["task_id"]: row["service"] for row in rows(month / "tasks_outcomes.csv.gz")}

    def calls() -> Iterator[Record]:
        for row in rows(month / "calls.csv.gz"):
            yield {
                "team": service_of[row["task_id"]],
                "id": row["call_id"],
                "occurred_at": row["ts"],
                "provider": "mcpmark",
                "model": row["model"],
                "task": row["task_id"],
                "task_type": "mcpmark",
                "input_tokens": int(row["input_tokens"]),
                "output_tokens": int(row["output_tokens"]),
                "latency_ms": int(row["latency_ms"]),
                "status": row["status"],
            }

    def outcomes() -> Iterator[Record]:
        for row in rows(month / "tasks_outcomes.csv.gz"):
            success = "success" if row["success"] == "True" else "failure"
            yield {"team": row["service"], "task": row["task_id"], "outcome": success}

    return Published(
        reference=mcpmark_reference(sorted(set(service_of.values())), mcpmark / "prices_implied_by_published_cost.csv"),
        query={"first": "2025-11", "last": "2025-11", "by": ("model",)},
        provider="mcpmark",
        calls=lambda: in_batches(calls()),
        outcomes=lambda: in_batches(outcomes()),
        corrections=lambda: iter(()),
        expected={row["model"]: of_computed(row) for row in rows(month / "expected_by_model.csv")},
    )


def of_computed(row: dict[str, str]) -> Expected:
    cost, calls = Decimal(row["cost_usd"]), int(row["calls"])
    return Expected(
        calls=calls,
        tasks=int(row["tasks"]),
        successes=int(row["successes"]),
        cost=cost,
        cost_per_success=Decimal(row["cost_per_success"]) if row["cost_per_success"] else None,
        tolerance=calls * HALF_A_NANO + cost * FLOAT,
    )


def mcpmark_reference(teams: list[str], prices: Path) -> Record:
    return {
        "teams": [{"name": name} for name in teams],
        "task_types": [{"name": "mcpmark"}],
        "models": [
            {
                "provider": "mcpmark",
                "name": row["model"],
                "prices": [
                    {
                        "from": date(2025, 1, 1),
                        "input": Decimal(row["input_usd_per_mtok"]),
                        "output": Decimal(row["output_usd_per_mtok"]),
                    }
                ],
            }
            for row in rows(prices)
        ],
    }


def mcpmark_by_model() -> dict[str, dict[str, str]]:
    """The rows of mcpmark's expected.csv: costs and success rates with what the leaderboard published beside them."""
    return {row["model"]: row for row in rows(data("mcpmark") / "expected.csv")}


def cost_by_day() -> dict[date, Decimal]:
    """The token bill of each day (UTC) of the real month."""
    found = rows(data("real_month_calls") / "expected_by_day.csv")
    return {date.fromisoformat(row["day"]): Decimal(row["cost_usd"]) for row in found}


# -- 488,316 calls of 12,000 runs of SWE-bench, with reported costs ---------------------------------------------------


def swebench(hourly_cost: int | None) -> Published:
    """24 models on 500 SWE-bench tasks: reported costs, and every failed task redone by hand.

    The stated assumption: each failure takes an engineer an hour, at `hourly_cost` dollars (None: nobody redoes it).
    Team: the repository. Cost, number of calls and success of a run are real; its cost falls evenly on its calls.
    Some runs end in December, so the period is November and December.
    """
    runs = list(rows(data("swebench_bash_only") / "task_runs.csv.gz"))
    calls = data("real_month_calls") / "calls_swebench_cost_only.csv.gz"
    redone = [] if hourly_cost is None else [run for run in runs if not is_resolved(run)]
    return Published(
        reference={
            "teams": [{"name": name} for name in sorted({team_of(run) for run in runs})],
            "task_types": [{"name": "swebench"}],
            "labour_rates": [{"role": "engineer", "hourly": hourly_cost or 0, "from": date(2025, 1, 1)}],
            "models": [{"provider": "swebench", "name": name} for name in sorted({run["model"] for run in runs})],
        },
        query={"first": "2025-11", "last": "2025-12", "by": ("model",)},
        provider="swebench",
        calls=lambda: in_batches(swebench_calls(calls, runs)),
        outcomes=lambda: in_batches(map(outcome_of, runs)),
        corrections=lambda: in_batches(map(redo_of, redone)),
        expected=of_swebench(hourly_cost or 0, runs),
    )


def swebench_calls(path: Path, runs: list[dict[str, str]]) -> Iterator[Record]:
    for row in rows(path):
        run = run_of(row, runs)
        if run is not None:
            yield {
                "team": team_of(run),
                "id": row["call_id"],
                "occurred_at": row["ts"],
                "provider": "swebench",
                "model": row["model"],
                "task": task_of(run),
                "task_type": "swebench",
                "cost_usd": format(Decimal(row["logged_cost_usd"]), "f"),
            }


def outcome_of(run: dict[str, str]) -> Record:
    return {"team": team_of(run), "task": task_of(run), "outcome": "success" if is_resolved(run) else "failure"}


def redo_of(run: dict[str, str]) -> Record:
    return {
        "team": team_of(run),
        "id": f"redo {task_of(run)}",
        "task": task_of(run),
        "worked_on": "2025-12-02",
        "minutes": 60,
        "role": "engineer",
        "activity": "redo",
        "verdict": "rejected",
        "provenance": "estimated",
    }


def of_swebench(hourly_cost: int, runs: list[dict[str, str]]) -> dict[str, Expected]:
    """From swebench_fully_loaded.csv: cost per task, times 500; cost per success where it states that."""
    found = {}
    model_of = {run["entry"]: run["model"] for run in runs}
    for row in rows(data("derived_expectations") / "swebench_fully_loaded.csv"):
        own = [run for run in runs if run["entry"] == row["entry"]]
        calls, successes = sum(int(run["api_calls"]) for run in own), sum(map(is_resolved, own))
        cost = Decimal(row[f"fully_loaded_cost_per_task_H{hourly_cost}"]) * len(own)
        stated = row["cost_per_success_raw"] if hourly_cost == 0 else row.get(f"cost_per_success_H{hourly_cost}")
        found[model_of[row["entry"]]] = Expected(
            calls=calls,
            tasks=len(own),
            successes=successes,
            cost=cost,
            cost_per_success=Decimal(stated) if stated else cost / successes,
            # A run's cost was split into parts of twelve digits, and each part is then rounded to a nano-dollar.
            tolerance=calls * (HALF_A_NANO + Decimal("0.0000000000005")) + cost * FLOAT,
        )
    return found


def run_of(call: dict[str, str], runs: list[dict[str, str]]) -> dict[str, str] | None:
    """The run of a call. `task_row` counts the 500 runs of the entry left out of the list of runs; None for its own."""
    if call["model"] == LEFT_OUT:
        return None
    row = int(call["task_row"])
    run = runs[row] if row < len(runs) and runs[row]["model"] == call["model"] else runs[row - 500]
    if run["model"] != call["model"]:
        raise ValueError(f"call {call['call_id']} is of no run of {call['model']}")
    return run


def task_of(run: dict[str, str]) -> str:
    return f"{run['run_id']}|{run['instance_id']}"


def team_of(run: dict[str, str]) -> str:
    return run["instance_id"].rpartition("-")[0]


def is_resolved(run: dict[str, str]) -> bool:
    return run["resolved"] == "True"
