"""Routing what-if in words: which policy is advised for a task type, how sure that is, and the plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audits.actions.deciding.routing import Doubt, Routed, Routing, Today
from audits.domain.decisions.routing import Outlook, Policy
from audits.exports.comparing import holds_while, reason_of
from audits.exports.deciding.amounts import short_money, short_range
from audits.queries.reports import UNATTRIBUTED
from spend.domain.money import to_text
from spend.templatetags.figures import plain_percent

_UNCERTAIN = "; this is uncertain: "


def policy_name(policy: Sequence[str]) -> str:
    return f"{policy[0]} alone" if len(policy) == 1 else ", then ".join(policy)


def sentences(found: Routing) -> list[str]:
    """Say of each task type which policy is advised."""
    said = [f"{kind.task_type or UNATTRIBUTED}: {sentence(kind)}" for kind in found.kinds]
    return said or ["No task type has a tier with 30 tries: there is nothing to route."]


def headline(found: Routed) -> str:
    """Say what is advised and whether that is sure; the reasons stand with the task type."""
    said, doubt, _ = sentence(found).partition(_UNCERTAIN)
    return f"{said}{doubt.removesuffix(': ')}{'.' if doubt else ''}"


def sentence(found: Routed) -> str:
    if found.withheld is not None:
        return f"nothing is advised, as {reason_of(found.withheld)}"
    if len(found.outlooks) == 1:
        return f"only {policy_name(found.outlooks[0].policy)} is known; there is nothing to hold it against."
    if found.advice is None:
        return "nothing is advised, as no policy has a success."
    best = found.advice.best
    said = f"{policy_name(best.policy)} {_much(best)}, solving {plain_percent(best.success)}{_today(found.today)}"
    if not found.doubts:
        return f"{said}.{holds_while(found.bearable)}"
    return f"{said}{_UNCERTAIN}{'; '.join(doubts_of(found))}."


def _much(best: Outlook) -> str:
    if best.worth is not None and best.worth_ends is not None:
        return f"is worth most, {short_money(best.worth)} a task ({short_range(*best.worth_ends)})"
    ends = f" ({short_range(*best.cost_per_success_ends)})" if best.cost_per_success_ends else ""
    return f"costs least, {short_money(best.cost_per_success or 0)} per success{ends}"


def _today(today: Today) -> str:
    if today.cost_per_success is None:
        return ""
    much = f"{short_money(today.cost_per_success)} per success" if today.worth is None else short_money(today.worth)
    return f", against {much} and {plain_percent(today.success)} as routed"


def doubts_of(found: Routed) -> list[str]:
    """Say why the advice may be wrong."""
    return [_doubt(found, doubt) for doubt in found.doubts]


def _doubt(found: Routed, doubt: Doubt) -> str:
    if found.advice is None:
        return ""
    if doubt == "overlap":
        others = " and ".join(policy_name(policy) for policy in _nearest(found, found.advice.overlapping))
        return f"{others} may be as good"
    if doubt == "assumed":
        return "it assumes independence: what one tier gave up is taken to be as easy for the next as its own work"
    return _DOUBTS[doubt]


_DOUBTS: dict[Doubt, str] = {
    "mix": "too little work of one complexity was done by all tiers, so each is judged by the work it had",
    "incidents": "with as many incidents as those seen allow another policy is better",
    "allocated": "with fixed and shared cost, which is allocated, another policy is better",
}
_NAMED = 2


def _nearest(found: Routed, policies: Sequence[Policy]) -> list[Policy]:
    """Return the two that come next, of those that overlap."""
    known = [each for each in found.outlooks if each.policy in policies]
    key = (lambda each: -each.worth) if known[0].worth is not None else (lambda each: each.cost_per_success)
    return [each.policy for each in sorted(known, key=key)][:_NAMED]


def told(found: Routing) -> dict[str, Any]:
    """Return the answer as the API gives it: money as decimal text, shares as numbers."""
    return {
        "failure_usd": _dollars(found.failure),
        "review_usd": to_text(found.review),
        "detection": found.detection,
        "false_alarms": found.false_alarms,
        "task_types": [_kind(kind) for kind in found.kinds],
    }


def _kind(found: Routed) -> dict[str, Any]:
    return {
        "task_type": found.task_type,
        "sentence": sentence(found),
        "tasks": found.tasks,
        "failure_usd": to_text(found.terms.failure),
        "measured_failure_usd": _dollars(found.failure.each),
        "value_usd": _dollars(found.terms.value),
        "detection_is_measured": found.audited,
        "by_complexity": found.by_complexity,
        "covered": float(found.covered),
        "withheld": found.withheld.reason if found.withheld else None,
        "advised": list(found.advice.best.policy) if found.advice else None,
        "doubts": list(found.doubts),
        "bearable_usd": _dollars(found.bearable),
        "today": {
            "tasks": found.today.tasks,
            "success": found.today.success,
            "cost_per_task_usd": to_text(found.today.cost),
            "cost_per_success_usd": _dollars(found.today.cost_per_success),
            "worth_usd": _dollars(found.today.worth),
        },
        "policies": [{**told_outlook(each), "efficient": each in found.efficient} for each in found.outlooks],
    }


def told_outlook(each: Outlook) -> dict[str, Any]:
    """Return what a policy is expected to do, as plain values."""
    per_success = each.cost_per_success_ends or (None, None)
    worth = each.worth_ends or (None, None)
    return {
        "policy": list(each.policy),
        "success": each.success,
        "success_low": each.success_ends[0],
        "success_high": each.success_ends[1],
        "cost_per_task_usd": to_text(each.cost),
        "cost_per_task_low_usd": to_text(each.cost_ends[0]),
        "cost_per_task_high_usd": to_text(each.cost_ends[1]),
        "cost_per_success_usd": _dollars(each.cost_per_success),
        "cost_per_success_low_usd": _dollars(per_success[0]),
        "cost_per_success_high_usd": _dollars(per_success[1]),
        "worth_usd": _dollars(each.worth),
        "worth_low_usd": _dollars(worth[0]),
        "worth_high_usd": _dollars(worth[1]),
        "escalated": each.escalated,
        "latency_ms": each.latency_ms,
        "assumes_independence": bool(each.assumed),
    }


def _dollars(nanos: int | None) -> str | None:
    return None if nanos is None else to_text(nanos)
