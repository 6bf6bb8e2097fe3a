"""What incidents cost: a sentence for all work and for each part of it, and the plain values of the answer."""

from __future__ import annotations

from typing import Any

from audits.actions.deciding.incidents import Faced, Incidents
from audits.domain.decisions.incidents import Expected
from audits.exports.deciding.amounts import short_money, short_range
from audits.queries.reports import UNATTRIBUTED
from spend.domain.money import to_text
from spend.templatetags.figures import plain_money

NOTHING = "In these months there were no tasks."


def sentences(found: Incidents) -> list[str]:
    """Say what incidents cost, how far one carries, and the same of each part."""
    if not found.whole.line.tasks:
        return [NOTHING]
    parts = [f"{part.name or UNATTRIBUTED}: {sentence(part)}" for part in found.parts if part.expected or part.costs]
    return [sentence(found.whole), *parts]


def sentence(faced: Faced) -> str:
    if faced.expected is None:
        return f"Incidents cost {short_money(sum(faced.costs))}, and there is no task of these months."
    return f"{_expected(faced, faced.expected)}{_one(faced)}{_bearable(faced)}"


def _expected(faced: Faced, found: Expected) -> str:
    tasks = f"{faced.line.tasks:,} {'task' if faced.line.tasks == 1 else 'tasks'}"
    if found.loss is None or found.loss_ends is None:
        return (
            f"No incident is known, and nobody knows what one costs: {tasks} without any still allow"
            f" {found.frequency_ends[1]:,.2f} per 10,000 tasks (95 %)."
        )
    if not found.count:
        return (
            f"No incident is known of {tasks}. That still allows a loss of up to {short_money(found.loss_ends[1])} per"
            " 10,000 tasks (95 %), if one costs what others within twelve months did."
        )
    seen = f"{found.count:,} {'incident' if found.count == 1 else 'incidents'} in {tasks}"
    return (
        f"Incidents cost {short_money(found.loss)} per 10,000 tasks, from {short_range(*found.loss_ends)} (95 %):"
        f" {seen}."
    )


def _one(faced: Faced) -> str:
    if faced.one is None:
        return ""
    seen, without, more = (plain_money(each, 4) for each in (faced.one.seen, faced.one.without, faced.one.one_more))
    return (
        f" A success costs {seen}; without the costliest incident it would be {without}, with one more like it {more}."
    )


def _bearable(faced: Faced) -> str:
    if faced.bearable is None:
        return ""
    return (
        f" A task costs less than one of {faced.bearable.against} as long as one incident costs no more than"
        f" {short_money(faced.bearable.amount)}."
    )


def told(found: Incidents) -> dict[str, Any]:
    """Return the answer as the API gives it: money as decimal text."""
    return {"in_all": _told(found.whole), "parts": [{"name": part.name, **_told(part)} for part in found.parts]}


def _told(faced: Faced) -> dict[str, Any]:
    expected, one = faced.expected, faced.one
    ends = expected.loss_ends if expected else None
    return {
        "sentence": sentence(faced),
        "tasks": faced.line.tasks,
        "incidents": len(faced.costs),
        "incident_cost_usd": to_text(sum(faced.costs)),
        "costliest_usd": to_text(faced.costs[0]) if faced.costs else None,
        "per_10k_tasks": expected.frequency if expected else None,
        "per_10k_tasks_low": expected.frequency_ends[0] if expected else None,
        "per_10k_tasks_high": expected.frequency_ends[1] if expected else None,
        "loss_per_10k_tasks_usd": _dollars(expected.loss if expected else None),
        "loss_low_usd": _dollars(ends[0] if ends else None),
        "loss_high_usd": _dollars(ends[1] if ends else None),
        "true_cost_per_success_usd": _dollars(faced.line.true_cost_per_success),
        "without_costliest_usd": _dollars(one.without if one else None),
        "one_more_usd": _dollars(one.one_more if one else None),
        "bearable_usd": _dollars(faced.bearable.amount if faced.bearable else None),
        "bearable_against": faced.bearable.against if faced.bearable else None,
    }


def _dollars(nanos: int | None) -> str | None:
    return None if nanos is None else to_text(nanos)
