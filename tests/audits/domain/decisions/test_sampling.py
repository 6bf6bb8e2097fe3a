"""Draws of successes to look at: who is drawn, how many of each stratum, and with which probability."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.decisions.sampling import Plan, allocate, draw

CLAIMS = [f"claim-{n}" for n in range(90)]
LETTERS = [f"letter-{n}" for n in range(10)]
FRAME = {("claim", "commodity"): CLAIMS, ("letter", "mid"): LETTERS}


def test_ten_of_a_hundred_by_hand():
    """Two of each, then six by the room left of 88 and 8: 5.5 and 0.5, the larger stratum takes the odd one."""
    found = draw(FRAME, Plan(number=10), "week 47")
    assert Counter(each.stratum for each in found) == {("claim", "commodity"): 8, ("letter", "mid"): 2}
    assert {each.probability for each in found} == {Fraction(8, 90), Fraction(2, 10)}


def test_a_draw_can_be_repeated_in_any_order_and_another_seed_draws_others():
    backwards = {stratum: tasks[::-1] for stratum, tasks in reversed(FRAME.items())}
    first, again, other = (
        {each.task for each in draw(frame, Plan(number=20), seed)}
        for frame, seed in ((FRAME, "week 47"), (backwards, "week 47"), (FRAME, "week 48"))
    )
    assert first == again
    assert first != other


def test_every_task_is_drawn_as_often_as_its_probability_says():
    counts = Counter(each.task for week in range(400) for each in draw(FRAME, Plan(number=10), f"week {week}"))
    assert sum(counts[name] for name in LETTERS) == 800
    expected, chi_square = 400 * 8 / 90, 0.0
    for name in CLAIMS:
        chi_square += (counts[name] - expected) ** 2 / expected
    assert chi_square < 124  # 99 % of chi-square with 89 degrees of freedom, 122.9; draws without repeat vary less


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (Plan(share=Fraction(1, 20)), 5),
        (Plan(share=Fraction(1, 1000)), 1),  # rounded up: a share is never nothing
        (Plan(share=Fraction(0)), 0),
        (Plan(number=1000), 100),
        (Plan(number=3), 3),
    ],
)
def test_how_many_a_plan_draws(plan, expected):
    assert len(draw(FRAME, plan, "week 47")) == expected


@pytest.mark.parametrize("wrong", [{}, {"share": Fraction(1, 2), "number": 3}, {"share": Fraction(2)}, {"number": -1}])
def test_a_plan_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="share|number"):
        Plan(**wrong)


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 500)), st.integers(0, 600))
def test_an_allocation_is_whole_and_fits(successes, number):
    found = allocate(successes, Plan(number=number))
    assert sum(found.values()) == min(number, sum(successes.values()))
    assert all(0 <= found[stratum] <= successes[stratum] for stratum in successes)
