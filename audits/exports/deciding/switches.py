"""Switches in words: what each saved and cost a month, how sure that is, and the plain values of the answer."""

from __future__ import annotations

from typing import Any

from audits.actions.deciding.switches import Switched, Switches
from audits.domain.decisions.switches import Doubt, Effect
from audits.models import Switch
from audits.queries.reports import UNATTRIBUTED
from spend.domain.money import to_text
from spend.templatetags.figures import plain_money

_DOUBTS: dict[Doubt, str] = {
    "few": "under 30 decided tasks on one side",
    "noise": "tasks cost too unlike each other to tell",
    "incidents": "incidents are too few to tell",
    "allocated": "fixed and shared cost, which is allocated, would turn it",
    "presumed": "over half of the successes are presumed",
    "coverage": "the shares of tasks with an outcome lie over 20 points apart",
}
_UNCERTAIN = ", which is uncertain: "


def sentences(found: Switches) -> list[str]:
    """Say of each switch, the newest first, what it did."""
    said = [f"{title(each)}. {sentence(each)}" for each in found.found]
    return said or [f"No team changed the {found.asked.query.by[0]} that does most of a kind of work in these months."]


def title(each: Switched) -> str:
    return (
        f"{each.team}, {each.work.task_type or UNATTRIBUTED}: from {each.before} to {each.after} in {each.month:%Y-%m}"
    )


def sentence(each: Switched) -> str:
    if each.effect is None:
        return nothing(each)
    return f"{switch_sentence(each.effect)} {certainty(each)}"


def headline(each: Switched) -> str:
    """Say what it did and whether that is sure; the reasons stand on its own page."""
    said, doubt, _ = sentence(each).partition(_UNCERTAIN)
    return f"{title(each)}. {said}{doubt.removesuffix(': ')}{'.' if doubt else ''}"


def nothing(each: Switched) -> str:
    """Say why nothing is said of what it did."""
    if each.compared is not None:
        return "Nothing is said of its effect: no kind of work was done both before and after."
    return "Nothing is said of its effect: there is no full month of this work on one side of it."


def switch_sentence(found: Effect) -> str:
    """Say what a switch saved in tokens, and what its largest incident ate of that."""
    saved = f"{'Saved' if found.saving >= 0 else 'Spent'} {plain_money(abs(found.saving), 2)} a month"
    more = "" if found.saving >= 0 else " more"
    if not found.largest:
        return f"{saved}{more}; no incident since."
    eaten = "" if found.eaten is None else f": {found.eaten:,.1f} months of saving"
    return f"{saved}{more}, lost {plain_money(found.largest, 2)}{eaten}."


def certainty(each: Switched) -> str:
    """Say what is left of it with failures, between which ends, and whether that is sure."""
    found = each.effect
    if found is None:
        return ""
    net = (
        f"With what failures cost it {'saves' if found.net >= 0 else 'costs'} {plain_money(abs(found.net), 2)} a month"
    )
    low, high = found.net_ends
    ends = f"{plain_money(low, 2)} to {plain_money(high, 2)}"
    begin = f"{net}, net {ends}" if low != high else net
    if each.doubts:
        return f"{begin}{_UNCERTAIN}{'; '.join(doubts_of(each))}."
    return f"{begin}.{_bearable(found)}{_not_held(each)}"


def doubts_of(each: Switched) -> list[str]:
    return [_DOUBTS[doubt] for doubt in each.doubts]


def _bearable(found: Effect) -> str:
    if found.bearable is None or found.net <= 0:
        return ""
    return f" No incident is known; this holds while one costs less than {plain_money(found.bearable)}."


def _not_held(each: Switched) -> str:
    return "" if each.held is not False else " It is the newest month: the next may turn it back."


def told(found: Switches) -> dict[str, Any]:
    """Return the answer as the API gives it: money as decimal text, shares as numbers."""
    return {
        "switches": [told_one(each) for each in found.found],
        "dismissed": [told_one(each) for each in found.dismissed],
    }


def told_one(each: Switched) -> dict[str, Any]:
    return {
        "switch": each.key,
        "team": each.team,
        "task_type": each.work.task_type,
        "month": f"{each.month:%Y-%m}",
        "before": each.before,
        "after": each.after,
        "found": each.held is not None,
        "held": each.held,
        "recorded": each.record is not None,
        "cost_usd": to_text(int(each.record.cost)) if each.record else None,
        "note": each.record.note if each.record else "",
        "sentence": sentence(each),
        "months_before": [f"{month.month:%Y-%m}" for month in each.compared.before] if each.compared else [],
        "months_after": [f"{month.month:%Y-%m}" for month in each.compared.after] if each.compared else [],
        "doubts": list(each.doubts),
        "unplaced_usd": to_text(each.unplaced),
        "effect": _effect(each.effect),
    }


def _effect(found: Effect | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "saving_usd": to_text(found.saving),
        "failures_usd": to_text(found.failures),
        "net_usd": to_text(found.net),
        "net_low_usd": to_text(found.net_ends[0]),
        "net_high_usd": to_text(found.net_ends[1]),
        "payback_months": found.payback,
        "largest_incident_usd": to_text(found.largest),
        "months_eaten": found.eaten,
        "bearable_usd": None if found.bearable is None else to_text(found.bearable),
        "covered": float(found.covered),
    }


def told_record(record: Switch) -> dict[str, Any]:
    """Return what somebody said of a switch."""
    return {
        "team": str(record.team),
        "task_type": record.task_type.name if record.task_type else None,
        "month": f"{record.month:%Y-%m}",
        "by": record.by,
        "before": record.before,
        "after": record.after,
        "cost_usd": to_text(int(record.cost)),
        "note": record.note,
        "dismissed": record.dismissed,
    }
