"""Strata from facts: of whom and of what work they are, and that they follow every change of these."""

from __future__ import annotations

import importlib
from datetime import date
from typing import Any

import pytest
from django.db import connection

from accounts.models import Team
from audits.actions.catch_up import catch_up
from audits.actions.rebuild import rebuild
from audits.actions.reports import answer
from audits.models import DailyStrata, MonthlyStrata
from audits.queries import strata
from audits.queries.claims import claims as claimed
from audits.queries.sums import Query
from spend.domain.periods import Month, Period
from tests.build import have_reference, record
from tests.cast import NOON
from tests.simulated import LOADED_AT

OCTOBER = Period(Month(2026, 10), Month(2026, 10))
DOLLAR = 1_000_000_000
REFERENCE = """
teams:        [{{name: Claims}}, {{name: Support}}]
labour_rates: [{{role: adjuster, hourly: 60, from: 2026-01-01}}]
tiers:        [{{name: commodity, from_blended: 0}}, {{name: frontier, from_blended: 4}}]
models:       [{{provider: own, name: small, tier: commodity}}, {{provider: own, name: large, tier: frontier}}]
task_types:   [{{name: claim, role: adjuster, complexity_at_intake: {at_intake}}}]
"""


def call(task: str, model: str = "small", hour: int = 9, team: str = "Claims", **said: Any) -> dict[str, Any]:
    return {
        "id": f"{task}-{model}-{hour}", "occurred_at": f"2026-10-05T{hour:02}:00:00Z", "provider": "own",
        "model": model, "task": task, "task_type": "claim", "team": team, "cost_usd": "1.00", "latency_ms": 100, **said,
    }  # fmt: skip


def done(task: str, outcome: str = "success", **said: Any) -> dict[str, Any]:
    return {"task": task, "outcome": outcome, "team": "Claims", **said}


def told(*calls: Any, outcomes: Any = (), corrections: Any = (), incidents: Any = (), at_intake: bool = True) -> None:
    """Record these facts, and have the rows derived."""
    have_reference(REFERENCE.format(at_intake=str(at_intake).lower()), at=NOON)
    record("call", *calls, at=NOON)
    for kind, records in (("outcome", outcomes), ("correction", corrections), ("incident", incidents)):
        if records:
            assert not record(kind, *records, at=NOON).rejected
    catch_up(at=NOON, today=NOON.date())


def asked(**words: Any) -> Query:
    return Query(OCTOBER, **words)


@pytest.mark.django_db
class TestComplexity:
    def test_as_reported_with_the_outcome_counts_where_it_is_set_at_intake(self):
        told(call("a"), outcomes=[done("a", complexity="high")])
        assert strata.mix(asked()) == {("claim", "high"): 1}

    def test_else_it_might_be_what_the_outcome_made_of_it_and_is_not_known(self):
        told(call("a"), outcomes=[done("a", complexity="high")], at_intake=False)
        assert strata.mix(asked()) == {("claim", "unknown"): 1}

    def test_as_the_first_call_that_states_one_says_counts_always(self):
        stated = call("a", hour=10, metadata={"complexity": "low"})
        told(call("a"), stated, outcomes=[done("a", complexity="high")], at_intake=False)
        assert strata.mix(asked()) == {("claim", "low"): 1}

    def test_once_the_task_type_says_so_tasks_of_before_are_sorted_too(self):
        told(call("a"), outcomes=[done("a", complexity="high")], at_intake=False)
        have_reference(REFERENCE.format(at_intake="true"), at=NOON)
        catch_up(at=NOON, today=NOON.date())
        assert strata.mix(asked()) == {("claim", "high"): 1}
        assert rebuild(at=NOON, today=NOON.date()) == []


