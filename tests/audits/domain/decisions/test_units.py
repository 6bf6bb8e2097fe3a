"""Sums of tasks: by hand, added up in any way, and joined by incidents."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.decisions.units import NONE, clustered, joined, units_of
from audits.domain.intervals import ratio

tasks = st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 1)), min_size=2, max_size=30)


def test_by_hand():
    # R = 60/2 = 30 and the interval of R17's own test: 30 -+ 44.9, at least 0
    units = units_of([(10, 1), (20, 1), (30, 0)])
    assert (units.cost_per_task, units.success_per_task, units.cost_per_success) == (20, Fraction(2, 3), 30)
    assert units.ends == (0, 75)
    assert units.spread(Fraction(30)) == 700


def test_of_nothing_nothing_is_known():
    assert (NONE.cost_per_task, NONE.success_per_task, NONE.cost_per_success, NONE.ends) == (None, None, None, None)
    with pytest.raises(ValueError, match="spread"):
        units_of([(1, 1)]).spread(Fraction(1))
    with pytest.raises(ValueError, match="spread"):
        units_of([(1, 1)]).moments()


@settings(max_examples=30)
@given(tasks, tasks)
def test_parts_add_up(some, others):
    assert units_of(some) + units_of(others) == units_of(some + others)
    assert units_of(some) + NONE == units_of(some)


@settings(max_examples=30)
@given(tasks)
def test_moments_agree_with_numpy(some):
    x, y = np.array(some, float).T
    expected = np.cov(x, y) / len(some)
    found = units_of(some).moments()
    assert found == pytest.approx((expected[0, 0], expected[1, 1], expected[0, 1]), rel=1e-6, abs=1e-3)


def test_an_incident_makes_one_unit_of_its_tasks():
    some = {"a": (10, 1), "b": (20, 0), "c": (30, 0), "d": (40, 1)}
    assert joined(some, [("b", "c")]) == units_of([(10, 1), (40, 1)]) + units_of([(50, 0)]).__class__(
        n=1, tasks=2, sum_x=50, sum_xx=2500, sum_y=0, sum_xy=0, sum_yy=0
    )


def test_incidents_that_share_a_task_join_all_of_theirs():
    some = dict.fromkeys("abcde", (10, 1))
    chain = joined(some, [("a", "b"), ("c", "d"), ("b", "c"), ("elsewhere",)])
    assert (chain.n, chain.tasks, chain.sum_yy) == (2, 5, 17)  # four joined, and one


def test_joining_nothing_changes_nothing():
    some = {"a": (10, 1), "b": (20, 0)}
    assert joined(some, []) == joined(some, [("a",)]) == units_of(some.values())


def test_joined_tasks_are_less_sure_than_apart():
    """400 tasks of which ten fail together are as good as 391, and the interval is wider by what they share."""
    some = {n: (1_000_000 + (9_000_000 if n < 10 else 0), int(n >= 10)) for n in range(400)}
    apart, together = joined(some, []).ends, joined(some, [range(10)]).ends
    assert together[1] - together[0] > 3 * (apart[1] - apart[0])


def test_clusters_cover_the_truth_about_95_percent_of_the_time():
    """500 batches of one to six tasks that fail together; taken one by one, it would cover 66 %."""
    rng = np.random.default_rng(20260301)
    sizes = rng.integers(1, 7, (1500, 500))
    good = rng.random((1500, 500)) < 0.8
    y = sizes * good
    x = np.rint(1e6 * sizes * np.where(good, 1, 3) * rng.lognormal(0, 0.3, (1500, 500)))
    truth = 1e6 * np.exp(0.045) * (0.8 + 0.2 * 3) / 0.8
    sums = zip(*(each.sum(axis=1) for each in (x, x * x, y, x * y, y * y)), strict=True)
    names = ("sum_x", "sum_xx", "sum_y", "sum_xy", "sum_yy")
    ends = [ratio(n=500, **dict(zip(names, map(int, row), strict=True))) for row in sums]
    covered = sum(low <= truth <= high for low, high in ends)
    assert 0.93 <= covered / 1500 <= 0.97


incident_names = st.frozensets(st.integers(0, 5), max_size=2)


@given(st.lists(st.tuples(incident_names, st.integers(0, 1_000), st.integers(0, 1)), max_size=12))
def test_parts_added_up_by_their_incidents_are_joined_as_their_tasks_are(tasks):
    named = {f"t-{n}": (cost, success) for n, (_, cost, success) in enumerate(tasks)}
    incidents = [[f"t-{n}" for n, (names, *_) in enumerate(tasks) if one in names] for one in range(6)]
    alone = units_of((cost, success) for names, cost, success in tasks if not names)
    parts = [(names, 1, cost, success) for names, cost, success in tasks if names]
    assert alone + clustered(parts) == joined(named, incidents)
