"""What incidents may cost: by hand, against Garwood, by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.decisions import incidents
from audits.domain.decisions.incidents import bearable, expected_loss, one_incident
from tests.audits.domain.build import DOLLAR

costs = st.lists(st.integers(0, 10**6), min_size=2, max_size=6, unique=True)


def test_by_hand():
    # two incidents of $500 in 20,000 tasks: 1 and $500 per 10,000; Garwood of 2: 0.2422 to 7.2247, half of that
    found = expected_loss(tasks=20_000, costs=[500 * DOLLAR] * 2)
    assert (found.frequency, found.loss) == (1.0, 500 * DOLLAR)
    assert found.frequency_ends == pytest.approx((0.121105, 3.612344), abs=1e-6)
    assert [round(end / DOLLAR, 2) for end in found.loss_ends] == [60.55, 1806.17]


def test_none_seen_is_not_none_to_come():
    found = expected_loss(tasks=10_000, costs=[], elsewhere=[1000 * DOLLAR])
    assert (found.loss, found.loss_ends[0], round(found.loss_ends[1] / DOLLAR)) == (0, 0, 3689)
    unknown = expected_loss(tasks=10_000, costs=[])
    assert (unknown.loss, unknown.loss_ends) == (None, None)
    assert unknown.frequency_ends[1] == pytest.approx(3.688879)


def test_of_no_tasks_nothing_is_expected():
    assert expected_loss(tasks=0, costs=[1]) is None


def test_unequal_costs_widen_the_ends():
    equal = expected_loss(tasks=1000, costs=[100] * 5)
    unequal = expected_loss(tasks=1000, costs=[1, 1, 1, 1, 496])
    assert unequal.loss == equal.loss
    assert unequal.loss_ends[1] > equal.loss_ends[1]


@settings(max_examples=10)
@given(costs, st.integers(2, 1000))
def test_another_currency_scales_it(some, rate):
    dollars, cents = (expected_loss(tasks=777, costs=[c * k for c in some]) for k in (10**9, rate * 10**9))
    assert cents.loss_ends == pytest.approx([end * rate for end in dollars.loss_ends], rel=1e-9, abs=rate)


def test_it_covers_the_truth_at_least_93_percent_of_the_time(monkeypatch):
    """Log-normal losses, thirty a year. Of incidents far fewer no method that looks at costs seen keeps its promise."""
    monkeypatch.setattr(incidents, "DRAWS", 1000)
    rng = np.random.default_rng(20260301)
    covered, runs = 0, 400
    for count in rng.poisson(30, runs):
        found = expected_loss(tasks=10_000, costs=[int(c) for c in 1e9 * rng.lognormal(0, 0.8, count)])
        covered += found.loss_ends[0] <= 30e9 * np.exp(0.32) <= found.loss_ends[1]
    assert covered / runs >= 0.93


def test_what_one_incident_may_cost():
    # $0.20 a task saved over 20,000 tasks is $4,000; of 3.6889 incidents each may cost $1,084.34
    assert round(bearable(saving=DOLLAR // 5, tasks=20_000) / DOLLAR, 2) == 1084.34


def test_one_incident_more_or_less():
    # the insurer of 3.10: $705.88 and $250,000.00 over 19,999 claims
    cost = 705_880_000_000 + 250_000 * DOLLAR
    found = one_incident(cost=cost, successes=19_999, largest=250_000 * DOLLAR)
    assert [round(each / DOLLAR, 4) for each in (found.seen, found.without, found.one_more)] == [
        12.5359,
        0.0353,
        25.0365,
    ]
    assert one_incident(cost=cost, successes=0, largest=0) is None
