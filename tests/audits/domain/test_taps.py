"""One-tap verdicts: what they stand for, who is asked, and what the answers say."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.taps import FEWEST_ANSWERS, ONE_IN, extrapolation, is_drawn, median, typical_work

METHOD = Path(__file__).parents[3] / "docs/method.md"
D = Decimal


def work(**minutes: list[int]) -> list[tuple[str, Decimal]]:
    return [(activity, D(amount)) for activity, amounts in minutes.items() for amount in amounts]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (work(fix=[1, 2, 3, 4, 100]), ("fix", D(3), 5)),
        (work(fix=[1, 2, 3, 4, 5, 6]), ("fix", D("3.5"), 6)),
        (work(redo=[9] * 6, fix=[1] * 5), ("redo", D(9), 6)),  # the activity most often recorded
        (work(review=[2] * 5, fix=[1] * 5), ("fix", D(1), 5)),  # of two the one that sorts first
        (work(fix=[1] * 4), None),
        (work(fix=[1] * 4, redo=[1] * 4), None),  # eight in all, of neither enough
        ([], None),
    ],
)
def test_usual_work_is_the_median_of_the_usual_activity(records, expected):
    found = typical_work(records)
    assert (found and (found.activity, found.minutes, found.records)) == expected


@given(st.lists(st.decimals(min_value=0, max_value=100_000, places=4), min_size=1))
def test_half_of_the_values_lie_on_either_side_of_the_median(values):
    middle = median(values)
    assert sum(value < middle for value in values) <= len(values) / 2
    assert sum(value > middle for value in values) <= (len(values) + 1) / 2


def test_one_in_twenty_is_drawn_and_always_the_same_ones():
    ids = [f"link-{number}" for number in range(20_000)]
    drawn = [one for one in ids if is_drawn(one)]
    assert 900 < len(drawn) < 1100
    assert drawn == [one for one in ids if is_drawn(one)]
    assert ONE_IN == 20
    assert drawn[:3] == GOLDEN  # another draw would ask others than those asked before


GOLDEN = ["link-7", "link-11", "link-19"]


def answers_of(text: str) -> list[tuple[Decimal, Decimal]]:
    return [(D(real), D(guess)) for real, guess in re.findall(r"^\| ([\d.]+) \| ([\d.]+) \|$", text, re.M)]


def test_the_worked_example_in_the_docs_is_true():
    text = METHOD.read_text(encoding="utf-8").partition("## 9. One-tap verdicts")[2]
    found = extrapolation(answers_of(text), asked=14)
    assert found
    stated = re.search(r"R = (\d+\.\d+), 95 % interval (\d+\.\d+) to (\d+\.\d+)", text)
    assert stated
    assert [f"{value:.4f}" for value in (found.ratio, found.low, found.high)] == list(stated.groups())
    hours = re.search(r"([\d.]+) hours by the usual minutes are ([\d.]+) hours \(([\d.]+) to ([\d.]+)\)", text)
    assert hours
    tapped = float(hours[1])
    expected = [f"{value * tapped:.1f}" for value in (found.ratio, found.low, found.high)]
    assert list(hours.groups()[1:]) == expected


def test_few_answers_are_not_enough():
    answers = [(D(10), D(5))] * (FEWEST_ANSWERS - 1)
    assert extrapolation(answers, asked=100) is None
    assert extrapolation([*answers, (D(10), D(5))], asked=100) is not None
    assert extrapolation([(D(10), D(0))] * 20, asked=20) is None


def test_where_every_answer_is_the_same_multiple_there_is_no_doubt():
    found = extrapolation([(D(3 * minutes), D(minutes)) for minutes in range(1, 12)], asked=11)
    assert found
    assert (found.ratio, found.low, found.high) == pytest.approx((3, 3, 3))


def test_the_interval_holds_the_truth_about_95_percent_of_the_time():
    rng = random.Random(20261122)
    held = 0
    for _ in range(1000):
        guesses = [rng.choice([2, 5, 6, 10, 30]) for _ in range(25)]
        answers = [(D(round(guess * rng.gammavariate(4, 0.35), 4)), D(guess)) for guess in guesses]
        found = extrapolation([(D(str(real)), guess) for real, guess in answers], asked=25)
        assert found
        held += found.low <= 1.4 <= found.high
    assert 900 <= held <= 975
