"""What may be said of two tiers: in words, by hand, and by what must hold of any two."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from audits.domain.comparing import Comparison, Withheld, compare, ends_of, order, severity_of
from audits.domain.intervals import poisson, ratio
from audits.domain.lines import Line
from audits.exports.comparing import sentence
from tests.audits.domain.build import DOLLAR, make_line

CENT = DOLLAR // 100


def costing(dollars: float, *, give: float = 0.1, **more: Any) -> Line:
    """Return a line whose success costs `dollars`, in an interval of that share on either side, without incidents."""
    cost = int(dollars * DOLLAR)
    incidents = more.get("incident_cost", 0) // more.get("successes", 1000)
    low, high = int(cost * (1 - give)), int(cost * (1 + give))
    return make_line(
        **{
            "true_cost_per_success": cost + incidents,
            "true_cost_per_success_low": low,
            "true_cost_per_success_high": high,
        }
        | more
    )


DEAR = costing(4, token_cost_per_task=24 * CENT)
NEVER_MIND = Fraction(0)  # incidents cost nothing


def said(cheap: Line, dear: Line = DEAR, severity: Fraction | None = NEVER_MIND) -> str:
    return sentence(compare({"commodity": cheap, "frontier": dear}, severity)).replace("\N{MULTIPLICATION SIGN}", "x")


@pytest.mark.parametrize(
    ("cheap", "expected"),
    [
        (
            costing(12.4, token_cost_per_task=CENT),
            "Commodity answers look 24x cheaper; after rework they cost 3.1x as much per success as frontier ones.",
        ),
        (
            costing(5.2, token_cost_per_task=CENT),
            "Commodity answers look 24x cheaper; after rework they cost 30.0% more per success than frontier ones.",
        ),
        (
            costing(0.5, token_cost_per_task=CENT),
            "Commodity answers look 24x cheaper, and are cheaper: after rework they cost 8x less per success"
            " than frontier ones.",
        ),
        (
            costing(3.0, token_cost_per_task=CENT),
            "Commodity answers look 24x cheaper, and are cheaper: after rework they cost 25.0% less per"
            " success than frontier ones.",
        ),
        (
            costing(4.2, token_cost_per_task=CENT),
            "Commodity answers look 24x cheaper; after rework they are not distinguishable from frontier ones: $3.78 to"
            " $4.62 per success against $3.60 to $4.40.",
        ),
        (
            costing(12, token_cost_per_task=0),
            "Commodity answers look free by their tokens; after rework they cost 3x as much per success as"
            " frontier ones.",
        ),
        (
            costing(12, token_cost_per_task=24 * CENT),
            "Commodity answers look as dear as frontier ones; after rework they cost 3x as much per success"
            " as frontier ones.",
        ),
        (
            costing(0, token_cost_per_task=0),
            "Commodity answers look free by their tokens, and are cheaper: after rework they cost nothing.",
        ),
    ],
)
def test_it_says_what_the_figures_hold(cheap: Line, expected: str) -> None:
    assert said(cheap) == expected


def test_none_seen_is_not_none_to_come() -> None:
    """Work apart, but up to 3.69 incidents of $5,000 agree with none seen in 1,000 successes: $18.44 for each."""
    text = said(costing(0.5, token_cost_per_task=CENT), severity=Fraction(5_000 * DOLLAR))
    assert text == (
        "Commodity answers look 24x cheaper; after rework they cost less per success than frontier ones, but incidents"
        " are too few to say that it stays so: with what these may add, $0.45 to $18.99 against $3.60 to $22.84."
    )


def test_many_incidents_make_a_verdict_where_the_work_alone_makes_none() -> None:
    broken = costing(4, token_cost_per_task=CENT, incidents=50, incident_cost=50_000 * DOLLAR)
    text = said(broken, severity=Fraction(500 * DOLLAR))
    assert "; after rework and incidents they cost 13.5x as much per success as frontier ones." in text


def test_where_no_incident_is_known_it_says_what_one_may_cost() -> None:
    """The gap of 3.60 - 0.55 over 1,000 successes bears 3.69 incidents of $826.81."""
    text = said(costing(0.5, token_cost_per_task=CENT), severity=None)
    assert text.endswith("No incident was seen; the verdict holds while one costs less than $826.81.")


@pytest.mark.parametrize(
    ("cheap", "expected"),
    [
        (
            make_line(successes=99),
            "Tiers are not compared: two tiers with at least 100 successful tasks each are needed; commodity has 99,"
            " frontier has 1,000.",
        ),
        (
            make_line(presumed=501),
            "Tiers are not compared: over 50% of the successes are presumed, as nobody said how they went (commodity"
            " 50.1%).",
        ),
        (
            make_line(judged=799),
            "Tiers are not compared: the shares of tasks with an outcome or verdict lie more than 20 points apart"
            " (commodity 79.9%, frontier 100.0%).",
        ),
        (
            make_line(priced_calls=949),
            "Tiers are not compared: over 5% of the calls have no known price (commodity 5.1%).",
        ),
    ],
)
def test_it_says_nothing_where_too_little_is_known_and_why(cheap: Line, expected: str) -> None:
    assert said(cheap) == expected


@pytest.mark.parametrize("at_the_edge", [{"presumed": 500}, {"judged": 800}, {"priced_calls": 950}, {"successes": 100}])
def test_at_the_limits_it_still_speaks(at_the_edge: dict[str, int]) -> None:
    assert isinstance(compare({"a": make_line(**at_the_edge), "b": DEAR}, NEVER_MIND), Comparison)


@pytest.mark.parametrize("lines", [{}, {"frontier": DEAR}, {"frontier": DEAR, "new": make_line(tasks=0, successes=0)}])
def test_one_tier_is_compared_with_nothing(lines: dict[str, Line]) -> None:
    assert isinstance(compare(lines, NEVER_MIND), Withheld)


def test_of_many_tiers_it_takes_those_that_look_farthest_apart() -> None:
    tiers = {f"tier {n}": costing(n + 1, token_cost_per_task=(n + 1) * CENT) for n in range(40)}
    few = {"tiny": costing(1, token_cost_per_task=1, successes=99)}
    found = compare({**tiers, **few}, NEVER_MIND)
    assert isinstance(found, Comparison)
    assert (found.cheap.name, found.dear.name) == ("tier 0", "tier 39")


# Of any two lines

money = st.integers(0, 10**13)
lines = st.builds(
    lambda cost, below, above, tokens, successes, incidents, loss: make_line(
        tasks=successes,
        successes=successes,
        judged=successes,
        true_cost_per_success=cost + (incidents * loss) // successes,
        true_cost_per_success_low=max(cost - below, 0),
        true_cost_per_success_high=cost + above,
        token_cost_per_task=tokens,
        incidents=incidents,
        incident_cost=incidents * loss,
    ),
    money, money, money, money, st.integers(100, 10**6), st.integers(0, 20), money,
)  # fmt: skip
severities = st.none() | money.map(Fraction)
MIRRORED = {"cheaper": "dearer", "dearer": "cheaper", "unsettled": "unsettled", "indistinct": "indistinct"}


def compared(lines: dict[str, Line], severity: Fraction | None) -> Comparison:
    found = compare(lines, severity)
    assert isinstance(found, Comparison)
    return found


@given(lines, lines, severities)
def test_the_order_in_which_tiers_are_given_says_nothing(one: Line, other: Line, severity: Fraction | None) -> None:
    assert compare({"a": one, "b": other}, severity) == compare({"b": other, "a": one}, severity)


@given(lines, lines, severities)
def test_swapping_how_they_look_mirrors_the_verdict(one: Line, other: Line, severity: Fraction | None) -> None:
    assume(one.token_cost_per_task != other.token_cost_per_task)
    swapped = (
        replace(one, token_cost_per_task=other.token_cost_per_task),
        replace(other, token_cost_per_task=one.token_cost_per_task),
    )
    before = compared({"a": one, "b": other}, severity)
    after = compared(dict(zip("ab", swapped, strict=True)), severity)
    assert after.verdict == MIRRORED[before.verdict]
    assert (after.times, after.bearable) == (before.times, before.bearable)


@given(lines, lines, severities, st.integers(2, 1000))
def test_another_currency_changes_no_verdict(one: Line, other: Line, severity: Fraction | None, rate: int) -> None:
    columns = [name for name in MONEY if getattr(one, name) is not None]

    def dearer(line: Line) -> Line:
        return replace(line, **{name: getattr(line, name) * rate for name in columns})

    before = compared({"a": one, "b": other}, severity)
    after = compared({"a": dearer(one), "b": dearer(other)}, None if severity is None else severity * rate)
    assert (after.verdict, after.looks, after.times) == (before.verdict, before.looks, before.times)


MONEY = (
    "true_cost_per_success", "true_cost_per_success_low", "true_cost_per_success_high", "token_cost_per_task",
    "incident_cost",
)  # fmt: skip


@given(lines, lines, severities)
def test_a_verdict_never_stands_on_ends_that_overlap(one: Line, other: Line, severity: Fraction | None) -> None:
    found = compared({"a": one, "b": other}, severity)
    apart = order(found.cheap.ends, found.dear.ends)
    assert (found.verdict in ("cheaper", "dearer")) == (apart != 0)
    if found.verdict == "cheaper":
        assert found.cheap.cost < found.dear.cost
    if found.verdict == "dearer":
        assert found.cheap.cost > found.dear.cost


@given(lines, severities)
def test_what_was_seen_lies_between_the_ends(line: Line, severity: Fraction | None) -> None:
    ends, seen = ends_of(line, severity), line.true_cost_per_success
    assert ends is not None
    assert seen is not None
    assert ends[0] <= seen + 1  # a nano-dollar of rounding
    assert seen <= ends[1]


@given(lines, lines, st.integers(1, 10**13), st.integers(1, 10**13))
def test_dearer_incidents_never_make_a_verdict_of_their_own(one: Line, other: Line, severity: int, more: int) -> None:
    quiet = [replace(line, incidents=0, incident_cost=0) for line in (one, other)]
    equal = [replace(line, successes=1000, tasks=1000, judged=1000) for line in quiet]
    pair = dict(zip("ab", equal, strict=True))
    before, after = (compared(pair, Fraction(each)) for each in (severity, severity + more))
    assert before.verdict in ("cheaper", "dearer") or after.verdict == before.verdict


@given(lines, lines)
def test_the_bearable_incident_is_where_the_verdict_ends(one: Line, other: Line) -> None:
    quiet = [replace(line, incidents=0, incident_cost=0) for line in (one, other)]
    found = compared(dict(zip("ab", quiet, strict=True)), None)
    assume(found.bearable)
    below, above = sorted((found.cheap, found.dear), key=lambda side: side.ends)
    for cost, still in ((found.bearable or 0, True), ((found.bearable or 0) + 1, False)):
        added = cost * Fraction(poisson(0)[1]) / below.successes
        assert (below.ends[1] + added <= above.ends[0]) is still


def test_two_tiers_of_equal_cost_are_seldom_told_apart() -> None:
    """The reason of LEAST_SUCCESSES: log-normal rework on a fifth of the tasks, the other tier ten times as large."""
    rng = np.random.default_rng(20261122)
    runs = [compared({"a": worked(rng, 130, CENT), "b": worked(rng, 1200, DOLLAR)}, NEVER_MIND) for _ in range(400)]
    assert sum(found.verdict in ("cheaper", "dearer") for found in runs) <= 0.05 * len(runs)


def worked(rng: np.random.Generator, tasks: int, tokens: int) -> Line:
    y = rng.random(tasks) < 0.9
    x = np.where(rng.random(tasks) < 0.2, rng.lognormal(0, 1, tasks) * 15 * DOLLAR, 0) + CENT
    units = [(int(cost), int(success)) for cost, success in zip(x, y, strict=True)]
    sum_x, sum_y = sum(cost for cost, _ in units), sum(success for _, success in units)
    low, high = ratio(
        n=tasks,
        sum_x=sum_x,
        sum_xx=sum(cost * cost for cost, _ in units),
        sum_y=sum_y,
        sum_xy=sum(cost * success for cost, success in units),
    ) or (0, 0)
    return make_line(
        tasks=tasks, successes=sum_y, judged=tasks, token_cost_per_task=tokens, true_cost_per_success=sum_x // sum_y,
        true_cost_per_success_low=low, true_cost_per_success_high=high,
    )  # fmt: skip


def test_the_mean_of_incidents_is_over_all_lines() -> None:
    one = make_line(incidents=1, incident_cost=100)
    assert severity_of(one, make_line(), make_line(incidents=3, incident_cost=0)) == 25
    assert severity_of(make_line()) is None
