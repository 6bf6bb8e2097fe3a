"""Tasks into additive rows, held against plain counting over the same tasks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.parts import TracedEntry
from audits.domain.rollup import CallSums, Rollup, SourceSums, TaskSums, UnitSums, route_text
from tests.audits.domain.build import (
    CALLS,
    COMMODITY,
    FRONTIER,
    LARGE,
    MIDDLE,
    SMALL,
    TASKS,
    UNITS,
    group_by,
    make_call,
    make_task,
    roll_up,
)

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
CHEAP = make_call("cheap", "2026-10-05T09:00", SMALL, cost=100, status="error")
DEAR = make_call("dear", "2026-10-05T10:00", LARGE, cost=1_000)
LATE = make_call("late", "2026-11-02T10:00", LARGE, cost=1_000)
DONE, FAILED, PENDING = {"outcome": "success"}, {"outcome": "failure"}, {"today": date(2026, 10, 5)}


def calls_by(rollup, *by):
    return dict(group_by(rollup.calls, CALLS, by))


def units_of(rollup, level):
    """Say of each part of `level`: its month, the one before, tier and model, and the sums that are not 0.

    Those of narrower definitions of success have a test of their own.
    """
    rows = group_by(rollup.units, UNITS, ("month", "previous_month", "tier", "llm"), level=level)
    return {key: {name: sums[name] for name in sums if sums[name] and not narrower(name)} for key, sums in rows}


def narrower(name):
    return name.endswith(("_first_pass", "_judged"))


@pytest.mark.parametrize(
    ("calls", "status", "wasted", "pending_cost"),
    [
        ([CHEAP], DONE, 0, 0),
        ([CHEAP], FAILED, 100, 0),
        ([CHEAP, DEAR], DONE, 100, 0),  # escalated
        ([CHEAP, DEAR], FAILED, 1_100, 0),
        ([CHEAP, DEAR], PENDING, 100, 1_100),
        ([CHEAP._replace(cost=None), DEAR], FAILED, 1_000, 0),
        ([CHEAP._replace(purpose="judge")], FAILED, 0, 0),  # no attempt
    ],
)
def test_wasted_tokens_are_those_of_failed_or_escalated_attempts(calls, status, wasted, pending_cost):
    [sums] = calls_by(roll_up([make_task(*calls, **status)])).values()
    assert (sums["wasted"], sums["pending_cost"]) == (wasted, pending_cost)


def test_calls_are_counted_on_their_own_day_with_their_own_tier():
    call = make_call("a", input_tokens=5, cache_read_tokens=4, output_tokens=3, latency_ms=2, cost=None)
    rollup = roll_up([make_task(call, LATE, **DONE)])
    first, second = rollup.calls.items()
    assert first[0] == (date(2026, 10, 5), date(2026, 10, 5), None, "1>2", SMALL, COMMODITY, SMALL)
    assert second[0] == (date(2026, 10, 5), date(2026, 11, 2), None, "1>2", SMALL, FRONTIER, LARGE)
    assert (first[1].calls, first[1].priced_calls, first[1].cost) == (1, 0, 0)
    assert (first[1].input_tokens, first[1].cache_read_tokens, first[1].output_tokens) == (5, 4, 3)
    assert (sum(first[1].latency), first[1].latency[4], sum(second[1].latency)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({**DONE, "value": 5}, {"successes": 1, "first_pass": 1, "judged": 1, "value": 5, "valued": 1}),
        ({**DONE, "value": 0}, {"successes": 1, "first_pass": 1, "judged": 1, "valued": 1}),  # worth nothing is known
        ({**DONE, "reworked": True}, {"successes": 1, "amended": 1, "judged": 1}),
        ({"today": date(2027, 1, 1)}, {"successes": 1, "first_pass": 1, "presumed": 1}),
        ({**FAILED, "value": 5, "manual": 7}, {"failures": 1, "judged": 1, "manual": 7, "with_manual": 1}),
        (PENDING, {"pending": 1}),
    ],
)
def test_a_task_is_counted_by_its_status(facts, expected):
    [(key, sums)] = roll_up([make_task(CHEAP, DEAR, **facts)]).tasks.items()
    assert key == (date(2026, 10, 5), None, "1>2", SMALL, FRONTIER, LARGE)
    found = {name: getattr(sums, name) for name in sums.__dataclass_fields__ if not narrower(name)}
    assert {name: value for name, value in found.items() if value} == {"tasks": 1, **expected}


@pytest.mark.parametrize(
    ("facts", "first_pass", "judged"),
    [
        (DONE, 1, 1),
        ({**DONE, "reworked": True}, 0, 1),  # amended
        ({"today": date(2027, 1, 1)}, 1, 0),  # presumed
        (FAILED, 0, 0),
        (PENDING, 0, 0),
    ],
)
def test_each_definition_of_success_has_sums_of_its_own(facts, first_pass, judged):
    rollup = roll_up([make_task(DEAR, value=5, **facts)])
    [sums] = rollup.tasks.values()
    assert (sums.valued_first_pass, sums.value_first_pass) == (first_pass, 5 * first_pass)
    assert (sums.valued_judged, sums.value_judged) == (judged, 5 * judged)
    for level in LEVELS:
        [(_, unit)] = group_by(rollup.units, UNITS, ("month",), level=level)
        assert (unit["sum_y_first_pass"], unit["sum_xy_first_pass"]) == (first_pass, 1_000 * first_pass)
        assert (unit["sum_y_judged"], unit["sum_xy_judged"]) == (judged, 1_000 * judged)


def test_R16_each_tier_that_was_tried_was_touched_and_the_others_superseded_it():
    rollup = roll_up([make_task(CHEAP, DEAR, **DONE)])
    assert units_of(rollup, "tier") == {
        (OCTOBER, None, COMMODITY, None): {
            "touched": 1, "attempts": 1, "escalated": 1, "n": 1, "sum_x": 100, "sum_xx": 10_000,
        },
        (OCTOBER, None, FRONTIER, None): {
            "touched": 1, "attempts": 1, "n": 1, "sum_x": 1_000, "sum_xx": 10**6, "sum_y": 1, "sum_xy": 1_000,
        },
    }  # fmt: skip
    assert units_of(rollup, "task") == {
        (OCTOBER, None, None, None): {
            "touched": 1, "attempts": 2, "escalated": 1, "n": 1,
            "sum_x": 1_100, "sum_xx": 1_100**2, "sum_y": 1, "sum_xy": 1_100,
        },
    }  # fmt: skip
    assert list(units_of(rollup, "llm")) == [(OCTOBER, None, FRONTIER, LARGE), (OCTOBER, None, COMMODITY, SMALL)]


def test_a_try_failed_when_its_tier_delivered_and_the_task_failed():
    rollup = roll_up([make_task(CHEAP, DEAR, **FAILED)])
    by_tier = dict(group_by(rollup.units, UNITS, ("tier",), level="tier"))
    assert [(sums["escalated"], sums["failed"]) for sums in (by_tier[COMMODITY,], by_tier[FRONTIER,])] == [
        (1, 0),
        (0, 1),
    ]


def test_two_models_of_one_tier_are_one_try_of_the_tier_and_two_of_models():
    sibling = make_call("sibling", "2026-10-05T09:30", MIDDLE, tier=COMMODITY)
    rollup = roll_up([make_task(CHEAP, sibling, **DONE)])
    attempts = {level: sum(row.get("attempts", 0) for row in units_of(rollup, level).values()) for level in LEVELS}
    assert attempts == {"task": 1, "tier": 1, "llm": 2}


def test_a_model_that_changes_tier_within_a_task_is_one_try():
    moved = make_call("moved", "2026-10-06T09:00", SMALL, tier=FRONTIER)
    units = units_of(roll_up([make_task(CHEAP, moved, **DONE)]), "llm")
    assert list(units) == [(OCTOBER, None, FRONTIER, SMALL)]
    assert units[OCTOBER, None, FRONTIER, SMALL] == {
        "touched": 1, "attempts": 1, "n": 1, "sum_x": 100, "sum_xx": 10_000, "sum_y": 1, "sum_xy": 100,
    }  # fmt: skip


def test_R17_success_and_other_cost_belong_to_the_month_of_the_task_even_without_a_call_there():
    entries = [TracedEntry(FRONTIER, LARGE, 50, False), TracedEntry(FRONTIER, LARGE, 10**6, True)]
    units = units_of(roll_up([make_task(CHEAP, LATE, entries=entries, **DONE)]), "tier")
    assert units[OCTOBER, None, FRONTIER, None] == {
        "attempts": 1, "n": 1, "sum_x": 50, "sum_xx": 2_500, "sum_y": 1, "sum_xy": 50,
    }  # fmt: skip
    assert units[NOVEMBER, None, FRONTIER, None] == {"touched": 1, "n": 1, "sum_x": 1_000, "sum_xx": 10**6}


def test_R17_pending_tasks_are_no_units_but_were_touched():
    entries = [TracedEntry(MIDDLE, MIDDLE, 50, False)]
    units = units_of(roll_up([make_task(CHEAP, LATE, entries=entries, **PENDING)]), "tier")
    assert units == {
        (OCTOBER, None, COMMODITY, None): {"touched": 1, "attempts": 1, "escalated": 1},
        (OCTOBER, None, FRONTIER, None): {"attempts": 1},
        (NOVEMBER, None, FRONTIER, None): {"touched": 1},
    }


def test_the_previous_month_is_the_last_in_which_the_same_part_had_a_call():
    later = make_call("later", "2026-12-02T10:00", SMALL)
    rollup = roll_up([make_task(CHEAP, LATE, later, **DONE)])
    months = [key[:2] for key in units_of(rollup, "task")]
    assert months == [(OCTOBER, None), (NOVEMBER, OCTOBER), (DECEMBER, NOVEMBER)]
    commodity = [key[:2] for key in units_of(rollup, "tier") if key[2] == COMMODITY]
    assert commodity == [(OCTOBER, None), (DECEMBER, OCTOBER)]


@pytest.mark.parametrize(
    ("route", "text"), [((), ""), ((None,), "0"), ((1,), "1"), ((1, None, 12), "1>0>12")]
)  # fmt: skip
def test_a_route_is_one_text(route, text):
    assert route_text(route) == text


LEVELS = ("task", "tier", "llm")
PART_OF = {"task": lambda _: None, "tier": lambda call: call.tier, "llm": lambda call: call.llm}

some_calls = st.lists(
    st.builds(
        make_call,
        name=st.text("abcdef", min_size=3, max_size=3),
        at=st.sampled_from(["2026-10-05T09:00", "2026-10-31T23:59", "2026-11-01T00:00", "2026-12-24T18:00"]),
        llm=st.sampled_from([SMALL, LARGE, MIDDLE]),
        tier=st.sampled_from([None, COMMODITY, FRONTIER]),
        cost=st.none() | st.integers(0, 10**12),
        purpose=st.sampled_from(["attempt", "attempt", "judge"]),
        status=st.sampled_from(["ok", "error"]),
        final=st.sampled_from([False, False, True]),
        latency_ms=st.none() | st.integers(0, 10**7),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda call: call.external_id,
)
some_entries = st.lists(
    st.builds(TracedEntry, st.sampled_from([None, COMMODITY]), st.just(SMALL), st.integers(1, 10**9), st.booleans()),
    max_size=2,
)
some_tasks = st.lists(
    st.builds(
        lambda calls, entries, facts, money: make_task(*calls, entries=entries, value=money, manual=money, **facts),
        some_calls,
        some_entries,
        st.sampled_from([DONE, FAILED, PENDING, {"today": date(2027, 6, 1)}, {"reworked": True, **DONE}]),
        st.none() | st.integers(0, 10**9),
    ),
    max_size=8,
)


def tables(rollup):
    return rollup.calls, rollup.tasks, rollup.units


@given(some_tasks, st.integers(0, 8))
def test_two_rollups_added_equal_one(tasks, cut):
    left, right = roll_up(tasks[:cut]), roll_up(tasks[cut:])
    left.merge(right)
    assert tables(left) == tables(roll_up(tasks))


@given(some_tasks, st.randoms(use_true_random=False))
def test_the_order_of_tasks_and_of_their_calls_never_matters(tasks, random):
    shuffled = [task._replace(calls=random.sample(task.calls, len(task.calls))) for task in tasks]
    random.shuffle(shuffled)
    assert tables(roll_up(shuffled)) == tables(roll_up(tasks))


@pytest.mark.parametrize("level", LEVELS)
@given(tasks=some_tasks)
def test_touched_is_a_count_of_distinct_tasks_over_any_months(level, tasks):
    part_column = "llm" if level == "llm" else "tier"  # for whole tasks, None
    rows = group_by(roll_up(tasks).units, UNITS, ("month", "previous_month", part_column), level=level)
    for first, last in combinations_with_replacement([OCTOBER, NOVEMBER, DECEMBER], 2):
        expected = defaultdict(set)
        for number, task in enumerate(tasks):
            for call in task.calls:
                if first <= call.day.replace(day=1) <= last:
                    expected[PART_OF[level](call)].add(number)
        found = defaultdict(int)
        for (month, previous, part), sums in rows:
            if first <= month <= last and (previous is None or previous < first) and sums["touched"]:
                found[part] += sums["touched"]
        assert found == {part: len(numbers) for part, numbers in expected.items()}


@pytest.mark.parametrize("level", LEVELS)
@given(tasks=some_tasks)
def test_money_successes_and_tries_of_the_parts_are_those_of_the_tasks(level, tasks):
    [(_, sums)] = group_by(roll_up(tasks).units, UNITS, (), level=level) or [((), vars_of(UnitSums()))]
    judged = [task for task in tasks if task.status.state != "pending"]
    assert sums["sum_x"] == sum(
        sum(call.cost or 0 for call in task.calls)
        + sum(entry.amount for entry in task.entries if not entry.is_incident)
        for task in judged
    )
    assert sums["sum_y"] == sum(task.status.state == "success" for task in judged)
    tried = PART_OF["llm" if level == "llm" else "tier"]
    tries = {(n, tried(call)) for n, task in enumerate(tasks) for call in task.calls if call.purpose == "attempt"}
    assert sums["attempts"] == len(tries)
    escalated = {(n, part) for n, part in tries if part != tried(delivering(tasks[n].shape))}
    assert sums["escalated"] == len(escalated)
    assert sums["failed"] == sum(tasks[n].status.state == "failure" for n, _ in tries - escalated)


@given(some_tasks)
def test_calls_and_tasks_are_counted_once(tasks):
    rollup = roll_up(tasks)
    calls = sum_of(rollup.calls, CallSums)
    assert calls.calls == sum(len(task.calls) for task in tasks)
    assert calls.cost == sum(call.cost or 0 for task in tasks for call in task.calls)
    assert sum(calls.latency) == sum(call.latency_ms is not None for task in tasks for call in task.calls)
    counted = sum_of(rollup.tasks, TaskSums)
    assert counted.tasks == len(tasks) == counted.successes + counted.failures + counted.pending
    assert counted.successes == counted.first_pass + counted.amended
    assert group_by(rollup.tasks, TASKS, ()) == ([((), vars_of(counted))] if tasks else [])


def delivering(shape):
    return make_call(tier=shape.delivering_tier, llm=shape.delivering_llm)


def sum_of(table, sums):
    whole = sums()
    for row in table.values():
        whole.merge(row)
    return whole


def vars_of(sums):
    return {name: getattr(sums, name) for name in sums.__dataclass_fields__}


def test_an_empty_rollup_has_no_rows():
    assert tables(Rollup()) == ({}, {}, {})


def test_calls_are_counted_by_source_and_by_how_much_they_say():
    silent = make_call("a", source=7, cost=None)
    said = [make_call("b", source=7, cost=5), make_call("c", "2026-10-06T09:00", LARGE, source=8, cost=6)]
    unjudged = make_task(silent, today=date(2026, 10, 5))._replace(is_implicit=True)
    rollup = roll_up([unjudged, make_task(*said, **DONE)])
    day, next_day = date(2026, 10, 5), date(2026, 10, 6)
    assert rollup.sources == {
        (day, day, 7, silent.llm): SourceSums(calls=2, priced_calls=1, cost=5, implicit=1, unjudged=1),
        (day, next_day, 8, LARGE): SourceSums(calls=1, priced_calls=1, cost=6),
    }
    twice = roll_up([unjudged])
    twice.merge(roll_up([unjudged]))
    assert twice.sources[day, day, 7, silent.llm].unjudged == 2