@pytest.mark.django_db
class TestWho:
    def test_a_task_given_up_is_told_from_one_that_came_first(self):
        escalated = call("a"), call("a", "large", hour=10)
        told(*escalated, call("b", "large"), outcomes=[done("a"), done("b", "failure")])
        found = strata.attempt_units(asked())
        small, large = found["commodity"]["claim", "unknown"], found["frontier"]["claim", "unknown"]
        assert (small.first.tasks, small.first.sum_y, small.after) == (1, 0, {})
        assert (large.first.tasks, large.first.sum_y) == (1, 0)
        assert (large.after["commodity"].tasks, large.after["commodity"].sum_y) == (1, 1)
        assert (large.all.tasks, large.latency_ms) == (2, 100.0)

    def test_a_try_costs_its_review_and_the_task_its_rework_too(self):
        work = {"task": "a", "worked_on": "2026-10-06", "role": "adjuster", "team": "Claims"}
        review, fix = {**work, "id": "r", "minutes": 6, "activity": "review"}, {
            **work, "id": "f", "minutes": 30, "activity": "fix", "verdict": "amended",
        }  # fmt: skip
        told(call("a"), outcomes=[done("a")], corrections=[review, fix])
        (whole,) = strata.cost_units(asked())["commodity"].values()
        (tries,) = strata.attempt_units(asked())["commodity"].values()
        assert (whole.sum_x, whole.sum_y) == (37 * DOLLAR, 1)
        assert (tries.first.sum_x, tries.first.sum_y) == (7 * DOLLAR, 0)
        (month,) = strata.month_costs(asked())
        assert (month.tasks, month.tokens, month.failures) == (1, 1 * DOLLAR, 30 * DOLLAR)

    def test_by_model_each_has_its_own(self):
        told(call("a"), call("a", "large", hour=10), outcomes=[done("a")])
        assert set(strata.cost_units(asked(by=("model",)))) == {"own/small", "own/large"}


@pytest.mark.django_db
class TestIncidents:
    def incident(self, name: str, *tasks: str, **said: Any) -> dict[str, Any]:
        return {
            "id": name, "title": name, "severity": "low", "occurred_on": "2026-10-06", "loss_usd": "5",
            "team": "Claims", "tasks": [{"task": task} for task in tasks], **said,
        }  # fmt: skip

    def test_tasks_that_incidents_join_are_one_unit_even_by_a_third(self):
        names = ("a", "b", "c", "d", "e")
        chain = self.incident("i-1", "a", "b"), self.incident("i-2", "b", "c")
        told(*map(call, names), outcomes=[*map(done, names)], incidents=chain)
        (units,) = strata.cost_units(asked())["commodity"].values()
        assert (units.n, units.tasks, units.sum_x, units.sum_y) == (3, 5, 5 * DOLLAR, 2)
        assert units.sum_xx == (9 + 1 + 1) * DOLLAR**2

    def test_taken_back_they_join_nothing(self):
        told(call("a"), call("b"), outcomes=[done("a"), done("b")], incidents=[self.incident("i-1", "a", "b")])
        record("incident", self.incident("i-1", "a", "b", status="dismissed", version=2), at=NOON)
        catch_up(at=NOON, today=NOON.date())
        (units,) = strata.cost_units(asked())["commodity"].values()
        assert (units.n, units.sum_y) == (2, 2)
        assert rebuild(at=NOON, today=NOON.date()) == []


@pytest.mark.django_db
def test_a_reader_of_one_team_sees_the_work_of_that_team():
    told(call("a"), call("b", team="Support"), outcomes=[done("a")])
    mine = frozenset({Team.objects.get(name="Claims").pk})
    assert strata.mix(asked()) == {("claim", "unknown"): 2}
    assert strata.mix(asked(teams=mine)) == {("claim", "unknown"): 1}
    assert strata.mix(asked(filters={"team": tuple(mine)})) == {("claim", "unknown"): 1}


@pytest.mark.usefixtures("year")
class TestOfAYear:
    def test_they_are_those_of_the_report(self):
        report = {row.names["tier"]: row.line for row in answer(asked(), at=LOADED_AT).rows}
        costs, tried = strata.cost_units(asked()), strata.tries(asked())
        assert {name: sum(units.sum_y for units in found.values()) for name, found in costs.items()} == {
            name: line.successes for name, line in report.items() if name in costs
        }
        assert {(claim.tier, claim.attempts, claim.missed) for claim in claimed(asked())} == {
            (name, sum(each.attempts for each in found.values()), sum(each.missed for each in found.values()))
            for name, found in tried.items()
        }
        assert sum(strata.mix(asked()).values()) == sum(month.tasks for month in strata.month_costs(asked()))
        assert {complexity for found in tried.values() for complexity in found} >= {"low", "medium", "high"}

    def test_an_installation_that_was_there_before_gets_them(self):
        before = strata.cost_units(asked())
        DailyStrata.objects.all().delete()
        MonthlyStrata.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(importlib.import_module("audits.migrations.0027_derive_strata").MARK)
        catch_up(at=LOADED_AT, today=LOADED_AT.date())
        assert strata.cost_units(asked()) == before

    def test_each_question_is_one_statement_and_names(self, django_assert_max_num_queries: Any):
        year = Query(Period(Month.of(date(2025, 11, 1)), Month(2026, 10)))
        with django_assert_max_num_queries(4):
            strata.cost_units(year)
