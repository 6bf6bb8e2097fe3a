"""Sums into the lines of a report."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.report import ADDITIVE, COLUMNS, CoverageFacts, build
from tests.audits.domain.build import (
    CALLS,
    COMMODITY,
    DOLLAR,
    FRONTIER,
    LARGE,
    SMALL,
    TASKS,
    UNITS,
    group_by,
    make_call,
    make_task,
    roll_up,
)
from tests.audits.domain.test_rollup import some_tasks

BY_TIER = ("tier",)
NO_FACTS = CoverageFacts()
CHEAP = make_call("cheap", "2026-10-05T09:00", SMALL, cost=100, status="error")
DEAR = make_call("dear", "2026-10-05T10:00", LARGE, cost=1_000)


def entries(**sums):
    return dict.fromkeys(COLUMNS["entries"], 0) | sums


def report_of(tasks, rows=(), incidents=(), total_incidents=0, lens="responsible", facts=NO_FACTS):
    """Report by tier, as the queries would ask for it."""
    rollup = roll_up(tasks)
    whole = group_by(rollup.units, UNITS, (), level="task")
    return build(
        by=BY_TIER,
        lens=lens,
        calls=group_by(rollup.calls, CALLS, BY_TIER),
        tasks=[(key, sums | {"counted": sums["successes"]}) for key, sums in group_by(rollup.tasks, TASKS, BY_TIER)],
        units=group_by(rollup.units, UNITS, BY_TIER, level="tier"),
        total_units=whole[0][1] if whole else dict.fromkeys(COLUMNS["units"], 0),
        entries=rows,
        incidents=incidents,
        total_incidents=total_incidents,
        facts=facts,
    )


def line(report, tier):
    return next(line for line in report.lines if line.key == (tier,))


@pytest.mark.parametrize(
    ("costs", "bill", "incomplete", "true_cost", "multiplier"),
    [
        ([5, 7], 12, False, 20, 20 / 12),
        ([5, None], 5, True, 13, 13 / 5),
        ([None, None], None, True, 8, None),
        ([0, 0], 0, False, 8, None),
    ],
)
def test_R10_a_bill_is_null_only_where_there_are_calls_and_none_is_priced(
    costs, bill, incomplete, true_cost, multiplier
):
    calls = [make_call(f"c-{n}", cost=cost) for n, cost in enumerate(costs)]
    report = report_of([make_task(*calls, outcome="success")], [((COMMODITY,), entries(appraisal=8))])
    for found in (report.lines[0], report.total):
        assert (found.token_bill, found.incomplete, found.true_cost) == (bill, incomplete, true_cost)
        assert found.multiplier == multiplier
        assert found.token_cost_per_task == bill
        assert found.true_cost_per_success == true_cost


def test_R10_a_row_without_calls_has_a_bill_of_0():
    report = report_of([], [((FRONTIER,), entries(fixed_compute=8, allocated=8, allocated_without_incidents=8))])
    [found] = report.lines
    assert (found.token_bill, found.incomplete, found.true_cost, found.multiplier) == (0, False, 8, 1.0)
    assert (found.true_cost_per_success, found.final_yield, found.latency_p50_ms) == (None, None, None)


def test_R10_the_total_of_a_priced_and_an_unpriced_row_is_the_priced_one():
    tasks = [make_task(make_call("a", cost=5)), make_task(make_call("b", llm=LARGE, cost=None))]
    report = report_of(tasks)
    assert [found.token_bill for found in report.lines] == [5, None]
    assert (report.total.token_bill, report.total.incomplete) == (5, True)


def test_R15_entries_and_tasks_without_a_tier_have_a_row_of_their_own_which_comes_last():
    tasks = [make_task(make_call("a", tier=None, cost=3)), make_task(make_call("b", cost=5))]
    report = report_of(tasks, [((None,), entries(prevention=7, allocated=7, unattributed=7))])
    assert [found.key for found in report.lines] == [(COMMODITY,), (None,)]
    assert report.lines[1].true_cost == 10
    assert report.coverage.unattributed_cost == 7
    assert report.total.key == (None,)


def test_R16_the_tasks_of_a_tier_are_those_it_touched_and_the_total_counts_each_once():
    report = report_of([make_task(CHEAP, DEAR, outcome="success")])
    assert line(report, COMMODITY).tasks == 0
    assert line(report, COMMODITY).token_cost_per_task == 100
    assert [found.tasks_touched for found in (*report.lines, report.total)] == [1, 1, 1]
    assert report.total.token_cost_per_task == 1_100
    assert line(report, COMMODITY).attempt_fail_rate == 1.0
    assert report.total.attempt_fail_rate == 0.5


def test_R16_the_route_lens_divides_by_tasks():
    report = report_of([make_task(CHEAP, DEAR, outcome="success")], lens="route")
    assert line(report, COMMODITY).token_cost_per_task is None
    assert report.total.token_cost_per_task == 1_100


def test_R17_incidents_stand_beside_the_interval_and_cost_of_no_task_shifts_it():
    tasks = [make_task(make_call(f"c-{n}", cost=10), outcome="success") for n in range(4)]
    plain = report_of(tasks).total
    assert (plain.true_cost_per_success_low, plain.true_cost_per_success_high) == (10, 10)
    costs = entries(
        external_failure=1_000, incident_cost=1_000, fixed_compute=40, allocated=40, allocated_without_incidents=40
    )
    dear = report_of(tasks, [((COMMODITY,), costs)], [((COMMODITY,), {"incidents": 1})], 1).total
    assert (dear.true_cost_per_success_low, dear.true_cost_per_success_high) == (20, 20)
    assert dear.true_cost_per_success == (40 + 1_040) // 4
    assert (dear.incidents, dear.incident_cost) == (1, 1_000)
    assert dear.incidents_per_10k_tasks_high == pytest.approx(5.5716433909 * 10_000 / 4)


def test_R17_none_seen_is_not_none_to_come():
    tasks = [make_task(make_call(f"c-{n}"), outcome="success") for n in range(10)]
    found = report_of(tasks).total
    assert (found.incidents, found.incidents_per_10k_tasks_low) == (0, 0)
    assert found.incidents_per_10k_tasks_high == pytest.approx(3_688.879454)
    assert report_of([]).total.incidents_per_10k_tasks_high is None


@pytest.mark.parametrize(
    ("values", "worth", "margin", "return_on_spend"),
    [
        ([30, 50], 40, 30, 4.0),
        ([30, None], None, None, None),  # no mean of those that do
        ([None, None], None, None, None),
        ([0, 0], 0, -10, 0.0),
    ],
)
def test_R11_a_mean_value_needs_a_value_of_every_success(values, worth, margin, return_on_spend):
    tasks = [make_task(make_call(f"c-{n}", cost=10), value=value, outcome="success") for n, value in enumerate(values)]
    found = report_of(tasks).total
    assert (found.value_per_success, found.margin_per_success, found.return_on_spend) == (
        worth, margin, return_on_spend,
    )  # fmt: skip


def test_what_is_left_for_compute_is_the_price_headroom():
    report = report_of(
        [make_task(make_call(cost=10), value=100, manual=70, outcome="success")],
        [((COMMODITY,), entries(internal_failure=50, labour=50))],
    )
    assert report.total.price_headroom == 5.0  # tokens could cost five times as much
    assert (report.total.cash, report.total.labour, report.total.manual_cost_per_task) == (10, 50, 70)


def test_pending_tasks_wait_outside_the_cost_per_success():
    tasks = [
        make_task(make_call("a", cost=10), outcome="success"),
        make_task(make_call("b", "2026-10-30T10:00", cost=30)),
    ]
    found = report_of(tasks, [((COMMODITY,), entries(appraisal=5, labour=5, pending=5))]).total
    assert (found.true_cost, found.pending_cost, found.true_cost_per_success) == (45, 35, 10)
    assert (found.final_yield, found.pending, found.tasks) == (1.0, 1, 2)


def test_a_cost_per_success_is_rounded_half_even_from_integers():
    tasks = [make_task(make_call(f"c-{n}", cost=5 * DOLLAR**2 * n), outcome="success") for n in range(2)]
    found = report_of(tasks, [((COMMODITY,), entries(appraisal=1, labour=1))]).total
    assert found.true_cost_per_success == round(Fraction(5 * DOLLAR**2 + 1, 2))


def test_coverage_says_how_much_is_known():
    tasks = [
        make_task(make_call("a", cost=None), make_call("b", cost=1), outcome="success"),
        make_task(make_call("c")),
        make_task(make_call("d", "2026-10-30T10:00")),
    ]
    facts = CoverageFacts(
        other_months_token_bill=9, open_incidents=2, corrections_naming=4, corrections_linked=3, incidents_naming=0
    )
    coverage = report_of(tasks, facts=facts).coverage
    assert (coverage.calls_priced, coverage.unpriced_calls) == (0.75, 1)
    assert (coverage.tasks_judged, coverage.presumed_share) == (1 / 3, 0.5)
    assert (coverage.corrections_linked, coverage.incidents_linked) == (0.75, None)
    assert (coverage.other_months_token_bill, coverage.open_incidents) == (9, 2)


entry_rows = st.lists(
    st.tuples(
        st.tuples(st.sampled_from([None, COMMODITY, FRONTIER])),
        st.fixed_dictionaries({column: st.integers(0, 10**17) for column in COLUMNS["entries"]}),
    ),
    max_size=4,
)


@given(some_tasks, entry_rows)
def test_totals_equal_the_sum_of_rows(tasks, rows):
    report = report_of(tasks, rows)
    for column in ADDITIVE:
        parts = [getattr(found, column) for found in report.lines]
        whole = getattr(report.total, column)
        assert (whole or 0) == sum(part or 0 for part in parts), column
        assert type(whole) is int or (column == "token_bill" and whole is None and not any(parts))
    assert report.total.true_cost == report.total.cash + report.total.labour
