"""Policies of routing: by hand, as published, and what must hold of any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.decisions.routing import (
    Option,
    Share,
    Terms,
    Work,
    advise,
    efficient,
    failure_until,
    outlook,
    outlook_on,
    policies,
    stated,
)
from audits.domain.decisions.units import units_of
from tests.audits.domain.build import DOLLAR
from tests.audits.domain.decisions.build import CENT, flat
from tests.audits.domain.decisions.swebench import expected, runs, units_by_entry

CHEAP, DEAR = Option(flat(1000, 10 * CENT, 700), 2000), Option(flat(1000, 60 * CENT, 900), 6000)
OPTIONS = {"commodity": CHEAP, "frontier": DEAR}
TERMS = Terms(failure=5 * DOLLAR, review=20 * CENT, detection=stated(0.8))
PERFECT = Terms(failure=0, review=0, detection=stated(1))


def test_a_single_tier_by_hand():
    # 0.10 + 0.20 + 5 x 0.3 = $1.80 a task, / 0.7 = $2.5714 a success
    found = outlook(("commodity",), OPTIONS, TERMS)
    assert (found.cost, found.success, found.escalated) == (180 * CENT, 0.7, 0)
    assert found.cost_per_success == round(1.8 / 0.7 * DOLLAR)
    assert (found.latency_ms, found.assumed, found.worth) == (2000, (), None)


def test_a_cascade_by_hand():
    # of 0.3 failed 0.8 x 0.3 = 0.24 are sent on, 0.06 nobody notices; 0.24 x 0.9 = 0.216 succeed then: 0.916
    # 0.30 + 0.24 x 0.80 + 5 x 0.084 = $0.912 a task
    found = outlook(("commodity", "frontier"), OPTIONS, replace(TERMS, value=10 * DOLLAR))
    assert (found.success, found.escalated, found.cost / DOLLAR) == pytest.approx((0.916, 0.24, 0.912))
    assert found.cost_per_success / DOLLAR == pytest.approx(0.912 / 0.916)
    assert found.worth / DOLLAR == pytest.approx(9.16 - 0.912)
    assert found.latency_ms == pytest.approx(2000 + 0.24 * 6000)
    assert found.assumed == (("commodity", "frontier"),)


def test_good_answers_that_are_sent_on_by_mistake():
    # 0.24 + 0.1 x 0.7 = 0.31 are sent on; 0.63 + 0.31 x 0.9 = 0.909
    found = outlook(("commodity", "frontier"), OPTIONS, replace(TERMS, false_alarms=0.1))
    assert (found.escalated, found.success) == pytest.approx((0.31, 0.909))


def test_what_a_tier_did_with_escalated_work_counts_from_30_tasks_on():
    seen = {tasks: replace(DEAR, after={"commodity": flat(tasks, 90 * CENT, tasks // 3)}) for tasks in (29, 30)}
    few, enough = (outlook(("commodity", "frontier"), OPTIONS | {"frontier": seen[n]}, PERFECT) for n in (29, 30))
    assert (few.success, few.assumed) == (pytest.approx(0.97), (("commodity", "frontier"),))
    assert (enough.success, enough.assumed) == (pytest.approx(0.7 + 0.3 / 3), ())
    assert enough.cost / DOLLAR == pytest.approx(0.10 + 0.3 * 0.90)


def test_an_unknown_latency_stays_unknown():
    untimed = OPTIONS | {"frontier": replace(DEAR, latency_ms=None)}
    assert outlook(("commodity", "frontier"), untimed, TERMS).latency_ms is None


def test_policies_are_tiers_alone_and_cascades_from_cheap_to_dear():
    new = {"new": Option(flat(29, CENT))}
    assert policies(OPTIONS | new) == [("commodity",), ("frontier",), ("commodity", "frontier")]
    assert len(policies(dict.fromkeys("abc", CHEAP))) == 7


def test_the_frontier_leaves_out_what_costs_more_and_solves_no_more():
    found = [outlook(policy, OPTIONS, TERMS) for policy in policies(OPTIONS)]
    assert [each.policy for each in efficient(found)] == [("commodity", "frontier")]
    free = [outlook(policy, OPTIONS, replace(TERMS, failure=0)) for policy in policies(OPTIONS)]
    assert [each.policy for each in efficient(free)] == [("commodity",), ("commodity", "frontier")]


def test_advice_names_those_that_may_be_as_good():
    found = advise([outlook(policy, OPTIONS, TERMS) for policy in policies(OPTIONS)])
    assert (found.best.policy, found.overlapping) == (("commodity", "frontier"), ())
    twins = {"a": CHEAP, "b": CHEAP}
    found = advise([outlook((name,), twins, TERMS) for name in twins])
    assert (found.best.policy, found.overlapping) == (("a",), (("b",),))
    never = {"never": Option(flat(100, CENT, 0))}
    assert advise([outlook(("never",), never, TERMS)]) is None


def test_where_value_is_known_the_worthiest_policy_is_the_best():
    """At $10 a success frontier's 0.9 for $0.60 is worth more than commodity's 0.7 for $0.10, cheaper as that is."""
    for value, best in ((None, "commodity"), (10 * DOLLAR, "frontier")):
        terms = Terms(failure=0, review=0, detection=stated(0), value=value)
        found = advise([outlook((name,), OPTIONS, terms) for name in OPTIONS])
        assert (found.best.policy, found.overlapping) == ((best,), ())
    nearly = replace(terms, value=249 * CENT)  # 2.49 x 0.7 - 0.10 = 1.643 and 2.49 x 0.9 - 0.60 = 1.641
    assert advise([outlook((name,), OPTIONS, nearly) for name in OPTIONS]).overlapping == (("frontier",),)


def test_until_which_cost_of_a_failure_a_policy_stays_the_best():
    """$0.10 + F 0.3 a task against $0.60 + F 0.1: the same at $2.50; per success 0.3 F / 0.7 against 0.1 F / 0.9."""
    for value, until in ((0, 2.5), (None, (0.6 / 0.9 - 0.1 / 0.7) / (0.3 / 0.7 - 0.1 / 0.9))):
        terms = Terms(failure=0, review=0, detection=stated(0), value=value)
        found = [outlook((name,), OPTIONS, terms) for name in OPTIONS]
        best = advise(found).best
        assert best.policy == ("commodity",)
        assert failure_until(best, found, 0) == pytest.approx(until * DOLLAR)
        turned = [outlook((name,), OPTIONS, replace(terms, failure=round(until * DOLLAR) + CENT)) for name in OPTIONS]
        assert advise(turned).best.policy == ("frontier",)
    assert failure_until(found[1], found, 0) is None


def test_what_failed_in_silence_is_neither_a_success_nor_sent_on():
    # 700 of 1,000 passed, a tenth of them in silence: 63 % succeed; of 37 % failures 30 are noticed, 7 are not
    silent = {"commodity": replace(CHEAP, silent=stated(0.1)), "frontier": DEAR}
    found = outlook(("commodity", "frontier"), silent, TERMS)
    assert (found.escalated, found.success) == pytest.approx((0.30, 0.63 + 0.30 * 0.9))
    all_noticed = outlook(("commodity", "frontier"), OPTIONS, replace(TERMS, detection=stated(1)))
    assert (all_noticed.escalated, all_noticed.success) == pytest.approx((0.30, 0.70 + 0.30 * 0.9))


def test_a_measured_share_is_drawn_between_its_ends():
    silent = replace(CHEAP, silent=Share(0.1, 0.02, 0.3))
    spread = outlook(("commodity",), {"commodity": silent}, TERMS).success_ends
    sharp = outlook(("commodity",), {"commodity": replace(CHEAP, silent=stated(0.1))}, TERMS).success_ends
    assert spread[0] < sharp[0] < sharp[1] < spread[1]
    assert spread == pytest.approx((0.7 * 0.7, 0.7 * 0.98), abs=0.02)
    with pytest.raises(ValueError, match="share"):
        stated(1.1)


def test_kinds_of_work_count_by_their_tasks():
    easy, hard = {"a": Option(flat(100, 10 * CENT, 90), 1000)}, {"a": Option(flat(100, 50 * CENT, 50), 3000)}
    found = outlook_on(("a",), [Work("easy", 300, easy), Work("hard", 100, hard)], PERFECT)
    assert (found.success, found.cost / CENT, found.latency_ms) == pytest.approx((0.8, 20, 1500))
    both = outlook_on(("a",), [Work("easy", 3, easy), Work("easy", 1, easy)], PERFECT)
    assert both == outlook_on(("a",), [Work("easy", 4, easy)], PERFECT)


def test_what_a_try_costs_beyond_what_is_seen_is_added():
    found = outlook(("commodity", "frontier"), OPTIONS, replace(TERMS, more={"frontier": DOLLAR}))
    assert found.cost - outlook(("commodity", "frontier"), OPTIONS, TERMS).cost == pytest.approx(0.24 * DOLLAR, abs=1)


def test_cascades_as_published():
    """With perfect checking, and what the second model did of the very tasks that the first one failed."""
    single, tasks = units_by_entry(), runs()
    for row in expected("swebench_cascade_oracle"):
        first, then = row["first"], row["then"]
        failed = [tasks[then][task] for task, (_, solved) in tasks[first].items() if not solved]
        options = {first: Option(single[first]), then: Option(single[then], after={first: units_of(failed)})}
        found, alone = outlook((first, then), options, PERFECT), outlook((then,), options, PERFECT)
        assert round(found.success * 500) == int(row["resolved"])
        assert found.cost * 500 / DOLLAR == pytest.approx(float(row["total_cost"]), rel=1e-6)
        assert found.cost_per_success / DOLLAR == pytest.approx(float(row["cascade_cost_per_success"]), rel=1e-6)
        assert alone.cost_per_success / DOLLAR == pytest.approx(float(row["dear_alone_cost_per_success"]), rel=1e-6)
        assert round(alone.success * 500) == int(row["dear_alone_resolved"])


def test_independence_would_have_flattered_the_published_cascade():
    single = units_by_entry()
    options = {name: Option(single[name]) for name in ("GPT-5 mini (2025-08-07) (medium reasoning)",)}
    options["then"] = Option(single["Claude 4.5 Opus medium (20251101)"])
    found = outlook(tuple(options), options, PERFECT)
    assert found.success * 500 > 386 + 50
    assert found.assumed


shares = st.integers(1, 99)
options = st.builds(lambda cost, share: Option(flat(200, cost * CENT, 2 * share)), st.integers(1, 500), shares)


@settings(max_examples=15)
@given(options, options, st.integers(2, 1000))
def test_another_currency_scales_cost_and_changes_no_success(one, other, rate):
    def dearer(option):
        units = option.units
        return Option(
            replace(units, sum_x=units.sum_x * rate, sum_xx=units.sum_xx * rate**2, sum_xy=units.sum_xy * rate)
        )

    before = outlook(("a", "b"), {"a": one, "b": other}, TERMS)
    terms = replace(TERMS, failure=TERMS.failure * rate, review=TERMS.review * rate)
    after = outlook(("a", "b"), {"a": dearer(one), "b": dearer(other)}, terms)
    assert after.cost == pytest.approx(before.cost * rate, rel=1e-8)
    assert (after.success, after.success_ends) == (before.success, before.success_ends)


@settings(max_examples=15)
@given(options, options, st.floats(0, 1))
def test_a_cascade_never_solves_less_than_its_first_tier_where_no_good_answer_is_sent_on(one, other, detection):
    found = outlook(("a", "b"), {"a": one, "b": other}, replace(TERMS, detection=stated(detection)))
    assert found.success >= float(one.units.success_per_task) - 1e-12


def test_intervals_cover_the_truth_about_95_percent_of_the_time():
    rng = np.random.default_rng(20260301)

    def seen(low, high, share):
        return Option(
            units_of(zip(rng.integers(low, high, 200).tolist(), rng.binomial(1, share, 200).tolist(), strict=True))
        )

    truth, covered = 0.3 + 0.24 * 0.8 + 5 * (1 - 0.916), 0
    for _ in range(500):
        options = {"a": seen(5 * CENT, 15 * CENT, 0.7), "b": seen(30 * CENT, 90 * CENT, 0.9)}
        low, high = outlook(("a", "b"), options, TERMS).cost_ends
        covered += low <= truth * DOLLAR <= high
    assert 0.93 <= covered / 500 <= 0.97
