"""Strata: what tiers and models had of like work, added up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.domain.parts import TracedEntry
from audits.domain.rollup import Rollup
from audits.domain.strata import STRATUM_KEY, complexity_of
from tests.audits.domain.build import COMMODITY, FRONTIER, LARGE, MID, MIDDLE, SMALL, make_call, make_task

CHEAP = make_call("cheap", "2026-10-05T09:00", SMALL, cost=100, latency_ms=300)
DEAR = make_call("dear", "2026-11-01T09:00", LARGE, cost=1_000, latency_ms=900)
REVIEW = TracedEntry(COMMODITY, SMALL, 7, is_incident=False)
FIX = TracedEntry(COMMODITY, SMALL, 20, is_incident=False, is_failure=True)
LOSS = TracedEntry(COMMODITY, SMALL, 10**6, is_incident=True, is_failure=True)
DONE = {"outcome": "success"}


def strata_of(*tasks: Any, level: str = "tier") -> dict[tuple[Any, ...], dict[str, int]]:
    """Return rows by (tier, model, before, cluster), without what is 0."""
    rollup = Rollup()
    for task in tasks:
        rollup.add(task)
    found = {}
    for key, sums in rollup.strata.items():
        named = dict(zip(STRATUM_KEY, key, strict=True))
        if named["level"] == level:
            row = named["tier"], named["llm"], named["before"], named["cluster"]
            found[row] = {name: value for name, value in asdict(sums).items() if value}
    return found


def test_a_try_costs_its_tokens_and_review_and_the_task_what_its_failures_cost_too_but_never_an_incident():
    rows = strata_of(make_task(CHEAP, entries=[REVIEW, FIX, LOSS], reworked=True, **DONE))
    assert rows == {
        (COMMODITY, None, None, ""): {
            "touched": 1, "attempts": 1, "n": 1, "sum_x": 127, "sum_xx": 127**2, "sum_y": 1, "sum_xy": 127,
            "tried": 1, "sum_c": 107, "sum_cc": 107**2, "tokens": 100, "failure_cost": 20, "latency_ms": 300,
            "timed": 1,
        }
    }  # fmt: skip


def test_who_took_over_is_told_from_whom_and_both_count_in_the_month_of_the_task():
    rows = strata_of(make_task(CHEAP, DEAR, **DONE))
    assert rows[COMMODITY, None, None, ""] == {
        "touched": 1, "attempts": 1, "escalated": 1, "n": 1, "sum_x": 100, "sum_xx": 10_000, "tried": 1, "sum_c": 100,
        "sum_cc": 10_000, "tokens": 100, "latency_ms": 300, "timed": 1,
    }  # fmt: skip
    dear = rows[FRONTIER, None, COMMODITY, ""]
    assert (dear["sum_y"], dear["sum_p"], dear["sum_cp"]) == (1, 1, 1_000)


def test_who_took_over_from_a_tier_nobody_knows_is_told_from_who_was_first():
    nameless = make_call("nameless", "2026-10-05T08:00", 99, tier=None)
    assert (COMMODITY, None, 0, "") in strata_of(make_task(nameless, CHEAP, **DONE))


def test_by_model_each_has_its_own():
    assert set(strata_of(make_task(CHEAP, DEAR, **DONE), level="llm")) == {
        (COMMODITY, SMALL, None, ""),
        (FRONTIER, LARGE, None, ""),
    }


def test_who_only_judged_did_not_try():
    judge = make_call("judge", "2026-10-05T10:00", MIDDLE, cost=5, purpose="judge")
    assert strata_of(make_task(CHEAP, judge, **DONE))[MID, None, None, ""] == {
        "touched": 1, "n": 1, "sum_x": 5, "sum_xx": 25, "tokens": 5,
    }  # fmt: skip


def test_a_pending_task_is_a_try_and_no_unit():
    assert strata_of(make_task(CHEAP, today=CHEAP.day)) == {
        (COMMODITY, None, None, ""): {"touched": 1, "attempts": 1, "tokens": 100, "latency_ms": 300, "timed": 1}
    }


def test_tasks_that_an_incident_invalidates_stand_apart_by_its_name():
    hit = make_task(CHEAP, invalidated=True)._replace(cluster="i-1")
    rows = strata_of(hit, make_task(CHEAP, **DONE))
    assert rows[COMMODITY, None, None, "i-1"]["failed"] == 1
    assert rows[COMMODITY, None, None, ""]["sum_y"] == 1


class TestComplexity:
    def test_is_that_of_the_earliest_call_that_states_one(self):
        later = make_call("later", "2026-10-05T10:00", complexity="low")
        first = make_call("first", "2026-10-05T09:00", complexity="High")
        assert complexity_of([later, first], "medium") == "high"

    @pytest.mark.parametrize("said", [None, "", "intricate"])
    def test_is_else_as_reported(self, said):
        assert complexity_of([make_call(complexity=said)], "medium") == "medium"

    def test_is_else_unknown(self):
        assert complexity_of([make_call()], None) == ""


calls = st.lists(
    st.builds(
        lambda n, llm, day, cost, purpose: make_call(
            f"c-{n}", f"2026-{10 + day // 30}-{day % 30 + 1:02}T09:00", llm, cost=cost, purpose=purpose
        ),
        st.integers(0, 99), st.sampled_from([SMALL, LARGE, MIDDLE, None]), st.integers(0, 59),
        st.none() | st.integers(0, 10**9), st.sampled_from(["attempt", "judge"]),
    ),
    min_size=1, max_size=5, unique_by=lambda call: call.external_id,
)  # fmt: skip
entries = st.lists(
    st.builds(
        TracedEntry,
        st.sampled_from([COMMODITY, FRONTIER]), st.sampled_from([SMALL, LARGE]), st.integers(1, 10**9), st.booleans(),
        st.booleans(),
    ),
    max_size=3,
)  # fmt: skip
tasks = st.builds(
    lambda calls, entries, status: make_task(*calls, entries=entries, **status),
    calls, entries, st.sampled_from([{}, DONE, {"outcome": "failure"}, {"invalidated": True}]),
)  # fmt: skip


@settings(max_examples=100)
@given(st.lists(tasks, max_size=6), st.randoms(use_true_random=False))
def test_they_add_up_to_the_units_of_the_report_in_whatever_order(found, random):
    shuffled = random.sample(found, len(found))
    one, other = Rollup(), Rollup()
    for task in found:
        one.add(task)
    for task in shuffled:
        other.add(task)
    assert one.strata == other.strata
    for level in ("tier", "llm"):
        assert _sums(one.strata, level, 4) == _sums(one.units, level, 7)


def _sums(rows: Any, level: str, tier: int) -> dict[Any, list[int]]:
    """Cost, successes and tries by tier and model; months of one task are apart in units, and one in strata."""
    place = {4: 1, 7: 0}[tier]
    found: dict[Any, list[int]] = defaultdict(lambda: [0] * 5)
    for key, sums in rows.items():
        if key[place] == level:
            values = sums.sum_x, sums.sum_y, sums.attempts, sums.escalated, sums.failed
            found[key[tier], key[tier + 1]] = [
                a + b for a, b in zip(found[key[tier], key[tier + 1]], values, strict=True)
            ]
    return {key: values for key, values in found.items() if any(values)}
