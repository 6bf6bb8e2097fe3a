"""Two tiers on the same mix of work: by hand, what must hold of any two, and by seeded simulation."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from audits.domain.comparing import Withheld
from audits.domain.decisions.fair import Fair, compare_all, stratum
from audits.domain.decisions.units import Units, units_of
from audits.exports.deciding.compare import fair_sentence
from tests.audits.domain.build import DOLLAR
from tests.audits.domain.decisions.build import CENT, candidate, flat, noisy

EASY, HARD = ("claim", "low"), ("claim", "high")
MIX = {EASY: 1000, HARD: 1000}
FREE = Fraction(0)  # incidents cost nothing
# Frontier gets the hard work: dearer by its crude figure, cheaper on either kind of work.
CHEAP = {EASY: flat(900, 100 * CENT), HARD: flat(100, 500 * CENT)}
DEAR = {EASY: flat(100, 90 * CENT), HARD: flat(900, 400 * CENT)}


def compared(one, other, mix=MIX, severity=FREE):
    [found] = compare_all([one, other], mix, severity).values()
    return found


def test_simpsons_paradox_by_hand():
    # crude: (900 x 1 + 100 x 5) / 1000 = 1.40 and (90 + 3600) / 1000 = 3.69
    # on equal parts of easy and hard work: (1 + 5) / 2 = 3.00 and (0.90 + 4) / 2 = 2.45
    # errors: half of sqrt(0.01^2 / 900 + 0.05^2 / 99) and of sqrt(0.009^2 / 99 + 0.04^2 / 900): 0.0026, twice 0.0052
    found = compared(candidate("commodity", CHEAP), candidate("frontier", DEAR))
    assert [(side.crude, side.adjusted) for side in (found.one, found.other)] == [
        (140 * CENT, 300 * CENT),
        (369 * CENT, 245 * CENT),
    ]
    assert (found.verdict, found.difference, found.reversed) == ("dearer", 55 * CENT, True)
    assert (found.strata, found.strata_cheaper, found.covered) == (2, 0, 1)
    assert fair_sentence(found) == (
        "On the same mix of work commodity costs $0.5448 to $0.5552 more per success than frontier. By crude figures it"
        " looks cheaper ($1.40 against $3.69): the mix of work makes it so (Simpson's paradox). 100.0% of all work is"
        " compared."
    )


def test_R_is_a_ratio_of_sums_not_a_mean_of_ratios():
    # half of the hard tasks succeed: (1 + 5) / (1 + 0.5) = 4.00, where the mean of 1 and 10 were 5.50
    half = {EASY: flat(500, 100 * CENT), HARD: flat(500, 500 * CENT, 250)}
    assert compared(candidate("a", half), candidate("b", DEAR)).one.adjusted == 400 * CENT


@pytest.mark.parametrize(
    ("line", "reason"),
    [({"presumed": 501}, "presumed"), ({"judged": 799}, "coverage"), ({"priced_calls": 900}, "unpriced")],
)
def test_what_stands_in_the_way_of_a_crude_comparison_stands_in_the_way_of_a_fair_one(line, reason):
    found = compared(candidate("a", CHEAP, **line), candidate("b", DEAR))
    assert isinstance(found, Withheld)
    assert found.reason == reason


def test_too_little_work_in_common_is_not_compared():
    apart = {EASY: flat(9, 100 * CENT), HARD: flat(991, 400 * CENT)}
    found = compared(candidate("a", CHEAP), candidate("b", apart), mix={EASY: 1001, HARD: 999})
    assert fair_sentence(found) == (
        "Not compared: too little of the work is of a kind that both do (of their tasks a 10.0%, b 99.1%)."
        " Take more months together, or try both on the same work."
    )


def test_few_successes_in_common_are_not_compared():
    found = compared(candidate("a", {EASY: flat(99, CENT), HARD: flat(5, CENT)}), candidate("b", DEAR))
    assert isinstance(found, Withheld)
    assert (found.reason, found.found) == ("few", {"a": 99, "b": 100})


def test_a_verdict_that_rests_on_allocated_cost_is_uncertain():
    alike = {key: flat(500, 100 * CENT) for key in MIX}
    found = compared(candidate("a", alike, allocated=500 * DOLLAR), candidate("b", alike))
    assert (found.verdict, found.doubts, found.one.adjusted) == ("uncertain", ("allocated",), 150 * CENT)
    assert "seems to cost" in fair_sentence(found)
    assert "it rests on cost that is allocated" in fair_sentence(found)


def test_a_verdict_that_an_incident_could_overturn_is_uncertain():
    found = compared(candidate("a", CHEAP), candidate("b", DEAR), severity=Fraction(1000 * DOLLAR))
    assert (found.verdict, found.doubts) == ("uncertain", ("incidents",))


def test_where_no_incident_is_known_it_says_what_one_may_cost():
    found = compared(candidate("a", CHEAP), candidate("b", DEAR), severity=None)
    # from 2.46 to 2.99 or so is 0.53 a success; 1,000 of them, over 3.69
    assert round(found.bearable / DOLLAR) == round(float(found.one.ends[0] - found.other.ends[1]) / 3.688879 / 1e6)


def test_a_difference_within_intervals_that_overlap_is_uncertain():
    """Both intervals reach 1.96 errors, their difference only 1.96 x 1.41: between the two it is not said plainly."""

    def wide(cost):
        return Units(400, 400, 400 * cost, 400 * (cost * cost + (CENT * 20) ** 2), 400, 400 * cost, 400)

    found = compared(candidate("a", {EASY: wide(DOLLAR)}), candidate("b", {EASY: wide(DOLLAR + 3 * CENT + CENT // 3)}))
    assert (found.verdict, found.doubts) == ("uncertain", ("overlap",))


def test_equal_tiers_are_not_told_apart():
    found = compared(candidate("a", CHEAP), candidate("b", CHEAP))
    assert (found.verdict, found.reversed) == ("indistinct", False)
    assert fair_sentence(found).startswith("On the same mix of work a is not distinguishable from b: $3.00 to ")


def test_many_comparisons_share_the_level():
    three = [candidate(name, CHEAP) for name in "abc"]
    assert {round(found.level, 6) for found in compare_all(three, MIX, FREE).values()} == {0.016667}
    widths = [ends[1] - ends[0] for ends in (compare_all(three[:n], MIX, FREE)[("a", "b")].ends for n in (2, 3))]
    assert widths[0] < widths[1]


def test_a_complexity_set_after_the_outcome_is_unknown():
    assert stratum("claim", "high", set_before_outcome=True) == ("claim", "high")
    assert stratum("claim", "high", set_before_outcome=False) == stratum("claim", None, set_before_outcome=True)


# Of any two tiers

units = st.builds(
    lambda tasks, cost, share: flat(tasks, cost * CENT, max(tasks * share // 100, 1)),
    st.integers(200, 2000), st.integers(1, 1000), st.integers(60, 100),
)  # fmt: skip
strata = st.fixed_dictionaries({EASY: units, HARD: units})


def settled(one, other, mix=MIX):
    found = compared(candidate("a", one), candidate("b", other), mix=mix)
    assert isinstance(found, Fair)
    return found


@settings(max_examples=25)
@given(strata, strata)
def test_names_and_order_of_strata_say_nothing(one, other):
    relabelled = [{("letter", key): each for key, each in reversed(side.items())} for side in (one, other)]
    again = settled(*relabelled, mix={("letter", key): count for key, count in MIX.items()})
    before = settled(one, other)
    assert (again.difference, again.verdict, again.doubts) == (before.difference, before.verdict, before.doubts)
    assert again.ends == pytest.approx(before.ends, abs=10)


@settings(max_examples=25)
@given(strata, strata)
def test_swapping_sides_mirrors_the_verdict(one, other):
    before, after = settled(one, other), settled(other, one)
    mirrored = {"cheaper": "dearer", "dearer": "cheaper"}
    assert after.verdict == mirrored.get(before.verdict, before.verdict)
    assert (after.difference, after.doubts, after.reversed) == (-before.difference, before.doubts, before.reversed)


@settings(max_examples=25)
@given(strata, strata, st.integers(2, 1000))
def test_another_currency_changes_no_verdict(one, other, rate):
    def dearer(side):
        return {
            key: replace(each, sum_x=each.sum_x * rate, sum_xx=each.sum_xx * rate**2, sum_xy=each.sum_xy * rate)
            for key, each in side.items()
        }

    before, after = settled(one, other), settled(dearer(one), dearer(other))
    assert (after.verdict, after.doubts, after.reversed) == (before.verdict, before.doubts, before.reversed)
    assert after.difference == pytest.approx(before.difference * rate, abs=rate)


@settings(max_examples=25)
@given(strata, strata)
def test_splitting_a_stratum_by_what_makes_no_difference_changes_no_cost(one, other):
    """Each stratum in two of the same tasks: the same costs, and within a hundredth the same interval."""
    halves = [{(key, half): each for key, each in side.items() for half in "ab"} for side in (one, other)]
    whole = [{key: each + each for key, each in side.items()} for side in (one, other)]
    before = settled(*whole)
    after = settled(*halves, mix={(key, half): 500 for key in MIX for half in "ab"})
    assert after.difference == before.difference
    assert after.ends == pytest.approx(before.ends, rel=0.02, abs=CENT / 100)


# Against a reference, and by simulation


def test_of_one_stratum_where_all_succeed_it_is_welchs_interval():
    rng = np.random.default_rng(20261123)
    costs = [np.rint(1e9 * rng.lognormal(0, 0.5, n)) for n in (150, 400)]
    sides = [{EASY: units_of((int(x), 1) for x in each)} for each in costs]
    expected = stats.ttest_ind(*costs, equal_var=False).confidence_interval()
    assert settled(*sides).ends == pytest.approx((expected.low, expected.high), rel=1e-6)


def test_pure_noise_raises_at_most_73_false_alarms_in_a_thousand():
    """Three equal tiers, three comparisons: 50 expected, 73 where 99.9 % of such tests stay. Any word but
    `indistinct`, an uncertain one too, in any comparison is an alarm."""
    rng = np.random.default_rng(20261123)
    sizes = {"commodity": (350, 80), "mid": (200, 150), "frontier": (150, 350)}
    runs = {
        name: [
            noisy(rng, 1000, count, share, cost) for count, share, cost in zip(counts, (0.9, 0.7), (1, 3), strict=True)
        ]
        for name, counts in sizes.items()
    }
    alarms = 0
    for run in range(1000):
        tiers = [candidate(name, {EASY: each[0][run], HARD: each[1][run]}) for name, each in runs.items()]
        found = compare_all(tiers, MIX, FREE).values()
        assert all(isinstance(each, Fair) for each in found)
        alarms += any(each.verdict != "indistinct" for each in found)
    assert 20 <= alarms <= 73


def test_the_interval_of_the_difference_covers_the_truth_about_95_percent_of_the_time():
    rng = np.random.default_rng(20261124)
    easy = noisy(rng, 600, 400, 0.9, 1), noisy(rng, 600, 150, 0.95, 1.5)
    hard = noisy(rng, 600, 120, 0.6, 3), noisy(rng, 600, 400, 0.8, 4)
    rework = 0.2 * np.exp(0.32)

    def cost(share, dear):
        return dear * (0.5 + (1 - share) + rework)

    truth = 1e6 * ((cost(0.9, 1) + cost(0.6, 3)) / 1.5 - (cost(0.95, 1.5) + cost(0.8, 4)) / 1.75)
    covered = 0
    for run in range(600):
        one, other = ({EASY: easy[side][run], HARD: hard[side][run]} for side in (0, 1))
        low, high = settled(one, other).ends
        covered += low <= truth <= high
    assert 0.93 <= covered / 600 <= 0.97
