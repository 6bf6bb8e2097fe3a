"""The true-cost report: lines by any dimensions, their total, and how much of it is known. See docs/report.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.domain import frames
from audits.domain.frames import Key, RowSet, Sums
from audits.domain.latency import LATENCY_BUCKETS
from audits.domain.lines import Lens, Line, line_of

# What each row set must carry, under the names of the tables of sums. `counted` are the successes of the definition
# asked for; `value`, `valued`, `sum_y` and `sum_xy` are of these.
COLUMNS: dict[str, tuple[str, ...]] = {
    "calls": (
        "calls", "priced_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens",
        "cost", "bill_difference", "wasted", "pending_cost",
    ),
    "latency": tuple(str(bucket) for bucket in range(LATENCY_BUCKETS)),
    "tasks": (
        "tasks", "successes", "counted", "presumed", "amended", "failures", "pending", "first_pass", "judged",
        "value", "valued", "manual", "with_manual",
    ),
    "units": ("touched", "attempts", "escalated", "failed", "n", "sum_x", "sum_xx", "sum_y", "sum_xy"),
    "entries": (
        "prevention", "appraisal", "internal_failure", "external_failure", "fixed_compute", "labour", "allocated",
        "allocated_without_incidents", "pending", "incident_cost", "unattributed",
    ),
    "incidents": ("incidents",),
}  # fmt: skip

# Columns whose total is the sum of the rows, exactly.
ADDITIVE = (
    "tasks", "successes", "counted_successes", "presumed", "amended", "failures", "pending", "first_pass", "judged",
    "attempts", "escalated",
    "calls", "priced_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "token_bill",
    "bill_difference",
    "fixed_compute", "prevention", "appraisal", "internal_failure", "external_failure", "true_cost", "cash", "labour",
    "allocated", "wasted_tokens", "pending_cost", "incident_cost",
)  # fmt: skip

# Distinct things do not add up over rows: their total is asked for on its own. Tries do.
_DISTINCT = ("touched", "n", "sum_x", "sum_xx", "sum_y", "sum_xy")


@dataclass(frozen=True, slots=True)
class CoverageFacts:
    """What coverage needs and rows do not say. `*_naming`: records that name a task or call; `*_linked`: those of them
    all of whose tasks and calls are known.
    """

    other_months_token_bill: int = 0
    open_incidents: int = 0
    corrections_naming: int = 0
    corrections_linked: int = 0
    incidents_naming: int = 0
    incidents_linked: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the report is known; shares of nothing are None."""

    calls_priced: float | None
    tasks_judged: float | None
    presumed_share: float | None
    corrections_linked: float | None
    incidents_linked: float | None
    unattributed_cost: int
    other_months_token_bill: int
    unpriced_calls: int
    open_incidents: int


@dataclass(frozen=True, slots=True)
class Report:
    by: tuple[str, ...]
    lens: Lens
    lines: list[Line]
    groups: list[Line]  # by two dimensions: of each value of the first
    total: Line
    coverage: Coverage


def build(
    *,
    by: tuple[str, ...],
    lens: Lens,
    calls: RowSet,
    tasks: RowSet,
    units: RowSet,
    total_units: Mapping[str, Any],
    entries: RowSet,
    incidents: RowSet,
    total_incidents: int,
    facts: CoverageFacts,
    group_units: RowSet = (),
    group_incidents: RowSet = (),
) -> Report:
    """Return the report of these sums: rows of (key in the order of `by`, sums by the names in COLUMNS).

    `calls` carry `latency`, a list of bucket counts, besides. `total_units` and `total_incidents` are those of the
    total line, `group_units` and `group_incidents` those of the lines of the first of two dimensions. Lines come sorted
    by key, None last.
    """
    latency = _latency_rows(calls)
    row_sets = dict(zip(COLUMNS, (calls, latency, tasks, units, entries, incidents), strict=True))
    rows = frames.join(row_sets, COLUMNS)
    total = _total(rows, total_units, total_incidents)
    return Report(
        by=by,
        lens=lens,
        lines=[line_of(key, sums, lens) for key, sums in rows],
        groups=[
            line_of(key, sums, lens)
            for key, sums in (_groups(row_sets, group_units, group_incidents) if len(by) > 1 else ())
        ],
        total=line_of((None,) * len(by), total, lens),
        coverage=_coverage(total, facts),
    )


def _groups(row_sets: Mapping[str, RowSet], units: RowSet, incidents: RowSet) -> list[tuple[Key, Sums]]:
    """Add rows up by the first part of their key; what does not add up is as it was asked for on its own."""
    rows = frames.join({name: [(key[:1], sums) for key, sums in each] for name, each in row_sets.items()}, COLUMNS)
    wanted = {"units": _DISTINCT, "incidents": COLUMNS["incidents"]}
    distinct = dict(frames.join({"units": units, "incidents": incidents}, wanted))
    for key, sums in rows:
        own = distinct.get(key, {"units": dict.fromkeys(_DISTINCT, 0), "incidents": {"incidents": 0}})
        sums["units"] |= own["units"]
        sums["incidents"] = own["incidents"]
    return rows


def _total(rows: Sequence[tuple[Key, Sums]], total_units: Mapping[str, Any], total_incidents: int) -> Sums:
    total = frames.total(rows, COLUMNS)
    total["units"] |= {column: int(total_units[column] or 0) for column in _DISTINCT}
    total["incidents"] = {"incidents": total_incidents}
    return total


def _latency_rows(calls: RowSet) -> RowSet:
    return [(key, dict(zip(COLUMNS["latency"], sums["latency"], strict=True))) for key, sums in calls]


def _coverage(total: Sums, facts: CoverageFacts) -> Coverage:
    calls, tasks = total["calls"], total["tasks"]
    return Coverage(
        calls_priced=_share(calls["priced_calls"], calls["calls"]),
        tasks_judged=_share(tasks["judged"], tasks["tasks"]),
        presumed_share=_share(tasks["presumed"], tasks["successes"]),
        corrections_linked=_share(facts.corrections_linked, facts.corrections_naming),
        incidents_linked=_share(facts.incidents_linked, facts.incidents_naming),
        unattributed_cost=total["entries"]["unattributed"],
        other_months_token_bill=facts.other_months_token_bill,
        unpriced_calls=calls["calls"] - calls["priced_calls"],
        open_incidents=facts.open_incidents,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
