"""What its calls make of a task."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spend.domain.tasks import shape_of
from tests.audits.domain.build import (
    COMMODITY,
    FRONTIER,
    LARGE,
    MID,
    MIDDLE,
    SMALL,
    key,
    make_call,
)

MORNING, NOON, EVENING = "2026-10-05T08:00", "2026-10-05T12:00", "2026-10-05T20:00"


def triage(name="triage", at=MORNING, **more):
    return make_call(name, at, MIDDLE, purpose="triage", **more)


def test_R1_the_day_is_that_of_the_first_call_of_any_purpose():
    shape = shape_of([make_call("c-2", "2026-11-01T00:10"), triage(at="2026-10-31T23:50")], None)
    assert shape.day == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("calls", "deciding"),
    [
        ([make_call("a", MORNING), make_call("b", NOON)], "b"),
        ([make_call("a", MORNING), make_call("b", NOON, status="error")], "a"),
        ([make_call("a", MORNING, final=True), make_call("b", NOON)], "a"),
        ([make_call("a", MORNING, final=True, status="error"), make_call("b", NOON)], "a"),
        ([make_call("a", MORNING, final=True), make_call("b", NOON, final=True)], "b"),
        ([make_call("a", MORNING), triage("t", NOON, final=True)], "t"),  # of any purpose
        ([make_call("a", MORNING), triage("t", NOON)], "a"),
        ([make_call("a", NOON), make_call("b", NOON)], "b"),  # of one instant, by external id
        ([make_call("b", NOON), make_call("a", NOON)], "b"),
        ([make_call("10", NOON), make_call("9", NOON)], "9"),  # ids are texts
        ([make_call("a", MORNING, status="error")], None),
        ([triage("t")], None),
    ],
)
def test_R2_the_deciding_call_is_the_last_final_one_else_the_last_ok_attempt(calls, deciding):
    assert shape_of(calls, None).deciding == (key(deciding) if deciding else None)


def test_R2_without_a_deciding_call_the_last_attempt_delivers():
    shape = shape_of(
        [make_call("a", MORNING, SMALL, status="error"), make_call("b", NOON, LARGE, status="refused")], None
    )
    assert (shape.deciding, shape.delivering_tier, shape.delivering_llm) == (None, FRONTIER, LARGE)


def test_R2_without_attempts_nobody_delivers():
    shape = shape_of([triage()], None)
    assert (shape.delivering_tier, shape.delivering_llm, shape.has_attempts) == (None, None, False)
    assert (shape.route, shape.entry_tier, shape.first_llm) == ((), None, None)


def test_a_route_is_the_distinct_tiers_of_the_attempts_in_order_of_first_use():
    calls = [
        triage(),
        make_call("a", "2026-10-05T09:00", SMALL),
        make_call("b", "2026-10-05T10:00", LARGE),
        make_call("c", "2026-10-05T11:00", SMALL),
        make_call("d", "2026-10-05T12:00", 99),
    ]
    shape = shape_of(calls, None)
    assert shape.route == (COMMODITY, FRONTIER, None)
    assert (shape.entry_tier, shape.first_llm) == (COMMODITY, SMALL)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([make_call("a", "2026-10-05T12:00"), make_call("b", "2026-10-09T12:00", status="error")], date(2026, 10, 5)),
        ([make_call("a", "2026-10-05T12:00", status="error"), triage(at="2026-10-09T12:00")], date(2026, 10, 5)),
        ([triage(at="2026-10-05T12:00"), triage("later", at="2026-10-09T12:00")], date(2026, 10, 9)),
    ],
    ids=["the deciding call's day", "else the last attempt's", "else the last call's"],
)
def test_R4_the_window_counts_from(calls, expected):
    assert shape_of(calls, None).window_from == expected


@pytest.mark.parametrize(
    ("of_outcome", "of_calls", "expected"),
    [(4, [5, 6], 4), (None, [5, 6], 5), (None, [None, 6], 6), (None, [None, None], None)],
)
def test_R11_the_task_type_is_the_outcomes_else_that_of_the_earliest_call_naming_one(of_outcome, of_calls, expected):
    calls = [make_call(f"c-{n}", f"2026-10-0{n}T00:00", task_type=named) for n, named in enumerate(of_calls, 1)]
    assert shape_of(calls, of_outcome).task_type == expected


def test_a_task_without_calls_is_no_task():
    with pytest.raises(IndexError):
        shape_of([], None)


tiers = st.sampled_from([None, COMMODITY, FRONTIER, MID])
some_calls = st.lists(
    st.builds(
        make_call,
        name=st.text("ab", min_size=1, max_size=4),
        at=st.sampled_from([MORNING, NOON, EVENING, "2026-11-01T00:00"]),
        tier=tiers,
        purpose=st.sampled_from(["attempt", "attempt", "triage"]),
        status=st.sampled_from(["ok", "error"]),
        final=st.booleans(),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda call: call.external_id,
)


@given(some_calls, st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_matters(calls, random):
    shuffled = list(calls)
    random.shuffle(shuffled)
    assert shape_of(shuffled, None) == shape_of(calls, None)
