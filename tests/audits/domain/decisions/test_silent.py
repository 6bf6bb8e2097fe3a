"""Silent failures: by hand, where little was looked at, and by seeded simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.decisions import silent
from audits.domain.decisions.silent import (
    Stratum,
    adjusted,
    advise,
    advise_on,
    audits_for,
    overturning,
    silent_failures,
)
from audits.domain.intervals import jeffreys
from tests.audits.domain.build import DOLLAR

CLAIMS = Stratum(successes=9000, drawn=100, answered=100, failed=4)
LETTERS = Stratum(successes=1000, drawn=50, answered=50, failed=1)


def test_by_hand():
    # 4 % of 9,000 and 2 % of 1,000: 360 + 20 = 380 of 10,000
    found = silent_failures([CLAIMS, LETTERS])
    assert (found.rate, found.response, found.borrowed) == (pytest.approx(0.038), 1, 0)
    assert 0.012 < found.low < 0.02 < 0.08 < found.high < 0.092


def test_one_large_stratum_is_jeffreys():
    found = silent_failures([Stratum(1_000_000, 200, 200, 6)])
    assert (found.low, found.high) == pytest.approx(jeffreys(6, 200), rel=0.03)


def test_none_found_is_not_none_to_come():
    found = silent_failures([Stratum(5000, 60, 60, 0), Stratum(5000, 60, 60, 0)])
    assert (found.rate, found.low) == (0, 0)
    assert 0.015 < found.high < 0.04


def test_all_looked_at_is_known():
    found = silent_failures([Stratum(100, 100, 100, 7)])
    assert (found.rate, found.low, found.high) == pytest.approx((0.07, 0.07, 0.07))


def test_answers_that_did_not_come_are_shown_at_their_worst():
    found = silent_failures([Stratum(1000, 100, 80, 4)])
    assert (found.rate, found.response, found.worst) == pytest.approx((0.05, 0.8, 0.24))


def test_strata_with_few_answers_share_a_rate():
    """Half a failure of each prior would make 25 strata of two answers fail at 17 %; of 50 answers one had failed."""
    few = [Stratum(100, 2, 2, 0)] * 24 + [Stratum(100, 2, 2, 1)]
    found = silent_failures(few)
    assert (found.rate, found.borrowed) == (pytest.approx(0.02), 1)
    assert found.high < 0.11


def test_a_stratum_nobody_was_asked_about_takes_what_others_say_and_is_shown_so():
    found = silent_failures([CLAIMS, Stratum(1000, 0, 0, 0)])
    assert (found.rate, found.borrowed) == pytest.approx((0.04, 0.1))
    assert silent_failures([Stratum(1000, 10, 0, 0)]) is None
    assert silent_failures([]) is None
    assert Stratum(10, 0, 0, 0).ends is None


@pytest.mark.parametrize("wrong", [(10, 11, 5, 1), (10, 5, 6, 1), (10, 5, 5, 6), (10, 5, 5, -1)])
def test_a_stratum_that_does_not_add_up_is_refused(wrong):
    with pytest.raises(ValueError, match="does not hold"):
        Stratum(*wrong)


@pytest.mark.parametrize(
    ("sizes", "sampled", "rates"),
    [
        ((4000, 2000, 1000), (100, 100, 100), (0.05, 0.1, 0.2)),
        ((20_000, 500), (150, 30), (0.04, 0.3)),
        ((300, 300, 300, 300), (60, 60, 60, 60), (0.1, 0.1, 0.2, 0.05)),  # a fifth of a small population
    ],
)
def test_it_covers_the_truth_about_95_percent_of_the_time(monkeypatch, sizes, sampled, rates):
    monkeypatch.setattr(silent, "DRAWS", 400)
    rng = np.random.default_rng(20261123)
    covered, runs = 0, 400
    for _ in range(runs):
        truth = rng.binomial(sizes, rates)
        found = rng.hypergeometric(truth, np.array(sizes) - truth, sampled)
        strata = [Stratum(n, m, m, int(k)) for n, m, k in zip(sizes, sampled, found, strict=True)]
        estimate = silent_failures(strata)
        covered += estimate.low <= truth.sum() / sum(sizes) <= estimate.high
    assert 0.93 <= covered / runs <= 0.97


@settings(max_examples=10)
@given(st.permutations([CLAIMS, LETTERS, Stratum(700, 40, 30, 3)]))
def test_the_order_of_strata_says_nothing(strata):
    found, expected = silent_failures(strata), silent_failures(sorted(strata, key=lambda each: each.successes))
    assert found.rate == pytest.approx(expected.rate)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=0.05)


def test_splitting_a_stratum_in_equal_halves_changes_no_rate():
    """Nor, but for what a second prior adds, its ends."""
    whole = silent_failures([Stratum(10_000, 400, 400, 40)])
    halves = silent_failures([Stratum(5000, 200, 200, 20)] * 2)
    assert halves.rate == whole.rate
    assert (halves.low, halves.high) == pytest.approx((whole.low, whole.high), abs=0.004)


def test_the_adjusted_figures_by_hand():
    # 2,000 reviewed and 10,000 unreviewed successes less 380: 11,620 of 15,000 tasks; $12,000 / 11,620 = $1.0327
    cost, ends = 12_000 * DOLLAR, (DOLLAR * 95 // 100, DOLLAR * 105 // 100)
    found = adjusted([CLAIMS, LETTERS], reviewed=2000, failures=3000, cost=cost, cost_ends=ends)
    assert (found.successes, found.final_yield) == pytest.approx((11_620, 11_620 / 15_000))
    assert found.cost_per_success == 1_032_702_238
    low, high = (end / DOLLAR for end in found.cost_ends)
    assert 0.96 < low < 1.0327 < high < 1.12
    assert found.successes_ends[0] < 11_620 < found.successes_ends[1]
    assert adjusted([], reviewed=2000, failures=0, cost=cost, cost_ends=ends) is None


def test_no_success_left_is_not_infinity():
    gone = [Stratum(1000, 30, 30, 30)]
    assert adjusted(gone, reviewed=0, failures=0, cost=DOLLAR, cost_ends=(0, 2)) is None


@pytest.mark.parametrize(
    ("failed", "answered", "threshold", "expected"),
    [
        (2, 100, 0.10, (0, True)),  # 2 in 100 is 0.4 % to 6.3 %
        (3, 120, 0.06, (38, False)),  # the example of docs/method.md, 18
        (0, 0, 0.5, (None, False)),  # without an answer the rate supposed is a half itself
    ],
)
def test_advice(failed, answered, threshold, expected):
    assert advise(failed=failed, answered=answered, threshold=threshold) == expected


@settings(max_examples=30)
@given(st.integers(0, 10), st.integers(10, 200), st.floats(0.01, 0.6))
def test_the_advised_number_is_the_first_that_settles_it(failed, answered, threshold):
    more, settled = advise(failed=failed, answered=answered, threshold=threshold)
    if settled or more is None:
        return
    rate = (failed + 0.5) / (answered + 1)
    low, high = jeffreys(failed + rate * more, answered + more)
    assert not low <= threshold <= high
    low, high = jeffreys(failed + rate * (more - 1), answered + more - 1)
    assert low <= threshold <= high


def test_audits_for_a_width_by_hand():
    assert audits_for(rate=0.05, half_width=0.02) == 457  # 3.8415 x 0.0475 / 0.0004 = 456.2
    with pytest.raises(ValueError, match="width"):
        audits_for(rate=0.05, half_width=0)


def test_more_audits_of_a_stratified_sample_by_what_its_answers_are_worth():
    # Of strata of one size answers are worth as many as they are; of unequal ones fewer, so that more are asked for.
    even = [Stratum(5000, 60, 60, 2), Stratum(5000, 60, 60, 2)]
    skewed = [Stratum(9900, 60, 60, 2), Stratum(100, 60, 60, 2)]
    assert advise_on(even, threshold=0.06).more == advise(failed=4, answered=120, threshold=0.06).more
    assert advise_on(skewed, threshold=0.06).more > advise_on(even, threshold=0.06).more
    assert advise_on(even, threshold=0.2) == (0, True)
    assert not advise_on([Stratum(100, 0, 0, 0)], threshold=0.05).settled


def test_the_rate_that_makes_the_cheap_one_as_dear():
    # 1,000 successes of $1.00, 800 of them not looked at; the other costs $1.25: 800 successes would be left, 200 fewer
    rate = overturning(unseen=800, successes=1000, cost=1000 * DOLLAR, rival=DOLLAR * 5 // 4)
    assert rate == pytest.approx(0.25)
    assert overturning(unseen=100, successes=1000, cost=1000 * DOLLAR, rival=DOLLAR * 5 // 4) is None
    assert overturning(unseen=0, successes=1000, cost=1000 * DOLLAR, rival=DOLLAR * 5 // 4) is None
