"""Whose cost it is: one row for each kind of target."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.attribution import (
    correction_entries,
    fixed_cost_entries,
    incident_entries,
    incident_shares,
    settle,
    tier_on,
)
from audits.domain.sources import NOTHING, Amounts, Correction, FixedCost, Incident, Link, Scope
from tests.audits.domain.build import (
    CLAIMS,
    COMMODITY,
    DOLLAR,
    FRONTIER,
    LARGE,
    MID,
    SMALL,
    key,
    make_call,
    make_lookups,
    make_work,
)

OCTOBER, NOVEMBER = date(2026, 10, 5), date(2026, 11, 9)
CHEAP = make_call("cheap", "2026-10-05T09:00", SMALL, cost=1_000, task_type=5, status="error")
DEAR = make_call("dear", "2026-10-05T10:00", LARGE, cost=3_000)
WORK = make_work(CHEAP, DEAR)
HOUR = 60 * DOLLAR


def correction(link=None, scope=NOTHING, minutes="60", activity="fix"):
    return Correction(NOVEMBER, activity, Decimal(minutes), Decimal(60), scope, link)


def placed(entries):
    """Say of each entry what tells it apart."""
    return [(entry.rule, entry.tier, entry.llm, entry.amount) for entry in entries]


@pytest.mark.parametrize(
    ("link", "policy", "expected"),
    [
        (Link("cheap", WORK, CHEAP.id), "deciding", [("explicit", COMMODITY, SMALL, HOUR)]),
        (Link("cheap", WORK, CHEAP.id), "pro_rata", [("explicit", COMMODITY, SMALL, HOUR)]),
        (Link("T-1", WORK), "deciding", [("deciding", FRONTIER, LARGE, HOUR)]),
        (
            Link("T-1", WORK),
            "pro_rata",
            [("pro_rata", COMMODITY, SMALL, HOUR // 4), ("pro_rata", FRONTIER, LARGE, HOUR * 3 // 4)],
        ),
        (Link("T-1", make_work(make_call(cost=None))), "pro_rata", [("deciding", COMMODITY, SMALL, HOUR)]),
        (Link("T-1", make_work(make_call(cost=0))), "pro_rata", [("deciding", COMMODITY, SMALL, HOUR)]),
        (Link("T-1", make_work(make_call(purpose="judge"))), "deciding", [("deciding", None, None, HOUR)]),
        (Link("T-1", None), "deciding", [("unattributed", None, None, HOUR)]),
        (Link("cheap", None, CHEAP.id), "deciding", [("unattributed", None, None, HOUR)]),
        (Link("staged", WORK, key("staged")), "deciding", [("unattributed", None, None, HOUR)]),  # not counted (R18)
    ],
)
def test_what_names_a_task_or_call(link, policy, expected):
    assert placed(correction_entries(correction(link), make_lookups(), policy)) == expected


@pytest.mark.parametrize(
    ("scope", "counts", "expected"),
    [
        (Scope(CLAIMS, llm=SMALL), {}, [("explicit", COMMODITY, SMALL, HOUR)]),
        (Scope(CLAIMS, llm=99), {}, [("explicit", None, 99, HOUR)]),
        (Scope(CLAIMS, tier=MID), {}, [("scope", MID, None, HOUR)]),
        (
            Scope(CLAIMS),
            {FRONTIER: 1, COMMODITY: 3},
            [("scope", COMMODITY, None, HOUR * 3 // 4), ("scope", FRONTIER, None, HOUR // 4)],
        ),
        (Scope(CLAIMS), {None: 1, MID: 1}, [("scope", MID, None, HOUR // 2), ("scope", None, None, HOUR // 2)]),
        (Scope(CLAIMS), {}, [("unattributed", None, None, HOUR)]),
        (Scope(CLAIMS), {MID: 0}, [("unattributed", None, None, HOUR)]),
        (Scope(), {MID: 1}, [("unattributed", None, None, HOUR)]),
    ],
)
def test_R7_a_period_entry(scope, counts, expected):
    entries = correction_entries(correction(scope=scope), make_lookups(counts))
    assert placed(entries) == expected
    assert {(entry.team, entry.service_date, entry.traced) for entry in entries} == {(scope.team, NOVEMBER, False)}


def test_R7_a_model_has_the_tier_in_force_on_the_day():
    history = [(date(2026, 1, 1), MID), (date(2026, 11, 9), COMMODITY)]
    lookups = make_lookups(tier_of=lambda llm, day: tier_on(history, day))
    [entry] = correction_entries(correction(scope=Scope(llm=SMALL)), lookups)
    assert entry.tier == COMMODITY
    assert [tier_on(history, day) for day in (date(2025, 12, 31), date(2026, 11, 8))] == [None, MID]


def test_R1_what_names_a_task_takes_its_day_its_team_and_its_task_type():
    [entry] = correction_entries(correction(Link("T-1", WORK), Scope(team=99)), make_lookups())
    assert (entry.service_date, entry.team, entry.task_type, entry.task, entry.call) == (
        OCTOBER, CLAIMS, 5, WORK.task, None,
    )  # fmt: skip
    assert entry.traced


def test_what_is_not_linked_yet_keeps_its_own_date_and_team():
    [entry] = correction_entries(correction(Link("T-1", None), Scope(team=99)), make_lookups())
    assert (entry.service_date, entry.team, entry.task, entry.traced) == (NOVEMBER, 99, None, False)


@pytest.mark.parametrize(
    ("activity", "category"),
    [
        ("review", "appraisal"),
        ("fix", "internal_failure"),
        ("redo", "internal_failure"),
        ("repair", "internal_failure"),
        ("apology", "external_failure"),
        ("support", "external_failure"),
        ("prompting", "prevention"),
        ("upkeep", "prevention"),
    ],
)
def test_the_activity_decides_the_category(activity, category):
    [entry] = correction_entries(correction(Link("T-1", WORK), activity=activity), make_lookups())
    assert (entry.category, entry.nature) == (category, "labour")


def test_a_verdict_without_minutes_makes_no_entry():
    assert correction_entries(correction(Link("T-1", WORK), minutes="0", activity=""), make_lookups()) == []


def incident(*links, loss=100, minutes="0", status="confirmed", scope=NOTHING):
    return Incident(NOVEMBER, status, loss, 0, Decimal(minutes), Decimal(60), scope, links)


def test_R5_only_a_confirmed_incident_has_entries():
    for status in ("open", "dismissed", ""):
        assert incident_entries(incident(status=status), make_lookups()) == []


def test_R5_loss_is_cash_and_response_labour():
    entries = incident_entries(incident(Link("T-1", WORK), minutes="30"), make_lookups())
    assert [(entry.category, entry.nature, entry.amount) for entry in entries] == [
        ("external_failure", "cash", 100),
        ("external_failure", "labour", 30 * DOLLAR),
    ]


def test_R5_a_link_of_weight_0_costs_nothing():
    links = Link("T-1", WORK, weight=Decimal(0)), Link("T-2", make_work(name="T-2"), weight=Decimal("0.5"))
    [entry] = incident_entries(incident(*links), make_lookups())
    assert (entry.task, entry.amount) == (key("T-2"), 100)


def test_R5_weights_that_are_all_0_are_an_error():
    with pytest.raises(ValueError, match="weights"):
        incident_shares(100, 0, [("T-1", Decimal(0))])


def test_R6_ties_go_to_the_name_that_sorts_first_whatever_the_order():
    one, two, ten = ("T-1", Decimal(1)), ("T-2", Decimal(1)), ("T-10", Decimal(1))
    assert incident_shares(5, 4, [two, ten, one]) == [Amounts(1, 1), Amounts(2, 1), Amounts(2, 2)]


def test_R12_shares_stay_as_they_are_when_a_task_arrives_later():
    before = incident_entries(incident(Link("T-1", None), Link("T-2", WORK)), make_lookups())
    after = incident_entries(incident(Link("T-1", make_work()), Link("T-2", WORK)), make_lookups())
    assert [(entry.rule, entry.amount) for entry in before] == [("unattributed", 50), ("deciding", 50)]
    assert [(entry.rule, entry.amount) for entry in after] == [("deciding", 50), ("deciding", 50)]


def test_an_incident_without_links_is_placed_by_its_scope():
    [entry] = incident_entries(incident(scope=Scope(tier=MID)), make_lookups())
    assert (entry.rule, entry.tier, entry.service_date) == ("scope", MID, NOVEMBER)


def fixed(scope, amount=60, kind="compute", ends_on=date(2026, 11, 30)):
    return FixedCost(kind, amount, date(2026, 10, 1), ends_on, scope=scope)


@pytest.mark.parametrize(
    ("scope", "rule", "tier", "llm"),
    [
        (Scope(CLAIMS, llm=SMALL), "explicit", COMMODITY, SMALL),
        (Scope(CLAIMS, tier=MID), "scope", MID, None),
        (Scope(), "unattributed", None, None),
    ],
)
def test_R8_a_fixed_cost_has_one_target_a_day(scope, rule, tier, llm):
    entries = fixed_cost_entries(fixed(scope), date(2026, 10, 3), make_lookups())
    assert placed(entries) == [(rule, tier, llm, 1)] * 3
    assert [entry.service_date.day for entry in entries] == [1, 2, 3]
    assert {(entry.category, entry.nature, entry.traced) for entry in entries} == {("fixed_compute", "cash", False)}


def test_R8_a_model_has_the_tier_of_each_day():
    history = [(date(2026, 1, 1), MID), (date(2026, 10, 2), COMMODITY)]
    lookups = make_lookups(tier_of=lambda llm, day: tier_on(history, day))
    entries = fixed_cost_entries(fixed(Scope(llm=SMALL)), date(2026, 10, 2), lookups)
    assert [entry.tier for entry in entries] == [MID, COMMODITY]


def test_R8_a_teams_month_is_split_over_its_tiers_on_its_last_counted_day():
    entries = fixed_cost_entries(
        fixed(Scope(CLAIMS), kind="prevention"), date(2026, 11, 10), make_lookups({COMMODITY: 2, FRONTIER: 1})
    )
    assert [(entry.service_date, entry.rule, entry.tier, entry.amount) for entry in entries] == [
        (date(2026, 10, 31), "scope", COMMODITY, 21),  # of 31 days at 1
        (date(2026, 10, 31), "scope", FRONTIER, 10),
        (date(2026, 11, 10), "scope", COMMODITY, 7),  # of 10
        (date(2026, 11, 10), "scope", FRONTIER, 3),
    ]
    assert {entry.category for entry in entries} == {"prevention"}


def test_R8_a_month_in_which_the_team_had_no_task_is_unattributed():
    entries = fixed_cost_entries(fixed(Scope(CLAIMS)), date(2026, 10, 31), make_lookups({}))
    assert [(entry.rule, entry.team, entry.amount) for entry in entries] == [("unattributed", CLAIMS, 31)]


def test_R14_what_holds_already_is_left_alone():
    first, second = correction_entries(correction(scope=Scope(CLAIMS)), make_lookups({COMMODITY: 1, FRONTIER: 1}))
    [moved] = correction_entries(correction(scope=Scope(CLAIMS)), make_lookups({COMMODITY: 1}))
    assert settle([(1, first), (2, second)], [second, first]) == ([], [])
    assert settle([(1, first), (2, second)], [second, moved]) == ([1], [moved])
    assert settle([(1, first)], []) == ([1], [])
    assert settle([], [first, first]) == ([], [first, first])
    assert settle([(1, first), (2, first)], [first]) == ([2], [])  # a multiset, not a set


works = st.sampled_from([None, WORK, make_work(name="T-2")])
link_lists = st.lists(
    st.builds(
        Link,
        name=st.text("abc", min_size=1, max_size=3),
        work=works,
        call=st.sampled_from([None, CHEAP.id]),
        weight=st.decimals("0.001", 100, places=3),
    ),
    max_size=5,
    unique_by=lambda link: link.name,
)
scopes = st.builds(Scope, st.sampled_from([None, CLAIMS]), st.sampled_from([None, MID]), st.sampled_from([None, SMALL]))
tier_counts = st.dictionaries(st.sampled_from([None, COMMODITY, FRONTIER, MID]), st.integers(0, 10**6))
policies = st.sampled_from(["deciding", "pro_rata"])


@given(link_lists, scopes, tier_counts, policies, st.integers(0, 10**15), st.decimals(0, 10**4, places=4))
def test_the_entries_of_an_incident_sum_to_it_in_cash_and_in_labour(links, scope, counts, policy, loss, minutes):
    harm = incident(*links, loss=loss, minutes=str(minutes), scope=scope)
    entries = incident_entries(harm, make_lookups(counts), policy)
    cash = sum(entry.amount for entry in entries if entry.nature == "cash")
    labour = sum(entry.amount for entry in entries if entry.nature == "labour")
    assert (cash, labour) == (loss, minutes * DOLLAR)
    assert all(entry.amount > 0 and entry.traced == (entry.task is not None) for entry in entries)
    assert sorted(map(repr, incident_entries(incident(*links[::-1], loss=loss, minutes=str(minutes), scope=scope),
                                             make_lookups(counts), policy))) == sorted(map(repr, entries))  # fmt: skip


@given(scopes, tier_counts, st.integers(0, 10**15), st.integers(1, 60))
def test_the_entries_of_a_fixed_cost_sum_to_it(scope, counts, amount, days):
    cost = fixed(scope, amount, ends_on=date.fromordinal(date(2026, 10, 1).toordinal() + days))
    assert sum(entry.amount for entry in fixed_cost_entries(cost, date(2027, 1, 1), make_lookups(counts))) == amount
