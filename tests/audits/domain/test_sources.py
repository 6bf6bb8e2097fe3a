"""What corrections, incidents and fixed costs amount to."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.sources import Amounts, FixedCost, Incident, accrual, cost_of_time, incident_amounts
from tests.audits.domain.build import DOLLAR

FIRST = date(2026, 10, 1)


def spread(amount, days, abandoned_on=None):
    return FixedCost("compute", amount, FIRST, FIRST + timedelta(days=days), abandoned_on)


def respond(loss, recovered, minutes, hourly):
    return Incident(FIRST, "confirmed", loss, recovered, Decimal(minutes), Decimal(hourly))


@pytest.mark.parametrize(
    ("minutes", "hourly", "nanos"),
    [
        ("30", "68.50", 34_250_000_000),
        ("0", "68.50", 0),
        ("1", "1", 16_666_667),
        ("0.00000003", "1", 0),  # half a nano-dollar goes to the even neighbour
        ("0.00000009", "1", 2),
        ("480", "1000000", 8_000_000 * DOLLAR),
    ],
)
def test_R6_time_is_rounded_half_even_once(minutes, hourly, nanos):
    assert cost_of_time(Decimal(minutes), Decimal(hourly)) == nanos


@pytest.mark.parametrize(
    ("incident", "expected"),
    [
        (respond(250_000 * DOLLAR, 0, "0", "0"), Amounts(250_000 * DOLLAR, 0)),
        (respond(100, 40, "60", "1"), Amounts(60, DOLLAR)),
        (respond(0, 0, "0.00000003", "1"), Amounts(0, 0)),  # 0.5 to 0
        (respond(1, 0, "0.00000003", "1"), Amounts(1, 1)),  # 1.5 to 2: of the whole, so the labour differs
    ],
)
def test_R5_loss_and_response_are_rounded_together(incident, expected):
    assert incident_amounts(incident) == expected


def test_R8_the_first_days_bear_what_does_not_divide():
    assert [amount for _, amount in accrual(spread(11, 4), date(2026, 12, 31))] == [3, 3, 3, 2]


def test_R8_days_count_up_to_and_with_the_day_asked_for():
    assert accrual(spread(11, 4), FIRST + timedelta(days=1)) == [(FIRST, 3), (FIRST + timedelta(days=1), 3)]
    assert accrual(spread(11, 4), FIRST - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("abandoned_on", "until", "expected"),
    [
        (2, 9, [3, 3, 5]),  # the 3rd day bears its own share and the 4th's
        (2, 1, [3, 3]),  # not yet given up
        (0, 9, [11]),
        (3, 9, [3, 3, 3, 2]),
        (4, 9, [3, 3, 3, 2]),  # after its end: nothing left
        (-2, 9, [11]),
        (-2, -3, []),
    ],
)
def test_R8_what_is_left_is_written_off_on_the_day_it_is_abandoned(abandoned_on, until, expected):
    cost = spread(11, 4, FIRST + timedelta(days=abandoned_on))
    days = accrual(cost, FIRST + timedelta(days=until))
    assert [amount for _, amount in days] == expected
    assert not days or days[-1][0] <= FIRST + timedelta(days=until)


@given(st.integers(0, 10**18), st.integers(1, 500), st.none() | st.integers(-10, 510))
def test_the_days_of_a_fixed_cost_sum_to_it(amount, days, abandoned_after):
    abandoned_on = None if abandoned_after is None else FIRST + timedelta(days=abandoned_after)
    shares = accrual(spread(amount, days, abandoned_on), date(2030, 1, 1))
    assert sum(share for _, share in shares) == amount
    assert [day for day, _ in shares] == sorted({day for day, _ in shares})
