"""Saved policies in words: what was expected, what came, and whether that is the same."""

from __future__ import annotations

from typing import Any

from audits.actions.deciding.scenarios import Held, Scenarios
from audits.domain.decisions.scenarios import Actual
from audits.exports.deciding.amounts import short_money, short_range
from audits.exports.deciding.routing import policy_name
from audits.models import Scenario
from audits.queries.reports import UNATTRIBUTED
from spend.domain.money import to_text
from spend.templatetags.figures import plain_percent

VERDICTS = {
    "few": "too few tasks to say",
    "not_followed": "not routed so",
    "as_expected": "as expected",
    "cheaper": "cheaper than expected",
    "dearer": "dearer than expected",
}


def sentences(found: Scenarios) -> list[str]:
    """Say of each scenario, the newest first, what came of it."""
    return [f"{each.scenario.name}: {sentence(each)}" for each in found.found] or ["No scenario is saved."]


def about(scenario: Scenario) -> str:
    """Say of which work it is, and what was planned for it."""
    whose = scenario.team.name if scenario.team else "all teams"
    kind = scenario.task_type.name if scenario.task_type else UNATTRIBUTED
    return f"{policy_name(scenario.policy)} for {kind} of {whose}"


def sentence(each: Held) -> str:
    plan = each.plan
    expected = f"{about(each.scenario)} was expected to cost {short_money(plan.cost)} a task"
    begin = f"{expected} ({short_range(*plan.cost_ends)}), solving {plain_percent(plan.success)}"
    return f"{begin}; {_came(each.actual)}"


def _came(actual: Actual | None) -> str:
    if actual is None:
        return "there is no such work in these months."
    share = plain_percent(actual.followed)
    if actual.verdict == "few":
        return f"of only {actual.tasks:,} tasks in these months nothing is said."
    if actual.verdict == "not_followed":
        return f"only {share} of the tasks were routed so."
    much = f"{short_money(actual.cost)} ({short_range(*actual.cost_ends)}), solving {plain_percent(actual.success)}"
    return f"it cost {much}: {VERDICTS[actual.verdict]}. {share} of the tasks were routed so."


def told(found: Scenarios) -> dict[str, Any]:
    """Return the answer as the API gives it: money as decimal text, shares as numbers."""
    return {"scenarios": [told_one(each) for each in found.found]}


def told_one(each: Held) -> dict[str, Any]:
    plan, actual = each.plan, each.actual
    return {
        **told_scenario(each.scenario),
        "sentence": sentence(each),
        "failure_usd": to_text(plan.failure),
        "review_usd": to_text(plan.review),
        "expected": {
            "success": plan.success,
            "success_low": plan.success_ends[0],
            "success_high": plan.success_ends[1],
            "cost_per_task_usd": to_text(plan.cost),
            "cost_per_task_low_usd": to_text(plan.cost_ends[0]),
            "cost_per_task_high_usd": to_text(plan.cost_ends[1]),
        },
        "actual": actual and {
            "tasks": actual.tasks,
            "success": actual.success,
            "cost_per_task_usd": to_text(actual.cost),
            "cost_per_task_low_usd": to_text(actual.cost_ends[0]),
            "cost_per_task_high_usd": to_text(actual.cost_ends[1]),
            "followed": actual.followed,
            "verdict": actual.verdict,
        },
    }  # fmt: skip


def told_scenario(scenario: Scenario) -> dict[str, Any]:
    """Return what is kept of a scenario, but for its figures."""
    return {
        "id": scenario.pk,
        "name": scenario.name,
        "note": scenario.note,
        "owner": scenario.owner.get_username() if scenario.owner else None,
        "team": scenario.team.name if scenario.team else None,
        "task_type": scenario.task_type.name if scenario.task_type else None,
        "policy": list(scenario.policy),
        "from": f"{scenario.first_month:%Y-%m}",
        "to": f"{scenario.last_month:%Y-%m}",
        "made_at": scenario.made_at.isoformat(),
    }
