"""What the checklist of a month says, in words: on its page, in the API, and kept with the close."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from audits.domain.checklist import Item, State
from spend.templatetags.figures import plain_money, plain_percent, plural

STATES: dict[State, str] = {"ok": "OK", "look": "Look at it", "blocks": "Blocks"}
TITLES = {
    "over": "The month is over",
    "repricing": "Prices being applied",
    "priced": "Calls have a price",
    "bill": "Bill",
    "silent": "Sources kept sending",
    "rejected": "Refused items",
    "pending": "Tasks are decided",
    "judged": "Tasks were judged",
    "audited": "Successes were reviewed",
    "incidents": "Incidents are decided",
    "rates": "Roles have a rate",
    "linked": "Corrections found their task",
    "attributed": "Cost is attributed",
}
_NAMED = 3  # names in a sentence; the page behind it has all

Figures = Mapping[str, Any]


def title_of(item: Item) -> str:
    return f"{TITLES[item.key]} of {item.about}" if item.key == "bill" else TITLES[item.key]


def sentence_of(item: Item) -> str:
    """Say in one sentence what the rule found."""
    if item.key in _ABOUT:
        return _ABOUT[item.key](item)
    return _SENTENCES[item.key](item.figures, item.state != "ok")


def _over(found: Figures, wanting: bool) -> str:
    last = date.fromisoformat(found["ends_on"]) - timedelta(days=1)
    return f"Its last day is {last}: it can be closed after that." if wanting else f"Its last day was {last}."


def _repricing(found: Figures, wanting: bool) -> str:
    return f"{plural(found['repricings'], 'repricing')} under way: part of the calls still has the old price."


def _priced(found: Figures, wanting: bool) -> str:
    if not wanting:
        return f"All {plural(found['calls'], 'call')} have one." if found["calls"] else "There are no calls."
    models = some([name or "unknown model" for name, _ in found["models"]])
    share = plain_percent(found["unpriced"] / found["calls"])
    return f"{plural(found['unpriced'], 'call')} of {models} ({share}) have none: the token bill is too low by theirs."


def _rejected(found: Figures, wanting: bool) -> str:
    if not wanting:
        return "None are kept."
    return f"{plural(found['items'], 'item')} refused and kept: what they say is in no figure."


def _pending(found: Figures, wanting: bool) -> str:
    if not found["pending"]:
        return "No task is pending."
    until = f", until {found['until']} at the latest" if found["until"] else ""
    share = plain_percent(found["pending"] / found["tasks"])
    return f"{plural(found['pending'], 'task')} ({share}) pending{until}: their outcome will post to a later month."


def _judged(found: Figures, wanting: bool) -> str:
    if not found["tasks"]:
        return "There are no tasks."
    judged = plain_percent(found["judged"] / found["tasks"])
    presumed = plain_percent(found["presumed"] / found["successes"] if found["successes"] else None)
    return f"{judged} of the tasks have an outcome or verdict; {presumed} of the successes are presumed."


def _audited(found: Figures, wanting: bool) -> str:
    if not wanting:
        return "Of every task type and tier somebody reviewed a task." if found["strata"] else "There are no successes."
    named = some([f"{kind} by {tier}" for kind, tier in found["unaudited"]])
    return f"Nobody reviewed a task of {named}: how many of those successes are none is not known."


def _incidents(found: Figures, wanting: bool) -> str:
    if not wanting:
        return "None is open."
    return f"{plural(found['open'], 'incident')} of the month open: no cost and no failed task until confirmed."


def _rates(found: Figures, wanting: bool) -> str:
    if not wanting:
        return "Every role of a task type has a labour rate."
    return f"{some(found['roles'])} had none by the end of the month: corrections of that role are refused."


def _linked(found: Figures, wanting: bool) -> str:
    if not wanting:
        return "Every correction found the task or call it names."
    return f"{plural(found['unlinked'], 'correction')} of a task or call that never came: that cost is of no tier."


def _attributed(found: Figures, wanting: bool) -> str:
    if not found["unattributed"]:
        return "All cost is some tier's."
    share = plain_percent(found["unattributed"] / found["true_cost"] if found["true_cost"] else None)
    return f"{plain_money(found['unattributed'])} ({share} of the true cost) could be given to no tier."


_SENTENCES: dict[str, Callable[[Figures, bool], str]] = {
    "over": _over, "repricing": _repricing, "priced": _priced, "rejected": _rejected, "pending": _pending,
    "judged": _judged, "audited": _audited, "incidents": _incidents, "rates": _rates, "linked": _linked,
    "attributed": _attributed,
}  # fmt: skip


def _bill(item: Item) -> str:
    computed, billed = plain_money(item.figures["computed"]), item.figures["billed"]
    if billed is None:
        return f"There is no bill: {computed} computed, checked against nothing."
    ties = "within tolerance, or decided about" if item.state == "ok" else "beyond the tolerance, and nobody decided"
    return f"{plain_money(billed)} billed, {computed} computed: {ties}."


def _silent(item: Item) -> str:
    if item.state == "ok":
        return "None fell silent for longer than it used to."
    days, usual = item.figures["days"], item.figures["usual"]
    return f"{item.about} sent nothing for the last {plural(days, 'day')}; its longest pause before was {usual}."


_ABOUT: dict[str, Callable[[Item], str]] = {"bill": _bill, "silent": _silent}


def some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def told(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Return the checklist as plain values, as it is kept and as the API answers it."""
    return [
        {"check": item.key, "about": item.about, "state": item.state, "sentence": sentence_of(item)} for item in items
    ]
