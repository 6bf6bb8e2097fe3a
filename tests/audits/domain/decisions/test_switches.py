"""Switches of tier: found in monthly counts, and what they saved and cost."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.decisions.switches import (
    Cost,
    Counts,
    Month,
    Outcomes,
    Switch,
    Windows,
    doubts,
    effect,
    majority,
    switches,
    windows,
)
from audits.domain.decisions.units import units_of
from audits.domain.example import EqualTasks, month_of, move
from audits.domain.intervals import poisson
from audits.exports.deciding.switches import switch_sentence
from tests.audits.domain.build import DOLLAR

BEFORE = Month(date(2026, 9, 1), {"claim": Cost(20_000, 4_705_880_000_000)})
AFTER = Month(date(2026, 10, 1), {"claim": Cost(20_000, 705_880_000_000)}, [250_000 * DOLLAR])


def month(n):
    return date(2025 + (n - 1) // 12, (n - 1) % 12 + 1, 1)


def counts(letters):
    """One letter a month: F and C have most tasks, - none has, . few tasks."""
    shares = {"F": (90, 10), "C": (10, 90), "-": (50, 50), ".": (9, 1)}
    rows = [dict(zip(("frontier", "commodity"), shares[letter], strict=True)) for letter in letters]
    return [Counts(month(n), row) for n, row in enumerate(rows, 1)]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("FFCC", [(3, "frontier", "commodity", True)]),
        ("FFC", [(3, "frontier", "commodity", False)]),  # not held yet
        ("FFCF", []),  # an exception
        ("FF-.CC", [(5, "frontier", "commodity", True)]),  # months without a majority are passed over
        ("FFCCFF", [(3, "frontier", "commodity", True), (5, "commodity", "frontier", True)]),
        ("FC", [(2, "frontier", "commodity", False)]),
        ("FFFF", []),
        ("", []),
    ],
)
def test_a_switch_is_a_majority_that_changes_and_stays(letters, expected):
    assert switches(counts(letters)) == [Switch(month(n), *rest) for n, *rest in expected]
    assert switches(counts(letters)[::-1]) == switches(counts(letters))


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ({"frontier": 16, "mid": 14}, "frontier"),
        ({"frontier": 15, "mid": 15}, None),
        ({"frontier": 20, "mid": 9}, None),
        ({None: 30, "mid": 10}, None),
        ({}, None),
    ],
)
def test_a_majority_is_more_than_half_of_enough(tasks, expected):
    assert majority(tasks) == expected


def test_the_insurer_of_the_design():
    found = effect(Windows([BEFORE], [AFTER], seasonal=False))
    assert (found.saving, found.failures, found.eaten) == (4_000 * DOLLAR, 250_000 * DOLLAR, 62.5)
    assert switch_sentence(found) == "Saved $4,000.00 a month, lost $250,000.00: 62.5 months of saving."
    example = [
        EqualTasks("frontier", 20_000, 235_294_000),
        EqualTasks("commodity", 20_000, 35_294_000, 1, 250_000 * DOLLAR),
    ]
    by_report = move(*map(month_of, example), loss=250_000 * DOLLAR)
    assert (found.saving, found.failures, found.eaten) == (
        by_report.saving, by_report.failure_cost, by_report.months_eaten,
    )  # fmt: skip


def test_what_incidents_may_cost_is_between_the_ends():
    # none before and one after: from 0.0253 - 3.6889 to 5.5716 - 0 incidents of $250,000 a month
    found = effect(Windows([BEFORE], [AFTER], seasonal=False))
    assert [round(end / DOLLAR) for end in found.net_ends] == [-1_388_911, 919_890]
    assert (found.net, found.payback) == (-246_000 * DOLLAR, None)


def test_a_changed_mix_and_more_work_are_no_saving():
    """Easy tasks cost $1 and hard ones $5, before and after; after there are twice as many, most of them easy."""
    was = Month(month(1), {"easy": Cost(100, 100 * DOLLAR), "hard": Cost(100, 500 * DOLLAR)})
    now = Month(month(2), {"easy": Cost(350, 350 * DOLLAR), "hard": Cost(50, 250 * DOLLAR)})
    found = effect(Windows([was], [now], seasonal=False))
    assert (found.saving, found.failures, found.net, found.covered) == (0, 0, 0, 1)


def test_payback_by_hand():
    """Tokens $2 instead of $10 a task, rework $6 instead of $1: $800 less $500 a month; $1,200 is back in four."""
    was = [Month(month(n), {"easy": Cost(100, 1000 * DOLLAR, 100 * DOLLAR)}) for n in (1, 2)]
    now = [Month(month(n), {"easy": Cost(100, 200 * DOLLAR, 600 * DOLLAR), "new": Cost(25, DOLLAR)}) for n in (3, 4)]
    found = effect(Windows(was, now, seasonal=False), switch_cost=1200 * DOLLAR)
    assert (found.saving, found.failures, found.net) == (800 * DOLLAR, 500 * DOLLAR, 300 * DOLLAR)
    assert (found.payback, found.net_ends, found.covered) == (4, (300 * DOLLAR,) * 2, Fraction(4, 5))


def test_work_that_was_not_done_before_says_nothing():
    now = Month(month(3), {"new": Cost(10, DOLLAR)})
    assert effect(Windows([BEFORE], [now], seasonal=False)) is None


def test_windows_are_of_the_same_season_where_a_year_is_known():
    work = [Month(month(n), {"easy": Cost(100, DOLLAR)}) for n in range(1, 18)]
    found = windows(work, switched=month(13))
    assert [each.month for each in found.after] == [month(13), month(14), month(15)]
    assert ([each.month for each in found.before], found.seasonal) == ([month(1), month(2), month(3)], True)


def test_windows_are_the_months_right_before_otherwise_and_end_at_the_next_switch():
    work = [Month(month(n), {"easy": Cost(100, DOLLAR)}) for n in range(1, 9)]
    found = windows(work, switched=month(5), until=month(7))
    assert [each.month for each in (*found.before, *found.after)] == [month(3), month(4), month(5), month(6)]
    assert not found.seasonal
    assert windows(work, switched=month(1)) is None
    assert windows(work, switched=month(20)) is None


costs = st.builds(Cost, st.integers(1, 10**5), st.integers(0, 10**15), st.integers(0, 10**15))


@settings(max_examples=25)
@given(costs, costs, st.integers(2, 1000))
def test_another_currency_scales_it_and_the_names_of_work_say_nothing(was, now, rate):
    def one(cost, name, times=1):
        return [Month(month(1), {name: Cost(cost.tasks, cost.tokens * times, cost.failures * times)})]

    before = effect(Windows(one(was, "easy"), one(now, "easy"), seasonal=False))
    after = effect(Windows(one(was, "x", rate), one(now, "x", rate), seasonal=False))
    assert after.net == pytest.approx(before.net * rate, abs=rate)


@settings(max_examples=25)
@given(costs, costs)
def test_splitting_a_kind_of_work_in_equal_parts_changes_nothing(was, now):
    whole, parts = (
        [[Month(month(1), dict.fromkeys(names, each))] * times for each in (was, now)]
        for names, times in (("a", 2), ("ab", 1))
    )
    one, both = (effect(Windows(*each, seasonal=False)) for each in (whole, parts))
    assert both.net == pytest.approx(2 * one.net, abs=2)


def noise(rng, months):
    """Months of the same work, each task of a cost as skewed as real ones."""
    found = []
    for n in range(1, months + 1):
        costs = [round(x * DOLLAR) for x in rng.lognormal(0, 1, 60)]
        units = units_of((cost, 1) for cost in costs)
        found.append(Month(month(n), {"easy": Cost(60, sum(costs))}, units=units, outcomes=Outcomes(60, 60, 0, 60)))
    return found


def test_pure_noise_is_rarely_said_to_save_or_cost():
    rng, alarms = np.random.default_rng(20261123), 0
    for _ in range(1000):
        compared = windows(noise(rng, 6), switched=month(4))
        alarms += not doubts(compared, effect(compared), allocated=(Fraction(0), Fraction(0)))
    assert 10 <= alarms <= 73


def test_a_saving_beyond_the_noise_is_said_to_be_one():
    rng = np.random.default_rng(1)
    was = noise(rng, 3)
    equal = {"units": units_of([(1, 1)] * 60), "outcomes": Outcomes(60, 60, 0, 60)}
    now = [Month(month(n), {"easy": Cost(60, 60)}, **equal) for n in (4, 5, 6)]
    compared = Windows(was, now, seasonal=False)
    found = effect(compared)
    assert (found.bare_ends[0] > 0, doubts(compared, found, allocated=(Fraction(0), Fraction(0)))) == (True, ())
    assert found.bearable == int(found.net_ends[0] * 3 / Fraction(poisson(0)[1]))
    assert doubts(compared, found, allocated=(Fraction(0), Fraction(10 * DOLLAR))) == ("allocated",)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (Outcomes(60, 60, 0, 60), Outcomes(60, 60, 31, 29), ("presumed", "coverage")),
        (Outcomes(60, 60, 0, 60), Outcomes(60, 60, 30, 60), ()),
        (Outcomes(100, 50, 0, 80), Outcomes(100, 50, 0, 60), ()),
        (Outcomes(100, 50, 0, 81), Outcomes(100, 50, 0, 60), ("coverage",)),
    ],
)
def test_what_is_not_known_of_outcomes_is_a_doubt(was, now, expected):
    def side(n, cost, outcomes):
        return [Month(month(n), {"easy": Cost(60, 60 * cost)}, units=units_of([(cost, 1)] * 60), outcomes=outcomes)]

    compared = Windows(side(1, DOLLAR, was), side(2, 1, now), seasonal=False)
    assert doubts(compared, effect(compared), allocated=(Fraction(0), Fraction(0))) == expected


def test_more_switches_looked_at_at_once_make_each_less_sure():
    compared = windows(noise(np.random.default_rng(2), 6), switched=month(4))
    one, ten = effect(compared), effect(compared, alike=10)
    assert ten.bare_ends[0] < one.bare_ends[0] < one.bare_ends[1] < ten.bare_ends[1]
