"""What was expected of saved policies, held against what came (docs/method.md, 22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from audits.actions.catch_up import catch_up
from audits.domain.decisions.routing import Outlook
from audits.domain.decisions.scenarios import Actual, Plan, held_against, is_followed
from audits.domain.decisions.units import Units
from audits.models import Scenario
from audits.queries import strata
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked, refuse_who
from audits.queries.reports import one_moment
from audits.queries.scenarios import of_work, routes, scenarios_in
from audits.queries.sums import Query
from spend.queries.zone import reporting_day

OWN: Sequence[str] = ()


@dataclass(frozen=True)
class Held:
    """A scenario, and what came; `actual` None: no task of it in these months."""

    scenario: Scenario
    plan: Plan
    actual: Actual | None


@dataclass(frozen=True)
class Scenarios:
    asked: Asked
    as_of: datetime
    found: list[Held]


def answer(asked: Asked, *, at: datetime) -> Scenarios:
    """Answer as of `at`. Raises BadQuery for models: scenarios are of tiers."""
    if asked.query.by != ("tier",):
        raise BadQuery({"by": ["must be tier here"]})
    refuse_who(asked)
    catch_up(at=at, today=reporting_day(at))
    with one_moment():
        found = [_held(each, asked.query) for each in of_work(scenarios_in(asked.query.teams), asked.query)]
    return Scenarios(asked, at, found)


def kept(plan: Plan) -> tuple[dict[str, object], dict[str, object]]:
    """Return the terms and the expectation of a plan as a scenario keeps them."""
    terms = {"failure": plan.failure, "review": plan.review, "silent": dict(plan.silent)}
    expected = {
        "success": plan.success,
        "success_ends": list(plan.success_ends),
        "cost": plan.cost,
        "cost_ends": list(plan.cost_ends),
    }
    return terms, expected


def plan_of(found: Outlook, *, failure: int, review: int, silent: dict[str, float]) -> Plan:
    return Plan(found.policy, failure, review, silent, found.success, found.success_ends, found.cost, found.cost_ends)


def read(scenario: Scenario) -> Plan:
    """Return the plan that a scenario keeps."""
    terms, expected = scenario.terms, scenario.expected
    low, high = expected["success_ends"]
    least, most = expected["cost_ends"]
    return Plan(
        tuple(scenario.policy),
        terms["failure"],
        terms["review"],
        terms["silent"],
        expected["success"],
        (low, high),
        expected["cost"],
        (least, most),
    )


def _held(scenario: Scenario, query: Query) -> Held:
    plan, work = read(scenario), _work(scenario, query)
    tries: list[tuple[str, Units]] = []
    tasks = 0
    for tier, found in strata.attempt_units(work).items():
        for attempts in found.values():
            tries.append((tier or "unattributed", attempts.all))
            tasks += attempts.first.tasks
    went = routes(work)
    whole = sum(count for _, count in went)
    followed = sum(count for route, count in went if is_followed(route, plan.policy)) / whole if whole else 0.0
    return Held(scenario, plan, held_against(plan, tries, tasks=tasks, followed=followed))


def _work(scenario: Scenario, query: Query) -> Query:
    """Return the months of a query of the work that a scenario is of."""
    filters: dict[str, tuple[int | None, ...]] = {"task_type": (scenario.task_type_id,)}
    if scenario.team_id is not None:
        filters["team"] = (scenario.team_id,)
    return replace(query, filters=filters)
