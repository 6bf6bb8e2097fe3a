"""Whether the product and the oracle say the same: sums exactly, shares and intervals as near as floats can tell."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, isclose
from typing import Any

from tests.oracle import ADDITIVE

Record = dict[str, Any]

# To the nano-dollar, and to the last task.
EXACT = (*ADDITIVE, "incomplete", "tasks_touched", "incidents", "incident_cost")
# Money per something is rounded to a nano-dollar, and a margin is the difference of two that are.
PER = {"token_cost_per_task": 0.5, "true_cost_per_success": 0.5, "manual_cost_per_task": 0.5, "value_per_success": 0.5,
       "margin_per_success": 1}  # fmt: skip
SHARES = ("multiplier", "first_pass_yield", "final_yield", "fail_rate", "attempt_fail_rate", "return_on_spend",
          "price_headroom")  # fmt: skip
INTERVALS = ("true_cost_per_success", "first_pass_yield", "final_yield", "fail_rate", "attempt_fail_rate",
             "incidents_per_10k_tasks")  # fmt: skip
COVERAGE = ("unattributed_cost", "other_months_token_bill", "unpriced_calls", "open_incidents", "calls_priced",
            "tasks_judged", "presumed_share", "corrections_linked", "incidents_linked")  # fmt: skip
# The oracle's residuals are floats of nanos, and the product rounds the ends to a nano-dollar.
OF_INTERVALS = {"rel_tol": 1e-7, "abs_tol": 2.0}
OF_SHARES = {"rel_tol": 1e-12, "abs_tol": 1e-12}
OF_BUCKETS = 1.25**0.5 + 1e-9


def disagreements(found: Record, expected: Record, by: tuple[str, ...], lens: str = "responsible") -> list[Any]:
    """Return (where, column, of the product, of the oracle) of all that is not the same."""
    ours, theirs = ({tuple(row[name] for name in by): row for row in each["rows"]} for each in (found, expected))
    wrong: list[Any] = [(key, "row", key in ours, key in theirs) for key in ours.keys() ^ theirs.keys()]
    wrong += [("total", *each) for each in of_line(found["total"], expected["total"], lens)]
    for key in ours.keys() & theirs.keys():
        wrong += [(key, *each) for each in of_line(ours[key], theirs[key], lens)]
    for name in COVERAGE:
        if not near(found["coverage"][name], expected["coverage"][name], OF_SHARES):
            wrong.append(("coverage", name, found["coverage"][name], expected["coverage"][name]))
    wrong += sums_that_fail(found)
    return wrong


def of_line(ours: Record, theirs: Record, lens: str) -> list[tuple[str, Any, Any]]:
    wrong = [(name, ours[name], theirs[name]) for name in EXACT if ours[name] != theirs[name]]
    for name, expected, slack in near_columns(theirs, lens):
        if not near(ours[name], expected, slack):
            wrong.append((name, ours[name], expected))
    for name, share in (("latency_p50_ms", Fraction(1, 2)), ("latency_p95_ms", Fraction(19, 20))):
        if not is_quantile(ours[name], share, theirs["latencies"]):
            wrong.append((name, ours[name], theirs["latencies"]))
    return wrong


def near_columns(theirs: Record, lens: str) -> Iterator[tuple[str, Any, dict[str, float]]]:
    """Yield column, value of the oracle, and how far the product may be from it."""
    for name, nanos in PER.items():
        yield name, theirs[name], {"abs_tol": nanos, "rel_tol": 0.0}
    for name in SHARES:
        yield name, theirs[name], OF_SHARES
    for name in (f"{name}_{end}" for name in INTERVALS for end in ("low", "high")):
        yield name, theirs[name], OF_INTERVALS if name.startswith("true_cost") else {"rel_tol": 1e-9, "abs_tol": 1e-12}
    touched = theirs["tasks"] if lens == "route" else theirs["tasks_touched"]
    for column in ("calls", "input_tokens"):
        yield f"{column}_per_task", Fraction(theirs[column], touched) if touched else None, OF_SHARES


def near(ours: Any, theirs: Any, slack: dict[str, Any]) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return isclose(Fraction(ours), Fraction(theirs), **slack)


def is_quantile(ours: float | None, share: Fraction, latencies: list[int]) -> bool:
    """Whether it is within a bucket of the smallest latency that so many calls did not exceed."""
    if not latencies:
        return ours is None
    exact = max(latencies[max(ceil(share * len(latencies)), 1) - 1], 1)
    return ours is not None and 1 / OF_BUCKETS <= ours / exact <= OF_BUCKETS


def sums_that_fail(found: Record) -> list[Any]:
    """Rows add up to the total, `unattributed` included, by what the product itself says."""
    wrong = []
    for name in (*ADDITIVE, "incident_cost"):
        total = sum(row[name] or 0 for row in found["rows"])
        if total != (found["total"][name] or 0):
            wrong.append(("sum of rows", name, total, found["total"][name]))
    return wrong
