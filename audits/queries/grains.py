"""The sums that a report's figures are added up from, by all dimensions at once: what a workbook computes with.

Only what adds up is here; a task with calls of two tiers is one task, so distinct things have no place in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audits.queries import sums
from audits.queries.reports import Names, names_of
from audits.queries.sums import Query, Sums

MOST_ROWS = 10_000  # of each kind; beyond it a spreadsheet would be slow to add them up
_ALWAYS = ("team", "task_type", "tier", "model", "month")


@dataclass(frozen=True)
class Grains:
    """Sums by `by`, in the order of these dimensions; `names` turns the values of each dimension into names."""

    by: tuple[str, ...]
    calls: Sums
    tasks: Sums
    ledger: Sums
    names: Names


def grains(query: Query) -> Grains | None:
    """Return the sums of all that `query` is about, None where they are more than MOST_ROWS."""
    by = (*_ALWAYS, "route") if "route" in query.by else _ALWAYS
    finest = replace(query, by=by)
    kinds: Sequence[Sums] = (sums.calls_without_latency(finest), sums.tasks(finest), sums.ledger(finest))
    if max(map(len, kinds)) > MOST_ROWS:
        return None
    values = {name: {key[at] for rows in kinds for key, _ in rows} for at, name in enumerate(by)}
    calls, tasks, ledger = kinds
    return Grains(by, calls, tasks, ledger, names_of(by, values))
