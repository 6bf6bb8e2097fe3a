"""One line of a report: from additive sums to every column. The formulas: docs/method.md, 7."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from audits.domain import intervals
from audits.domain.frames import Key, Sums
from audits.domain.latency import quantile
from spend.domain.money import divide

Lens = Literal["responsible", "route"]
Columns = dict[str, Any]

_COSTS = ("fixed_compute", "prevention", "appraisal", "internal_failure", "external_failure")


@dataclass(frozen=True, slots=True)
class Line:
    """Money in nanos, shares as floats, None for what is not known or makes no sense. `key`: in the order of `by`."""

    key: Key
    tasks: int
    successes: int
    counted_successes: int
    presumed: int
    amended: int
    failures: int
    pending: int
    first_pass: int
    judged: int
    attempts: int
    escalated: int
    calls: int
    priced_calls: int
    input_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    output_tokens: int
    token_bill: int | None
    incomplete: bool
    bill_difference: int
    fixed_compute: int
    prevention: int
    appraisal: int
    internal_failure: int
    external_failure: int
    true_cost: int
    cash: int
    labour: int
    allocated: int
    wasted_tokens: int
    pending_cost: int
    tasks_touched: int
    token_cost_per_task: int | None
    true_cost_per_success: int | None
    true_cost_per_success_low: int | None
    true_cost_per_success_high: int | None
    multiplier: float | None
    first_pass_yield: float | None
    first_pass_yield_low: float | None
    first_pass_yield_high: float | None
    final_yield: float | None
    final_yield_low: float | None
    final_yield_high: float | None
    fail_rate: float | None
    fail_rate_low: float | None
    fail_rate_high: float | None
    attempt_fail_rate: float | None
    attempt_fail_rate_low: float | None
    attempt_fail_rate_high: float | None
    calls_per_task: float | None
    input_tokens_per_task: float | None
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    manual_cost_per_task: int | None
    value_per_success: int | None
    margin_per_success: int | None
    return_on_spend: float | None
    price_headroom: float | None
    incidents: int
    incident_cost: int
    incidents_per_10k_tasks_low: float | None
    incidents_per_10k_tasks_high: float | None


def line_of(key: Key, sums: Sums, lens: Lens) -> Line:
    """Return the line that `sums` make."""
    money = _money(sums)
    touched = sums["tasks"]["tasks"] if lens == "route" else sums["units"]["touched"]
    return Line(
        key=key,
        **_counts(sums),
        **money,
        **_per_success(sums, money),
        **_per_task(sums, money, touched),
        **_yields(sums),
        **_worth(sums, money),
        **_latencies(sums),
        **_incidents(sums),
    )


def _counts(sums: Sums) -> Columns:
    tasks, units, calls = sums["tasks"], sums["units"], sums["calls"]
    from_tasks = ("tasks", "successes", "presumed", "amended", "failures", "pending", "first_pass", "judged")
    from_calls = ("calls", "priced_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
    return {
        **{column: tasks[column] for column in from_tasks},
        "counted_successes": tasks["counted"],
        **{column: calls[column] for column in from_calls},
        "attempts": units["attempts"],
        "escalated": units["escalated"],
        "tasks_touched": units["touched"],
    }


def _money(sums: Sums) -> Columns:
    """R10: a bill is null only where there are calls and none is priced. Adjustments cost something without calls."""
    calls, entries = sums["calls"], sums["entries"]
    is_unknown = calls["calls"] and not calls["priced_calls"] and not calls["cost"]
    bill = None if is_unknown else calls["cost"]
    costs = {column: entries[column] for column in _COSTS}
    true_cost = (bill or 0) + sum(costs.values())
    return {
        "token_bill": bill,
        "incomplete": calls["priced_calls"] < calls["calls"],
        "bill_difference": calls["bill_difference"],
        **costs,
        "true_cost": true_cost,
        "cash": true_cost - entries["labour"],
        "labour": entries["labour"],
        "allocated": entries["allocated"],
        "wasted_tokens": calls["wasted"],
        "pending_cost": calls["pending_cost"] + entries["pending"],
    }


def _per_success(sums: Sums, money: Columns) -> Columns:
    """What was billed beyond the calls is of no task: as allocated cost it shifts the interval only (R17)."""
    units = sums["units"]
    interval = intervals.ratio(
        n=units["n"],
        sum_x=units["sum_x"],
        sum_xx=units["sum_xx"],
        sum_y=units["sum_y"],
        sum_xy=units["sum_xy"],
        shift=sums["entries"]["allocated_without_incidents"] + money["bill_difference"],
    )
    low, high = interval or (None, None)
    return {
        "true_cost_per_success": _each(money["true_cost"] - money["pending_cost"], sums["tasks"]["counted"]),
        "true_cost_per_success_low": low,
        "true_cost_per_success_high": high,
    }


def _per_task(sums: Sums, money: Columns, touched: int) -> Columns:
    """R16: over the tasks touched, or a tier that escalates would look dear for nothing."""
    bill, calls = money["token_bill"], sums["calls"]
    return {
        "token_cost_per_task": None if bill is None else _each(bill, touched),
        "calls_per_task": _share(calls["calls"], touched),
        "input_tokens_per_task": _share(calls["input_tokens"], touched),
    }


def _yields(sums: Sums) -> Columns:
    tasks, units = sums["tasks"], sums["units"]
    decided = tasks["successes"] + tasks["failures"]
    return {
        **_rate("first_pass_yield", tasks["first_pass"], decided),
        **_rate("final_yield", tasks["successes"], decided),
        **_rate("fail_rate", tasks["failures"], decided),
        **_rate("attempt_fail_rate", units["failed"] + units["escalated"], units["attempts"]),
    }


def _worth(sums: Sums, money: Columns) -> Columns:
    """What the work is worth: means only where every task, or success that counts, has a figure (R11)."""
    tasks, per_success = sums["tasks"], _each(money["true_cost"] - money["pending_cost"], sums["tasks"]["counted"])
    value = tasks["value"] if tasks["valued"] == tasks["counted"] else None
    compute = None if money["token_bill"] is None else money["token_bill"] + money["fixed_compute"]
    other = money["true_cost"] - (compute or 0)
    worth = None if value is None else _each(value, tasks["counted"])
    manual = _each(tasks["manual"], tasks["tasks"]) if tasks["with_manual"] == tasks["tasks"] else None
    return {
        "multiplier": _share(money["true_cost"], compute),
        "manual_cost_per_task": manual,
        "value_per_success": worth,
        "margin_per_success": None if worth is None or per_success is None else worth - per_success,
        "return_on_spend": None if value is None else _share(value, money["true_cost"]),
        "price_headroom": None if value is None else _share(value - other, compute),
    }


def _latencies(sums: Sums) -> Columns:
    counts = list(sums["latency"].values())
    return {"latency_p50_ms": quantile(counts, 0.50), "latency_p95_ms": quantile(counts, 0.95)}


def _incidents(sums: Sums) -> Columns:
    tasks, count = sums["tasks"]["tasks"], sums["incidents"]["incidents"]
    low, high = intervals.poisson(count)
    return {
        "incidents": count,
        "incident_cost": sums["entries"]["incident_cost"],
        "incidents_per_10k_tasks_low": low * 10_000 / tasks if tasks > 0 else None,
        "incidents_per_10k_tasks_high": high * 10_000 / tasks if tasks > 0 else None,
    }


def _rate(name: str, part: int, whole: int) -> Columns:
    low, high = intervals.wilson(part, whole) or (None, None)
    return {name: None if low is None else _share(part, whole), f"{name}_low": low, f"{name}_high": high}


# Adjustments of closed months may take away more than a month has: of nothing, or less, there is no share.
def _share(part: int, whole: int | None) -> float | None:
    return part / whole if whole and whole > 0 else None


def _each(nanos: int, count: int) -> int | None:
    return divide(nanos, count) if count > 0 else None
