"""Break-even: by hand, as published, and where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audits.domain.decisions.break_even import break_even, expected_cost, reigns
from audits.domain.decisions.units import NONE
from tests.audits.domain.build import DOLLAR
from tests.audits.domain.decisions.build import CENT, drawn, flat
from tests.audits.domain.decisions.swebench import expected, units_by_entry

CHEAP = flat(1000, 10 * CENT, 700)
DEAR = flat(1000, 60 * CENT, 900)


def test_by_hand():
    # (0.60 - 0.10) / (0.90 - 0.70) = $2.50; errors of the yields' difference: sqrt(0.21 / 999 + 0.09 / 999) = 0.01733
    found = break_even(("commodity", CHEAP), ("frontier", DEAR))
    assert (found.verdict, found.at, found.told_apart) == ("break_even", 250 * CENT, True)
    assert (found.bounds.low / DOLLAR, found.bounds.high / DOLLAR) == pytest.approx((2.137, 3.012), abs=0.002)
    assert [found.better(each * DOLLAR) for each in (1, 4)] == ["commodity", "frontier"]
    assert [found.is_sure(round(each * DOLLAR)) for each in (2, 2.6, 4)] == [True, False, True]
    assert found.better(250 * CENT) is None


def test_at_break_even_both_cost_the_same():
    assert expected_cost(CHEAP, 250 * CENT) == expected_cost(DEAR, 250 * CENT) == 85 * CENT
    assert expected_cost(NONE, DOLLAR) is None


@pytest.mark.parametrize(
    ("one", "other", "verdict", "cheap"),
    [
        (flat(100, CENT, 90), flat(100, 2 * CENT, 80), "dominates", "one"),  # R20: cheaper and better
        (flat(100, 2 * CENT, 80), flat(100, CENT, 80), "dominates", "other"),  # as good, and cheaper
        (flat(100, CENT, 80), flat(100, CENT, 90), "dominates", "other"),  # as cheap, and better
        (flat(100, CENT, 80), flat(100, CENT, 80), "no_difference", "one"),
    ],
)
def test_R20_without_a_trade_off_there_is_no_break_even(one, other, verdict, cheap):
    found = break_even(("one", one), ("other", other))
    assert (found.verdict, found.cheap, found.at, found.is_sure(DOLLAR)) == (verdict, cheap, None, False)
    assert found.better(DOLLAR) == (cheap if verdict == "dominates" else None)


def test_yields_that_are_not_told_apart_leave_it_unbounded():
    found = break_even(("a", flat(100, 10 * CENT, 70)), ("b", flat(100, 60 * CENT, 75)))
    assert (found.verdict, found.at, found.bounds.shape, found.told_apart) == (
        "break_even", 10 * DOLLAR, "outside", False,
    )  # fmt: skip
    assert not found.is_sure(DOLLAR)


def test_few_tasks_are_not_enough_data():
    assert break_even(("a", flat(29, CENT)), ("b", DEAR)) is None


def test_who_wins_at_which_cost_of_a_failure():
    # lines 0.10 + 0.3 F, 0.20 + 0.2 F, 0.60 + 0.1 F cross at $1.00 and $4.00; the one of 0.70 + 0.25 F never wins
    tiers = {
        "commodity": CHEAP,
        "mid": flat(1000, 20 * CENT, 800),
        "frontier": DEAR,
        "never": flat(1000, 70 * CENT, 750),
        "new": flat(10, CENT),
    }
    found = reigns(tiers)
    assert [(each.name, each.start, each.end) for each in found] == [
        ("commodity", 0, DOLLAR),
        ("mid", DOLLAR, 4 * DOLLAR),
        ("frontier", 4 * DOLLAR, None),
    ]
    assert reigns({}) == []


def test_as_published():
    units = units_by_entry()
    for row in expected("swebench_break_even"):
        stated = float(row["break_even_human_cost_per_failed_task_usd"])
        found = break_even((row["cheap"], units[row["cheap"]]), (row["dear"], units[row["dear"]]))
        if stated < 0:  # the "dear" one costs less and solves more
            assert (found.verdict, found.cheap) == ("dominates", row["dear"])
        else:
            assert found.at / DOLLAR == pytest.approx(stated, rel=1e-6)
            assert (found.cheap, found.dear) == (row["cheap"], row["dear"])


def test_fully_loaded_costs_as_published():
    units = units_by_entry()
    for row in expected("swebench_fully_loaded"):
        raw = float(row["cost_per_success_raw"])
        assert float(units[row["entry"]].cost_per_success) / DOLLAR == pytest.approx(raw, abs=1e-8)
        for hourly in (0, 1, 5, 25, 100):
            stated = float(row[f"fully_loaded_cost_per_task_H{hourly}"])
            assert expected_cost(units[row["entry"]], hourly * DOLLAR) / DOLLAR == pytest.approx(stated, abs=1e-8)


units = st.builds(
    lambda tasks, cost, share: flat(tasks, cost * CENT, tasks * share // 100),
    st.integers(100, 1000), st.integers(1, 1000), st.integers(10, 99),
)  # fmt: skip


@settings(max_examples=25)
@given(units, units, st.integers(2, 1000))
def test_another_currency_scales_it_and_order_says_nothing(one, other, rate):
    def dearer(each):
        return replace(each, sum_x=each.sum_x * rate, sum_xx=each.sum_xx * rate**2, sum_xy=each.sum_xy * rate)

    before, after = break_even(("a", one), ("b", other)), break_even(("b", dearer(other)), ("a", dearer(one)))
    assert (after.verdict, after.cheap, after.bounds.shape) == (before.verdict, before.cheap, before.bounds.shape)
    assume(before.at is not None)
    assert after.at == pytest.approx(before.at * rate, abs=rate)


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from("abcdef"), units, min_size=1), st.integers(0, 100 * DOLLAR))
def test_the_reigning_tier_costs_least(tiers, failure):
    [reign] = [each for each in reigns(tiers) if each.start <= failure and (each.end is None or failure < each.end)]
    least = min(expected_cost(each, failure) for each in tiers.values())
    assert expected_cost(tiers[reign.name], failure) <= least + 1


def test_it_covers_the_truth_about_95_percent_of_the_time():
    """Yields only two errors apart, and failures that cost more to attempt: unbounded sets are right to be so."""
    rng = np.random.default_rng(20261123)

    def attempts(share, cost):
        y = (rng.random((1000, 300)) < share).astype(float)
        return drawn(np.rint(1e6 * cost * (1 + 0.5 * (1 - y)) * rng.lognormal(0, 0.3, (1000, 300))), y)

    mean = np.exp(0.045)
    truth = 1e6 * mean * (4 * (1 + 0.5 * 0.22) - (1 + 0.5 * 0.3)) / 0.08
    pairs = zip(attempts(0.7, 1), attempts(0.78, 4), strict=True)
    covered = sum(truth in break_even(("a", one), ("b", other)).bounds for one, other in pairs)
    assert 0.93 <= covered / 1000 <= 0.97
