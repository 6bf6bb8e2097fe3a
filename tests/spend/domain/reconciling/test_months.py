"""A provider's month: which days are compared, what is beside tokens, and who may sign it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from spend.domain.periods import Month
from spend.domain.reconciling.causes import Causes
from spend.domain.reconciling.months import Decision, Statement, Tolerance, reconcile
from spend.domain.reconciling.records import Billed, Logged
from spend.domain.reconciling.use import logged_of_day

FIRST, SECOND, THIRD = (date(2026, 10, day) for day in (1, 2, 3))
LATER = date(2026, 11, 20)
DOLLAR = 10**9
USE = [Logged(day, "astra", "input", 1_000_000, 3 * DOLLAR) for day in (FIRST, SECOND, THIRD)]
LINES = [Billed(day, "astra", "input", "usage", 1_000_000, 3 * DOLLAR) for day in (FIRST, SECOND)]
FEE = Billed(None, "", "", "fee", None, 20 * DOLLAR)
TAX = Billed(None, "", "", "tax", None, 2 * DOLLAR)
CREDIT = Billed(SECOND, "", "", "credit", None, -5 * DOLLAR)
MISSING = Billed(SECOND, "nova", "output", "usage", 1000, 4 * DOLLAR)


def month(lines=LINES, days=(FIRST, SECOND), **options):
    return Statement("openai", Month(2026, 10), USE, lines, frozenset(days), **options)


def test_use_of_days_that_no_bill_is_of_waits():
    found = reconcile(month(), today=LATER)
    assert (found.computed, found.computed_elsewhere, found.billed) == (6 * DOLLAR, 3 * DOLLAR, 6 * DOLLAR)
    assert (found.variance, found.capture_rate, found.reconciled) == (0, 1.0, True)


def test_without_a_bill_nothing_is_reconciled():
    found = reconcile(month([], ()), today=LATER)
    assert (found.billed, found.variance, found.capture_rate, found.reconciled) == (None, None, None, False)


def test_fees_credits_and_tax_are_explained_and_in_no_capture_rate():
    found = reconcile(month([*LINES, FEE, TAX, CREDIT]), today=LATER)
    assert found.causes == Causes(fees=20 * DOLLAR, credits=-5 * DOLLAR, taxes=2 * DOLLAR)
    assert (found.billed, found.capture_rate, found.reconciled) == (23 * DOLLAR, 1.0, True)


def test_a_month_that_was_paid_back_has_no_capture_rate():
    found = reconcile(month([Billed(FIRST, "astra", "input", "usage", None, -DOLLAR)]), today=LATER)
    assert (found.billed, found.capture_rate) == (-DOLLAR, None)


def test_calls_missing_beyond_the_tolerance_want_a_decision():
    found = reconcile(month([*LINES, MISSING]), today=LATER)
    assert (found.causes, found.capture_rate) == (Causes(missing_calls=4 * DOLLAR), 0.6)
    assert not found.reconciled


@pytest.mark.parametrize(
    ("tolerance", "is_within"),
    [
        (Tolerance(absolute=4 * DOLLAR), True),
        (Tolerance(absolute=4 * DOLLAR - 1), False),
        (Tolerance(absolute=0, share=Decimal("0.4")), True),  # of 10 dollars billed
        (Tolerance(absolute=0, share=Decimal("0.3999")), False),
    ],
)
def test_the_tolerance_is_an_amount_or_a_share_of_the_bill(tolerance, is_within):
    assert reconcile(month([*LINES, MISSING], tolerance=tolerance), today=LATER).reconciled is is_within


def test_a_decision_holds_until_the_rest_outgrows_it():
    made = Decision("accept", "Sandbox keys", "Fay", datetime(2026, 11, 3, tzinfo=UTC), rest=4 * DOLLAR)
    decided = month([*LINES, MISSING], decision=made)
    assert reconcile(decided, today=LATER).reconciled
    more = replace(decided, billed=[*decided.billed, replace(MISSING, amount=2 * DOLLAR, kind="input")])
    found = reconcile(more, today=LATER)
    assert (found.is_outgrown, found.reconciled) == (True, False)


def test_the_last_seven_days_may_still_change():
    found = reconcile(month(), today=date(2026, 10, 8))
    assert [line.is_provisional for line in found.days] == [False, True, True]
    assert found.is_provisional
    assert not reconcile(month(), today=date(2026, 10, 9)).is_provisional


def test_days_are_compared_as_far_as_the_bill_names_them():
    found = reconcile(month([*LINES, MISSING, FEE]), today=LATER)
    assert [(line.day, line.computed, line.billed) for line in found.days] == [
        (FIRST, 3 * DOLLAR, 3 * DOLLAR),
        (SECOND, 3 * DOLLAR, 7 * DOLLAR),
        (THIRD, 3 * DOLLAR, None),
    ]
    sum_of_month = [Billed(None, "astra", "input", "usage", 2_000_000, 6 * DOLLAR)]
    assert {line.billed for line in reconcile(month(sum_of_month), today=LATER).days} == {None}


def test_the_cost_of_a_model_is_spread_over_its_tokens_by_what_they_cost():
    tokens = {"input": 1_000_000, "cache_read": 1_000_000, "output": 100_000, "cache_write": 0}
    rates = {"input": 3 * DOLLAR, "cache_read": DOLLAR // 2, "output": 15 * DOLLAR}
    found = logged_of_day(day=FIRST, model="astra", cost=5 * DOLLAR, tokens=tokens, rates=rates)
    assert {use.kind: use.amount for use in found} == {
        "input": 3 * DOLLAR, "cache_read": DOLLAR // 2, "output": 3 * DOLLAR // 2
    }  # fmt: skip


def test_without_prices_all_tokens_weigh_alike_and_without_tokens_the_cost_stands_alone():
    found = logged_of_day(day=FIRST, model="astra", cost=10, tokens={"input": 3, "output": 1}, rates={})
    assert [use.amount for use in found] == [8, 2]
    (alone,) = logged_of_day(day=FIRST, model="astra", cost=10, tokens={"input": 0}, rates={})
    assert (alone.kind, alone.amount) == ("", 10)
