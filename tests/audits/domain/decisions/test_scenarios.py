"""Saved policies held against what came: by hand, what must hold, and intervals that cover the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from audits.domain.decisions.scenarios import Plan, held_against, is_followed
from audits.domain.decisions.units import units_of
from tests.audits.domain.build import DOLLAR
from tests.audits.domain.decisions.build import CENT, flat

PLAN = Plan(("a", "b"), 5 * DOLLAR, 20 * CENT, {}, 0.9, (0.85, 0.95), DOLLAR, (90 * CENT, 110 * CENT))


def test_what_came_by_hand():
    # 100 tasks at $0.10 and 30 of them again at $0.60, each try reviewed for $0.20; 70 and 20 passed, ten failed at $5
    found = held_against(PLAN, [("a", flat(100, 10 * CENT, 70)), ("b", flat(30, 60 * CENT, 20))], tasks=100, followed=1)
    assert (found.success, found.cost / CENT) == (pytest.approx(0.9), pytest.approx((30 + 24) + 500 * 0.1))
    assert found.cost_ends[0] < found.cost < found.cost_ends[1]
    assert found.verdict == "as_expected"


def test_silent_failures_of_then_are_taken_off_what_came():
    found = held_against(replace(PLAN, silent={"a": 0.5}), [("a", flat(100, CENT, 80))], tasks=100, followed=1)
    assert found.success == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("cost", "tasks", "followed", "verdict"),
    [
        (10 * CENT, 100, 1.0, "cheaper"),
        (99 * CENT - 20 * CENT, 100, 1.0, "as_expected"),
        (5 * DOLLAR, 100, 1.0, "dearer"),
        (5 * DOLLAR, 29, 1.0, "few"),
        (5 * DOLLAR, 100, 0.49, "not_followed"),
    ],
)
def test_a_verdict_needs_enough_tasks_that_went_the_planned_way(cost, tasks, followed, verdict):
    found = held_against(PLAN, [("a", flat(tasks, cost, tasks))], tasks=tasks, followed=followed)
    assert found.verdict == verdict


def test_of_no_tasks_nothing_is_said():
    assert held_against(PLAN, [], tasks=0, followed=0) is None


@pytest.mark.parametrize(
    ("route", "followed"), [("a", True), ("ab", True), ("b", False), ("ba", False), ("abc", False), ("", False)]
)
def test_a_task_went_as_planned_as_far_as_it_went(route, followed):
    assert is_followed(tuple(route), ("a", "b")) is followed


def test_intervals_cover_the_truth_about_95_percent_of_the_time():
    rng, covered = np.random.default_rng(20260301), 0
    for _ in range(500):
        costs, passed = rng.lognormal(0, 0.5, 300) * DOLLAR, rng.binomial(1, 0.8, 300)
        tries = units_of(zip(costs.round().astype(int).tolist(), passed.tolist(), strict=True))
        low, high = held_against(PLAN, [("a", tries)], tasks=300, followed=1).cost_ends
        covered += low <= (np.exp(0.125) + 0.2 + 5 * 0.2) * DOLLAR <= high
    assert 0.93 <= covered / 500 <= 0.97
