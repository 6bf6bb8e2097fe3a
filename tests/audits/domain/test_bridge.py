"""The bridge always meets: what movements leave of the difference is a line of its own, and never hidden."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.bridge import (
    COUNTS,
    KINDS,
    MONEY,
    NOTHING,
    UNEXPLAINED,
    Measures,
    Movement,
    bridge,
    kind_of_source,
)

AT = datetime(2026, 11, 5, tzinfo=UTC)
AMOUNTS = st.integers(-(10**14), 10**14)
MEASURES = st.builds(Measures, **dict.fromkeys((*MONEY, *COUNTS), AMOUNTS))
MOVEMENTS = st.lists(st.builds(Movement, st.sampled_from(KINDS[:-1]), MEASURES, st.integers(0, 99)), max_size=30)


@given(MEASURES, MEASURES, MOVEMENTS)
def test_the_lines_sum_to_restated_minus_reported(
    reported: Measures, restated: Measures, movements: list[Movement]
) -> None:
    found = bridge(reported=reported, restated=restated, movements=movements)
    assert sum((line.moved for line in found.lines), NOTHING) == restated - reported == found.difference
    assert sum(line.moved.true_cost for line in found.lines) == restated.true_cost - reported.true_cost


@given(MEASURES, MOVEMENTS)
def test_movements_that_say_all_leave_nothing_unexplained(reported: Measures, movements: list[Movement]) -> None:
    restated = sum((each.moved for each in movements), reported)
    found = bridge(reported=reported, restated=restated, movements=movements)
    assert found.unexplained == NOTHING
    assert UNEXPLAINED not in {line.kind for line in found.lines}
    parts = [part for line in found.lines for part in line.parts]
    assert sorted(map(id, parts)) == sorted(map(id, movements))


def test_what_movements_leave_out_is_said() -> None:
    known = Movement("repriced_calls", Measures(token_bill=7), 2)
    found = bridge(reported=NOTHING, restated=Measures(token_bill=9, tasks=1), movements=[known])
    assert found.unexplained == Measures(token_bill=2, tasks=1)
    assert [line.kind for line in found.lines] == ["repriced_calls", UNEXPLAINED]


def test_a_line_says_when_and_by_whom_the_largest_first() -> None:
    later = AT.replace(day=9)
    parts = [
        Movement("late_corrections", Measures(appraisal=1), 1, AT, AT, ("lena",), "a"),
        Movement("late_corrections", Measures(internal_failure=5), 1, later, later, ("fiona", "lena"), "b"),
    ]
    [line] = bridge(reported=NOTHING, restated=parts[0].moved + parts[1].moved, movements=parts).lines
    assert (line.count, line.first_at, line.last_at, line.by) == (2, AT, later, ("fiona", "lena"))
    assert [part.key for part in line.parts] == ["b", "a"]


@pytest.mark.parametrize(
    ("kind", "was_there", "counts", "has_newer", "expected"),
    [
        ("correction", False, True, True, "late_corrections"),
        ("correction", True, True, True, "revised_corrections"),
        ("correction", True, False, True, "withdrawn_corrections"),
        ("correction", False, False, True, "withdrawn_corrections"),  # came and went: it nets to nothing
        ("correction", True, True, False, "placed_corrections"),  # a rate or a tier changed, or a task was found
        ("incident", False, True, True, "confirmed_incidents"),
        ("incident", True, True, True, "revised_incidents"),
        ("incident", True, False, True, "withdrawn_incidents"),
        ("incident", True, True, False, "placed_incidents"),
        ("fixed_cost", True, True, False, "fixed_costs"),
    ],
)
def test_why_a_source_moved(kind: str, was_there: bool, counts: bool, has_newer: bool, expected: str) -> None:
    assert kind_of_source(kind, was_there=was_there, counts=counts, has_newer=has_newer) == expected
    assert expected in KINDS
