"""What work is worth: by hand, and where it is not known."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.comparing import Withheld
from audits.domain.decisions.value import Worth, payback, worth
from tests.audits.domain.build import DOLLAR, make_line

FREE = Fraction(0)  # incidents cost nothing
# $1.00 a success, 95 % from $0.90 to $1.10; a claim by hand costs $30.00, and a success is worth $2.50
CLAIMS = make_line(
    counted_successes=1000,
    manual_cost_per_task=30 * DOLLAR,
    value_per_success=5 * DOLLAR // 2,
    return_on_spend=2.5,
)


def of(line, severity=FREE):
    found = worth("claim", line, severity)
    assert isinstance(found, Worth)
    return found


def test_by_hand():
    found = of(CLAIMS)
    assert (found.by_value.gain, found.by_value.verdict) == (3 * DOLLAR // 2, "cheaper")
    assert found.by_value.ends == (14 * DOLLAR // 10, 16 * DOLLAR // 10)
    assert (found.return_on_spend, found.return_ends) == (2.5, pytest.approx((2.5 / 1.1, 2.5 / 0.9)))
    assert (found.by_hand.gain, found.gain) == (29 * DOLLAR, 29_000 * DOLLAR)


@pytest.mark.parametrize(
    ("manual", "severity", "verdict"),
    [
        (0.80, 0, "dearer"),
        (1.05, 0, "indistinct"),
        (2.00, 0, "cheaper"),
        (2.00, 500, "unsettled"),  # 3.69 incidents of $500 in 1,000 successes are $1.84 each
        (3.00, 500, "cheaper"),
        (0.80, 500, "dearer"),
    ],
)
def test_dearer_than_by_hand(manual, severity, verdict):
    line = replace(CLAIMS, manual_cost_per_task=round(manual * DOLLAR))
    assert of(line, Fraction(severity * DOLLAR)).by_hand.verdict == verdict


def test_what_has_no_value_or_baseline_has_no_margin():
    found = of(make_line(manual_cost_per_task=None, value_per_success=None))
    assert (found.by_hand, found.by_value, found.return_on_spend, found.return_ends, found.gain) == (None,) * 5


def test_a_cost_that_may_be_nothing_has_no_best_return():
    assert of(replace(CLAIMS, true_cost_per_success_low=0)).return_ends is None


@pytest.mark.parametrize(("line", "reason"), [({"successes": 99}, "few"), ({"presumed": 600}, "presumed")])
def test_nothing_is_said_of_what_is_hardly_known(line, reason):
    found = worth("claim", replace(CLAIMS, **line), FREE)
    assert isinstance(found, Withheld)
    assert found.reason == reason


def test_payback_by_hand():
    assert payback(investment=58_000 * DOLLAR, gain_a_month=29_000 * DOLLAR) == 2
    assert payback(investment=DOLLAR, gain_a_month=0) is None
    assert payback(investment=0, gain_a_month=1) == 0


@settings(max_examples=25)
@given(st.integers(0, 10**13), st.integers(0, 10**12), st.integers(2, 1000))
def test_another_currency_scales_it(manual, severity, rate):
    def dearer(line, times):
        names = ("manual_cost_per_task", "value_per_success", "true_cost_per_success",
                 "true_cost_per_success_low", "true_cost_per_success_high")  # fmt: skip
        return replace(line, **{name: getattr(line, name) * times for name in names})

    line = replace(CLAIMS, manual_cost_per_task=manual)
    before, after = of(line, Fraction(severity)), of(dearer(line, rate), Fraction(severity * rate))
    assert (after.by_hand.verdict, after.gain) == (before.by_hand.verdict, before.gain * rate)
