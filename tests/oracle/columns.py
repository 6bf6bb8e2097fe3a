"""The columns of one row from the things that fall in it (method 7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .intervals import poisson, ratio_interval, wilson
from .ledger import Entry
from .numbers import ratio
from .reference import BUCKETS
from .tasks import Call, Task

FAILURE_COSTS = ("prevention", "appraisal", "internal_failure", "external_failure")
ADDITIVE = (
    "counted_successes",
    "tasks", "successes", "presumed", "amended", "failures", "pending", "first_pass", "judged", "attempts", "escalated",
    "calls", "priced_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "token_bill",
    "fixed_compute", *FAILURE_COSTS, "true_cost", "cash", "labour", "allocated", "wasted_tokens", "pending_cost",
)  # fmt: skip


@dataclass(frozen=True)
class Try:
    """A task and what it tried (a tier, or a model where those are named), and how that ended."""

    is_escalated: bool
    is_failed: bool


@dataclass(frozen=True)
class Unit:
    """A task's part in one month, for the interval (R17)."""

    x: int
    y: int


@dataclass
class Fallen:
    """Everything that falls in one row."""

    tasks: list[Task] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    tries: list[Try] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    touched: list[Task] = field(default_factory=list)  # once for every call


def columns(fallen: Fallen, lens: str, success: str) -> dict[str, Any]:
    counted = [task for task in fallen.tasks if task.counts_as(success)]
    row = counts_of(fallen) | money_of(fallen) | {"counted_successes": len(counted)}
    return row | ratios_of(fallen, row, lens, counted) | intervals_of(fallen, row)


def counts_of(fallen: Fallen) -> dict[str, Any]:
    by_status = [task.status for task in fallen.tasks]
    first_pass = sum(task.is_first_pass for task in fallen.tasks)
    return {
        "tasks": len(fallen.tasks),
        "successes": by_status.count("success"),
        "presumed": sum(task.is_presumed for task in fallen.tasks),
        "amended": by_status.count("success") - first_pass,
        "failures": by_status.count("failure"),
        "pending": by_status.count("pending"),
        "first_pass": first_pass,
        "judged": sum(task.is_judged for task in fallen.tasks),
        "attempts": len(fallen.tries),
        "escalated": sum(each.is_escalated for each in fallen.tries),
        "failed_tries": sum(each.is_failed for each in fallen.tries),
        "calls": len(fallen.calls),
        "priced_calls": sum(call.cost is not None for call in fallen.calls),
        "incomplete": any(call.cost is None for call in fallen.calls),
        "tasks_touched": len({id(task) for task in fallen.touched}),
        **{f"{name}_tokens": sum(call.tokens[name] for call in fallen.calls) for name in BUCKETS},
    }


def money_of(fallen: Fallen) -> dict[str, Any]:
    row: dict[str, Any] = {"token_bill": bill(fallen.calls)}
    for category in ("fixed_compute", *FAILURE_COSTS):
        row[category] = amount(entry for entry in fallen.entries if entry.category == category)
    row["true_cost"] = (row["token_bill"] or 0) + amount(fallen.entries)
    row["labour"] = amount(entry for entry in fallen.entries if entry.nature == "labour")
    row["cash"] = row["true_cost"] - row["labour"]
    row["allocated"] = amount(entry for entry in fallen.entries if not entry.is_traced)
    row["wasted_tokens"] = spent(call for call in fallen.calls if is_wasted(call))
    row["pending_cost"] = spent(call for call in fallen.calls if call.task.status == "pending") + amount(
        entry for entry in fallen.entries if entry.target.task and entry.target.task.status == "pending"
    )
    row["incident_cost"] = amount(entry for entry in fallen.entries if entry.kind == "incident")
    row["incidents"] = len({id(entry.record) for entry in fallen.entries if entry.kind == "incident"})
    return row


def bill(calls: list[Call]) -> int | None:
    """Null where there are calls and none is priced (R10)."""
    if calls and all(call.cost is None for call in calls):
        return None
    return spent(calls)


def spent(calls: Iterable[Call]) -> int:
    return sum(call.cost or 0 for call in calls)


def amount(entries: Iterable[Entry]) -> int:
    return sum(entry.amount for entry in entries)


def is_wasted(call: Call) -> bool:
    if not call.is_attempt:
        return False
    delivered = call.task.delivering
    return call.task.status == "failure" or (delivered is not None and delivered.tier != call.tier)


def ratios_of(fallen: Fallen, row: dict[str, Any], lens: str, counted: list[Task]) -> dict[str, Any]:
    compute = None if row["token_bill"] is None else row["token_bill"] + row["fixed_compute"]
    value = total_or_none(task.value for task in counted)
    value_per_success = ratio(value, len(counted))
    cost_per_success = ratio(row["true_cost"] - row["pending_cost"], len(counted))
    judged = row["successes"] + row["failures"]
    return {
        "token_cost_per_task": ratio(row["token_bill"], row["tasks"] if lens == "route" else row["tasks_touched"]),
        "true_cost_per_success": cost_per_success,
        "multiplier": ratio(row["true_cost"], compute),
        "first_pass_yield": ratio(row["first_pass"], judged),
        "final_yield": ratio(row["successes"], judged),
        "fail_rate": ratio(row["failures"], judged),
        "attempt_fail_rate": ratio(row["failed_tries"] + row["escalated"], row["attempts"]),
        "manual_cost_per_task": ratio(total_or_none(task.manual_cost for task in fallen.tasks), row["tasks"]),
        "value_per_success": value_per_success,
        "margin_per_success": minus(value_per_success, cost_per_success),
        "return_on_spend": ratio(value, row["true_cost"]),
        "price_headroom": ratio(minus(value, minus(row["true_cost"], compute)), compute),
        "latencies": sorted(
            call.wire["latency_ms"] for call in fallen.calls if call.wire.get("latency_ms") is not None
        ),
    }


def total_or_none(amounts: Iterable[int | None]) -> int | None:
    """The sum, or None unless every one is known."""
    known = list(amounts)
    return None if None in known else sum(each for each in known if each)


def minus(a: int | Fraction | None, b: int | Fraction | None) -> Fraction | None:
    return None if a is None or b is None else Fraction(a) - b


def intervals_of(fallen: Fallen, row: dict[str, Any]) -> dict[str, Any]:
    judged = row["successes"] + row["failures"]
    of_yields = {
        "first_pass_yield": wilson(row["first_pass"], judged),
        "final_yield": wilson(row["successes"], judged),
        "fail_rate": wilson(row["failures"], judged),
        "attempt_fail_rate": wilson(row["failed_tries"] + row["escalated"], row["attempts"]),
        "incidents_per_10k_tasks": poisson(row["incidents"], row["tasks"]),
        "true_cost_per_success": ratio_interval(
            [float(unit.x) for unit in fallen.units],
            [float(unit.y) for unit in fallen.units],
            float(amount(each for each in fallen.entries if not each.is_traced and each.kind != "incident")),
        ),
    }
    return {f"{name}_{end}": ends[end == "high"] for name, ends in of_yields.items() for end in ("low", "high")}
