"""Intervals: by hand, against a reference, and by seeded simulation."""

from __future__ import annotations

from fractions import Fraction
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audits.domain.intervals import fieller, jeffreys, poisson, ratio, wilson

SEED = 20260301


def sums_of(x, y):
    """Reduce units to the sums that daily rows keep."""
    units = [(int(money), int(success)) for money, success in zip(x, y, strict=True)]
    return {
        "n": len(units),
        "sum_x": sum(money for money, _ in units),
        "sum_xx": sum(money * money for money, _ in units),
        "sum_y": sum(success for _, success in units),
        "sum_xy": sum(money * success for money, success in units),
    }


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (0, 1, 0, 0.7934506856227626),  # z^2 / (1 + z^2)
        (1, 1, 0.20654931437723745, 1),
        (5, 10, 0.236593090512564, 0.763406909487436),
    ],
)
def test_wilson_by_hand(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=1e-9)


def test_wilson_as_published():
    assert [round(end, 4) for end in wilson(81, 263)] == [0.2553, 0.3662]  # Newcombe 1998, table I, method 3


def test_wilson_of_no_trials_is_unknown():
    assert wilson(0, 0) is None


@given(st.integers(1, 10**7), st.floats(0, 1))
def test_wilson_agrees_with_scipy(n, share):
    successes = round(n * share)
    expected = stats.binomtest(successes, n).proportion_ci(method="wilson")
    assert wilson(successes, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_wilson_covers_the_truth_about_95_percent_of_the_time(share):
    rng = np.random.default_rng(SEED)
    draws = rng.binomial(200, share, size=3000)
    covered = sum(low <= share <= high for low, high in (wilson(int(draw), 200) for draw in draws))
    assert 0.93 <= covered / 3000 <= 0.97


def test_poisson_by_hand():
    assert poisson(0) == pytest.approx((0, -log(0.025)))  # 3.69: none seen is not none to come
    assert poisson(1) == pytest.approx((0.025317807984, 5.571643390938))
    assert poisson(10) == pytest.approx((4.795389, 18.390356), abs=1e-6)  # Garwood 1936


@given(st.integers(1, 10**5))
def test_poisson_ends_where_so_many_or_so_few_would_be_seen_2_5_percent_of_the_time(count):
    low, high = poisson(count)
    assert stats.poisson.sf(count - 1, low) == pytest.approx(0.025, abs=1e-6)
    assert stats.poisson.cdf(count, high) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize("expected", [0.5, 3.0, 40.0])
def test_poisson_covers_the_truth_at_least_95_percent_of_the_time(expected):
    rng = np.random.default_rng(SEED)
    draws = rng.poisson(expected, size=3000)
    covered = sum(low <= expected <= high for low, high in (poisson(int(draw)) for draw in draws))
    assert covered / 3000 >= 0.945  # exact intervals are wide rather than wrong; 0.5 % for the simulation


def test_R17_by_hand():
    # R = 60/2 = 30; residuals 10-30, 20-30, 30-0: -20, -10, 30, sum 0; s^2 = 1400/2 = 700; ybar = 2/3
    # var R = 700 / (3 x 4/9) = 525; 1.959964 x sqrt(525) = 44.908
    low, high = ratio(**sums_of([10, 20, 30], [1, 1, 0]))
    assert (low, high) == (0, 75)
    low, high = ratio(**sums_of([10_000, 20_000, 30_000], [1, 1, 0]), shift=40_000)
    assert (low, high) == (5_092, 94_908)


@pytest.mark.parametrize(("x", "y"), [([], []), ([5], [1]), ([5, 6], [0, 0])])
def test_R17_two_units_and_a_success_are_needed(x, y):
    assert ratio(**sums_of(x, y)) is None


def test_R17_costs_all_alike_leave_no_doubt():
    assert ratio(**sums_of([7, 7, 7], [1, 1, 1])) == (7, 7)


def test_R17_small_differences_of_large_costs_keep_their_digits():
    near = 10**15
    low, high = ratio(**sums_of([near, near + 2], [1, 1]))
    assert (low, high) == (near - 1, near + 3)  # 1 + near -+ 1.96


@given(st.lists(st.tuples(st.integers(0, 10**12), st.booleans()), min_size=2, max_size=40), st.integers(0, 10**12))
def test_R17_agrees_with_the_textbook_over_units(units, shift):
    x, y = np.array([money for money, _ in units], float), np.array([success for _, success in units], float)
    found = ratio(**sums_of(x, y), shift=shift)
    if not y.sum():
        assert found is None
        return
    r = x.sum() / y.sum()
    reach = 1.959963984540054 * np.sqrt(np.var(x - r * y, ddof=1) / len(units) / y.mean() ** 2)
    middle = float(Fraction(int(x.sum()) + shift, int(y.sum())))
    assert found == pytest.approx((max(middle - reach, 0), middle + reach), rel=1e-6, abs=2)


def coverage(x, y, truth):
    """Return the share of runs, rows of tasks, whose interval holds `truth`."""
    x = np.rint(x)
    columns = {"sum_x": x, "sum_xx": x * x, "sum_y": y, "sum_xy": x * y}
    totals = zip(*(column.sum(axis=1).tolist() for column in columns.values()), strict=True)
    ends = [ratio(n=x.shape[1], **dict(zip(columns, map(int, row), strict=True))) for row in totals]
    return sum(low <= truth <= high for low, high in ends) / len(ends)


@pytest.mark.parametrize(("n", "share"), [(400, 0.9), (2000, 0.6)])
def test_R17_covers_the_truth_about_95_percent_of_the_time(n, share):
    """Costs are log-normal and failures cost more, as in life."""
    rng = np.random.default_rng(SEED)
    mean_success, mean_failure = 1e6 * np.exp(0.125), 3e6 * np.exp(0.125)
    y = rng.random((1500, n)) < share
    x = np.where(y, 1e6, 3e6) * rng.lognormal(0, 0.5, (1500, n))
    assert 0.93 <= coverage(x, y, (share * mean_success + (1 - share) * mean_failure) / share) <= 0.97


def test_R17_units_by_month_are_a_stated_tolerance():
    """A task with calls in two months is two units: with a tenth of them so, coverage stays between 93 and 97 %."""
    rng = np.random.default_rng(SEED)
    covered, n, share = 0, 500, 0.8
    truth = (1e6 * np.exp(0.125) * 1.1) / share
    for _ in range(1500):
        y = rng.random(n) < share
        x = 1e6 * rng.lognormal(0, 0.5, n)
        late = 1e6 * rng.lognormal(0, 0.5, n // 10)  # the second month's calls of a tenth of the tasks
        low, high = ratio(**sums_of([*x, *late], [*y, *[0] * len(late)]))
        covered += low <= truth <= high
    assert 0.93 <= covered / 1500 <= 0.97


@given(st.integers(1, 10**5), st.floats(0, 1))
def test_jeffreys_agrees_with_scipy(n, share):
    found = round(n * share)
    beta = stats.beta(found + 0.5, n - found + 0.5)
    low, high = jeffreys(found, n)
    assert low == pytest.approx(beta.ppf(0.025) if found else 0, abs=1e-9)
    assert high == pytest.approx(beta.ppf(0.975) if found < n else 1, abs=1e-9)


def test_jeffreys_of_no_failure_still_has_an_upper_end():
    assert jeffreys(0, 50) == (0, pytest.approx(0.0488, abs=1e-4))
    assert jeffreys(0, 0) == (0, 1)  # nobody looked: nothing is known


def test_fieller_by_hand():
    # a = 10 -+ 1, b = 5 -+ 1, q = 2: A = 25 - 4, B = 50, C = 100 - 4; (50 -+ sqrt(2500 - 2016)) / 21
    found = fieller(10, 5, var_a=1, var_b=1, quantile=2)
    assert (found.shape, found.low, found.high) == ("between", pytest.approx(28 / 21), pytest.approx(72 / 21))


@pytest.mark.parametrize(
    ("a", "b", "shape", "within", "without"),
    [
        (10, 1, "outside", (-100, 100), (0, 1)),  # b may be 0: the quotient may be as large as you like, not near 0
        (1, 1, "anywhere", (-100, 0, 100), ()),
        (10, 2, "between", (3, 1e9), (0, -1)),  # b just touches 0: no upper end
        (-10, 2, "between", (-3, -1e9), (0, 1)),
        (0, 2, "anywhere", (0, 1), ()),
    ],
)
def test_fieller_has_no_bounds_where_there_are_none(a, b, shape, within, without):
    found = fieller(a, b, var_a=1, var_b=1, quantile=2)
    assert found.shape == shape
    assert all(each in found for each in within)
    assert not any(each in found for each in without)


def test_fieller_covers_the_truth_about_95_percent_of_the_time():
    rng = np.random.default_rng(SEED)
    a, b = rng.normal(6, 1, 3000), rng.normal(2, 1, 3000)  # b at two deviations from 0, as rates often are
    covered = sum(3.0 in fieller(x, y, var_a=1, var_b=1) for x, y in zip(a, b, strict=True))
    assert 0.93 <= covered / 3000 <= 0.97
