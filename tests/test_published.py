"""Published figures, reproduced by the oracle from the very records that the product is given (issue 2, item 8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from tests.oracle import Facts, report
from tests.oracle.numbers import exact
from tests.published import HALF_A_NANO, SWEBENCH_HOURLY, Published, cost_by_day, mcpmark_by_model, real_month, swebench

pytestmark = pytest.mark.slow

dollars = Decimal("1e-9")


def check(published: Published, found) -> None:
    rows = {row["model"]: row for row in found["rows"]}
    assert set(rows) == {f"{published.provider}/{model}" for model in published.expected}
    for model, expected in published.expected.items():
        row = rows[f"{published.provider}/{model}"]
        assert (row["calls"], row["priced_calls"]) == (expected.calls, expected.calls)
        assert (row["tasks"], row["successes"]) == (expected.tasks, expected.successes)
        assert abs(row["true_cost"] * dollars - expected.cost) <= expected.tolerance, model
        if expected.cost_per_success is None:
            assert row["true_cost_per_success"] is None
        else:
            gap = row["true_cost_per_success"] / 10**9 - exact(expected.cost_per_success)
            assert abs(gap) <= exact(expected.tolerance) / expected.successes + exact(HALF_A_NANO), model


def test_a_real_month_costs_what_was_published():
    published = real_month()
    found = report(published.facts(), **published.query)
    check(published, found)
    check_mcpmark(found)


def check_mcpmark(found) -> None:
    """The report by model of the real month is what the leaderboard published."""
    rows = {row["model"].removeprefix("mcpmark/"): row for row in found["rows"]}
    assert_mcpmark_published_the_same(rows)
    assert_none_per_success(rows["gpt-4-1-nano"])
    total = found["total"]
    assert (total["calls"], total["tasks"], total["successes"]) == (322_822, 19_431, 4_781)
    assert round(total["token_bill"] * dollars, 2) == Decimal("18896.98")


def assert_mcpmark_published_the_same(rows):
    for model, published in mcpmark_by_model().items():
        row, runs = rows[model], int(published["runs"])
        assert abs(row["token_bill"] * dollars - Decimal(published["total_cost_usd"])) <= row["calls"] * dollars
        assert row["successes"] == int(published["n_success"])
        # The leaderboard rounds to a millionth of a dollar and a hundredth of a percent.
        assert abs(row["token_bill"] * dollars / runs - Decimal(published["pub_per_run_cost"])) <= Decimal("0.0000006")
        assert (
            abs(float(row["final_yield"]) - float(published["pub_pass1"])) <= 0.000051
        )  # the mean of four rounded runs


def assert_none_per_success(never):
    assert (never["successes"], never["failures"]) == (0, 508)
    assert never["true_cost_per_success"] is None
    assert round(never["token_bill"] * dollars, 7) == Decimal("10.1553622")


def test_the_real_month_by_day():
    published = real_month()
    prices = {model["name"]: model["prices"][0] for model in published.reference["models"]}
    found: dict[str, Decimal] = defaultdict(Decimal)
    for batch in published.calls():
        for call in batch:
            price = prices[call["model"]]
            cost = call["input_tokens"] * price["input"] + call["output_tokens"] * price["output"]
            found[call["occurred_at"][:10]] += cost / 10**6
    assert {str(day): round(cost, 6) for day, cost in cost_by_day().items()} == {
        day: round(cost, 6) for day, cost in found.items()
    }


def test_the_records_are_valid_and_complete():
    published = real_month()
    batches = list(published.calls())
    calls = [call for batch in batches for call in batch]
    assert len({call["id"] for call in calls}) == len(calls)
    assert {call["task"] for call in calls} == {o["task"] for batch in published.outcomes() for o in batch}
    assert sum(call["input_tokens"] == call["output_tokens"] == 0 for call in calls) == 70  # failed before any call
    assert all(len(batch) == 1_000 for batch in batches[:-1])


def test_swebench_with_reported_costs():
    published = swebench(None)
    check(published, report(facts_of_swebench(), **published.query))


@cache
def facts_of_swebench() -> Facts:
    return swebench(None).facts()


@pytest.mark.parametrize("hourly_cost", SWEBENCH_HOURLY)
def test_swebench_with_failures_redone_by_hand(hourly_cost: int):
    """Each run's calls are added up to one, which changes no figure but the number of calls: that is tested above."""
    published = swebench(hourly_cost)
    found = report(redone_of(published), **published.query)
    check_redone(published, counted_apart(published, found), hourly_cost)


def redone_of(published: Published) -> Facts:
    corrections = [record for batch in published.corrections() for record in batch]
    return replace(swebench_added_up(), corrections=corrections, reference=published.reference)


def counted_apart(published: Published, found):
    """Put the number of calls that were added up to one for each task back to what it was."""
    calls = {f"{published.provider}/{model}": expected.calls for model, expected in published.expected.items()}
    for row in found["rows"]:
        assert row["calls"] == row["priced_calls"] == row["tasks"]
        row.update(calls=calls[row["model"]], priced_calls=calls[row["model"]])
    return found


def check_redone(published: Published, found, hourly_cost: int) -> None:
    """Every failure cost an hour of an engineer, and nothing else changed."""
    for row in found["rows"]:
        assert row["internal_failure"] == row["labour"] == row["failures"] * hourly_cost * 10**9
        assert row["true_cost"] == row["token_bill"] + row["internal_failure"]
    check(published, found)


@cache
def swebench_added_up() -> Facts:
    return added_up(facts_of_swebench())


def added_up(facts: Facts) -> Facts:
    """One call for each task, of the cost of all its calls, each rounded as it would be."""
    first: dict[str, Any] = {}
    cost: Counter[str] = Counter()
    for call in facts.calls:
        first.setdefault(call["task"], call)
        cost[call["task"]] += round(exact(call["cost_usd"]) * 10**9)
    return replace(facts, calls=[{**call, "cost_usd": cost[task] * dollars} for task, call in first.items()])
