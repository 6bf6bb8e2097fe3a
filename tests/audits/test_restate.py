"""A change of reference data moves what was computed with the old values, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from audits.actions.rebuild import rebuild
from audits.models import Entry
from tests.build import have_reference, record, report, row

AT = datetime(2026, 11, 3, 12, tzinfo=UTC)
REFERENCE = """
teams: [{name: Claims}]
labour_rates: [{role: adjuster, hourly: 60, from: 2026-01-01}]
tiers: [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models:
  - {provider: acme, name: small, tier: commodity, prices: [{from: 2026-01-01, input: 1.00, output: 1.00}]}
task_types: [{name: claim, manual_minutes: 30, role: adjuster}]
fixed_costs: [{name: GPU, from: 2026-10-01, to: 2026-11-01, amount: 310, model: acme/small, kind: compute}]
"""
CALL = {
    "id": "c1", "occurred_at": "2026-10-02T10:00:00Z", "provider": "acme", "model": "small", "team": "Claims",
    "task": "T1", "task_type": "claim", "input_tokens": 1_000_000, "output_tokens": 0,
}  # fmt: skip
FIX = {
    "id": "k1", "team": "Claims", "task": "T1", "worked_on": "2026-10-03", "minutes": 30, "role": "adjuster",
    "activity": "fix",
}  # fmt: skip


@pytest.fixture
def october(db: None) -> None:
    have_reference(REFERENCE, at=AT)
    record("call", CALL, at=AT)
    record("correction", FIX, at=AT)
    record("outcome", {"task": "T1", "outcome": "success", "team": "Claims"}, at=AT)


def test_before_any_change(october: None) -> None:
    line = row(report(AT, from_="2026-10"), tier="commodity")
    assert (line["token_bill"], line["internal_failure"], line["fixed_compute"]) == ("1.00", "30.00", "310.00")


def test_a_new_price_reprices_the_calls_of_its_days(october: None) -> None:
    have_reference(
        "models: [{provider: acme, name: small, prices: [{from: 2026-10-01, input: 2.50, output: 1.00}]}]", at=AT
    )
    assert row(report(AT, from_="2026-10"), tier="commodity")["token_bill"] == "2.50"


def test_a_new_tier_moves_calls_entries_and_fixed_costs(october: None) -> None:
    have_reference("models: [{provider: acme, name: small, tier: [{tier: frontier, from: 2026-10-02}]}]", at=AT)
    answer = report(AT, from_="2026-10")
    frontier, commodity = row(answer, tier="frontier"), row(answer, tier="commodity")
    assert (frontier["token_bill"], frontier["internal_failure"], frontier["fixed_compute"]) == (
        "1.00",
        "30.00",
        "300.00",
    )
    assert (commodity["tasks"], commodity["true_cost"]) == (0, "10.00")


def test_a_new_rate_reverses_the_entry_and_posts_another(october: None) -> None:
    have_reference("labour_rates: [{role: adjuster, hourly: 80, from: 2026-10-01}]", at=AT)
    line = row(report(AT, from_="2026-10"), tier="commodity")
    assert (line["internal_failure"], line["manual_cost_per_task"]) == ("40.00", "40.00")
    posted = Entry.objects.filter(source_kind="correction").order_by("id").values_list("amount_nanos", flat=True)
    assert list(posted) == [30_000_000_000, -30_000_000_000, 40_000_000_000]


def test_a_changed_fixed_cost_is_posted_anew(october: None) -> None:
    have_reference(
        "fixed_costs: [{name: GPU, from: 2026-10-01, to: 2026-11-01, amount: 620, model: acme/small, kind: compute}]",
        at=AT,
    )
    assert row(report(AT, from_="2026-10"), tier="commodity")["fixed_compute"] == "620.00"


def test_a_task_types_window_decides_again(db: None) -> None:
    have_reference(REFERENCE, at=AT)
    record("call", {**CALL, "occurred_at": "2026-10-30T10:00:00Z"}, at=AT)
    assert row(report(AT, from_="2026-10"), tier="commodity")["pending"] == 1
    have_reference("task_types: [{name: claim, acceptance_days: 2}]", at=AT)
    assert row(report(AT, from_="2026-10"), tier="commodity")["presumed"] == 1


def test_nothing_is_left_for_a_rebuild_to_find(october: None) -> None:
    have_reference("labour_rates: [{role: adjuster, hourly: 80, from: 2026-10-01}]", at=AT)
    have_reference(
        "models: [{provider: acme, name: small, tier: [{tier: frontier, from: 2026-10-02}],"
        " prices: [{from: 2026-10-01, input: 2.50, output: 1.00}]}]",
        at=AT,
    )
    assert rebuild(at=AT, today=AT.date()) == []
