"""When a rule raises an alert, when it clears, and that a figure which wobbles sends one mail."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.watching import Limits, Reading, Spell, State, spells, step

START = datetime(2026, 10, 1, 0, 5, tzinfo=UTC)
ABOVE = Limits("above", Decimal(2), Decimal("1.8"), minimum=10)
BELOW = Limits("below", Decimal("0.95"), Decimal("0.98"), minimum=0)
FRESH = State()
LOW, BETWEEN, HIGH = "1.5", "1.9", "2.5"


def run(values: list[str | None], limits: Limits = ABOVE, *, sample: int = 10, state: State = FRESH) -> list[str]:
    """Feed one reading an hour; return what happened with the hour of it."""
    found = []
    for hour, value in enumerate(values):
        reading = Reading(None if value is None else Decimal(value), sample)
        state, happened = step(state, reading, limits, START + timedelta(hours=hour))
        if happened:
            found.append(f"{happened} {hour}")
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([HIGH], []),
        ([HIGH, HIGH], ["raised 1"]),
        ([HIGH, LOW, HIGH], []),  # not in a row
        ([HIGH, None, HIGH], ["raised 2"]),  # what is not known breaks no row
        (["2", "2"], []),  # at the threshold is not above it
        ([HIGH] * 2 + [LOW] * 10, ["raised 1"]),  # it stands a day
        ([HIGH] * 2 + [LOW] * 24, ["raised 1", "cleared 25"]),
        ([HIGH] * 2 + [BETWEEN] * 40, ["raised 1"]),  # not back beyond the clear threshold
        ([HIGH] * 2 + [None] * 40, ["raised 1"]),
        ([HIGH] * 30 + [LOW, HIGH, LOW, LOW], ["raised 1", "cleared 33"]),
        ([HIGH] * 180, ["raised 1", "reminded 169"]),  # a week later
        ([HIGH] * 2 + [LOW] * 24 + [HIGH] * 2, ["raised 1", "cleared 25", "raised 27"]),
    ],
)
def test_what_happens(values, expected):
    assert run(values) == expected


def test_below_is_the_other_way_round():
    assert run(["0.96"] * 3, BELOW) == []
    assert run(["0.94"] * 2 + ["0.97"] * 30, BELOW) == ["raised 1"]
    assert run(["0.94"] * 2 + ["0.98"] * 30, BELOW) == ["raised 1", "cleared 25"]


def test_too_few_successes_neither_raise_nor_clear():
    assert run([HIGH] * 5, sample=9) == []
    raised = State(raised_at=START - timedelta(days=2), told_at=START)
    assert run([LOW] * 5, sample=9, state=raised) == []
    assert run([LOW] * 5, sample=10, state=raised) == ["cleared 1"]


def test_what_is_acknowledged_reminds_nobody():
    raised = State(raised_at=START - timedelta(days=30), told_at=START - timedelta(days=30), is_acknowledged=True)
    assert run([HIGH] * 200, state=raised) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([BETWEEN, "2", "2.01", HIGH, None]), max_size=160))
def test_a_figure_that_wobbles_about_the_threshold_sends_one_mail(values):
    assert len(run(values)) <= 1  # 160 hours are less than the week after which it reminds


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from([LOW, BETWEEN, HIGH, None]), max_size=80),
    st.lists(st.integers(0, 3), min_size=80, max_size=80),
)
def test_evaluating_again_in_an_hour_changes_nothing(values, repeats):
    """Nor does a worker that comes late with what was asked an hour ago."""
    once = again = State()
    for hour, value in enumerate(values):
        reading, at = Reading(None if value is None else Decimal(value), 10), START + timedelta(hours=hour)
        once, happened = step(once, reading, ABOVE, at)
        again, told = step(again, reading, ABOVE, at)
        assert told == happened
        for late in range(repeats[hour]):
            again, told = step(
                again, Reading(Decimal(HIGH), 10), ABOVE, at + timedelta(minutes=5) - late * timedelta(hours=1)
            )
            assert told is None
    assert again == once


def test_spells_are_told_by_day():
    first = date(2026, 10, 1)
    values = [LOW, HIGH, BETWEEN, LOW, HIGH]
    readings = {first + timedelta(days=day): Reading(Decimal(value), 10) for day, value in enumerate(values)}
    assert spells(readings, ABOVE) == [
        Spell(date(2026, 10, 2), Decimal(HIGH), date(2026, 10, 4)),
        Spell(date(2026, 10, 5), Decimal(HIGH), None),
    ]


def test_the_worked_example_in_the_docs_is_true():
    text = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.split("| hour |")[1].splitlines()[2:8]]
    state, found = FRESH, []
    for hour, figure, _ in rows:
        state, happened = step(state, Reading(Decimal(figure), 10), ABOVE, START + timedelta(hours=int(hour)))
        found.append(happened or "")
    assert found == [what for *_, what in rows] == ["", "raised", "", "", "", "cleared"]
