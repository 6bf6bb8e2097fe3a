"""Amounts that are valid one by one add up to more than 64 bits of nano-dollars, and the report still answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from audits.actions.rebuild import rebuild
from audits.queries.lists import AT_MOST, Listing, incidents, tasks
from audits.queries.verify import faults
from tests.build import have_reference, record, report

AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
REFERENCE = """
teams: [{name: Claims}]
labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]
tiers: [{name: commodity, from_blended: 0}]
models: [{provider: acme, name: small, tier: commodity, prices: [{from: 2026-01-01, input: 1.00, output: 1.00}]}]
"""
BILLION = 10**9


@pytest.fixture(autouse=True)
def reference(db: None) -> None:
    have_reference(REFERENCE, at=AT)


def calls(many: int, **fields: Any) -> None:
    made = ({"id": f"c{n}", "task": f"T{n}", "team": "Claims", "occurred_at": "2026-10-02T10:00:00Z",
             "provider": "acme", "model": "small", **fields} for n in range(many))  # fmt: skip
    record("call", *made, at=AT)


def total() -> dict[str, Any]:
    said = report(AT, from_="2026-10")["total"]
    assert list(faults(AT.date())) == []
    assert rebuild(at=AT, today=AT.date()) == []
    return said


def lose_a_billion(times: int, **fields: Any) -> None:
    made = ({"id": f"i{n}", "title": "It", "severity": "high", "occurred_on": f"2026-10-{n + 1:02}", "team": "Claims",
             "loss_usd": BILLION, **fields} for n in range(times))  # fmt: skip
    record("incident", *made, at=AT)


def test_values_of_successes() -> None:
    calls(10)
    record(
        "outcome",
        *({"task": f"T{n}", "team": "Claims", "outcome": "success", "value_usd": BILLION} for n in range(10)),
        at=AT,
    )
    assert total()["value_per_success"] == "1000000000.00"


def test_losses_of_one_task() -> None:
    calls(1)
    lose_a_billion(10, tasks=[{"task": "T0"}])
    assert total()["external_failure"] == "10000000000.00"
    [task] = tasks(Listing("tasks"), limit=AT_MOST).rows
    assert task["entries_nanos"] == 10 * BILLION * 10**9
    assert {row["entries_nanos"] for row in incidents(Listing("incidents"), limit=AT_MOST).rows} == {BILLION * 10**9}


def test_losses_of_a_month() -> None:
    lose_a_billion(10)
    assert total()["external_failure"] == "10000000000.00"


def test_costs_of_the_calls_of_one_task() -> None:
    calls(9_300, task="T0", cost_usd=10**6, input_tokens=1)
    assert total()["token_bill"] == "9300000000.00"
