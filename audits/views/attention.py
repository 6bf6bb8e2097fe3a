"""What needs attention, in words, each with its remedy one click away: only what the reader may see and can mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.urls import reverse

from accounts.domain.reach import Reach
from audits.domain.lines import Line
from audits.queries.attention import Silent
from audits.queries.overview import Overview
from audits.queries.reports import UNATTRIBUTED
from audits.views.links import Words, link
from audits.views.months import name_of, words_of_month
from spend.domain.periods import Period
from spend.templatetags.figures import plain_money, plain_percent, plural

_NAMED = 3  # names in a sentence; the page behind it has all
_MUCH_UNJUDGED = 0.20  # a fifth of the tasks without outcome or verdict


@dataclass(frozen=True)
class Item:
    """What is the matter, what it does to the figures, and where it is mended."""

    title: str
    effect: str
    href: str
    remedy: str


def items(found: Overview, reach: Reach) -> list[Item]:
    """Return what needs attention, what falsifies most first."""
    return [item for part in _PARTS for item in part(found, reach)]


def _unpriced(found: Overview, reach: Reach) -> Iterator[Item]:
    missing = found.attention.unpriced
    if not missing:
        return
    calls = plural(sum(each.calls for each in missing), "call")
    title = f"{calls} without a known price: {_some([each.model or 'unknown model' for each in missing])}"
    effect = "Their cost is in no figure, so bills and true cost are lower bounds."
    if reach.writes_reference:
        yield Item(title, effect, reverse("settings-models"), "Add a price")
    else:
        words = _words(found.attention.recent)
        yield Item(title, effect, link("calls", words, {"priced": ["no"]}), "Show the calls")


def _rates(found: Overview, reach: Reach) -> Iterator[Item]:
    roles = found.attention.roles_without_rate
    if roles and reach.writes_reference:
        yield Item(
            f"{plural(len(roles), 'role')} without a labour rate: {_some(roles)}",
            "Their corrections are refused, and what the work would cost by hand is unknown.",
            reverse("settings-rates"),
            "Add a rate",
        )


def _open_incidents(found: Overview, reach: Reach) -> Iterator[Item]:
    count = found.attention.open_incidents
    if count:
        yield Item(
            plural(count, "open incident"),
            "No cost and no failed task until confirmed.",
            link("incidents", {"status": ["open"]}),
            "Confirm or dismiss" if reach.may("audit") else "Show them",
        )


def _unjudged(found: Overview, reach: Reach) -> Iterator[Item]:
    line = found.months.get(found.shown)
    if line is None or not line.tasks or (line.tasks - line.judged) / line.tasks <= _MUCH_UNJUDGED:
        return
    share = plain_percent((line.tasks - line.judged) / line.tasks, 0)
    yield Item(
        f"{plural(line.tasks - line.judged, 'task')} of {name_of(found.shown)} without outcome or verdict ({share})",
        "They are presumed successful once their acceptance window is over, whatever became of them.",
        link("tasks", words_of_month(found.shown), {"judged": ["no"]}),
        "Show the tasks",
    )


def _unattributed(found: Overview, reach: Reach) -> Iterator[Item]:
    line = found.trend.get(found.shown, {}).get(None)
    cost = _entries(line) if line else 0
    if cost:
        yield Item(
            f"{plain_money(cost)} of {name_of(found.shown)} could be given to no tier",
            "It is in the totals and in no tier's figures.",
            link("entries", words_of_month(found.shown), {"tier": [UNATTRIBUTED]}),
            "Show the entries",
        )


def _unlinked(found: Overview, reach: Reach) -> Iterator[Item]:
    linked = found.attention.corrections_linked
    if linked is not None and linked < 1:
        yield Item(
            f"{plain_percent(1 - linked)} of the corrections name a task or call that never came",
            "Their cost is in the totals and in no tier's figures. Correct the name, or send the calls.",
            link("corrections", {**_words(found.attention.recent), "linked": ["no"]}),
            "Show the corrections",
        )


def _silent_teams(found: Overview, reach: Reach) -> Iterator[Item]:
    silent = found.attention.silent_teams
    if silent:
        yield Item(
            f"No calls any more of {_since(silent)}",
            "They came regularly before: an integration may have stopped.",
            link("calls", {"team": [each.name for each in silent]}),
            "Show the last calls",
        )


def _silent_keys(found: Overview, reach: Reach) -> Iterator[Item]:
    silent = found.attention.silent_keys
    if silent and reach.administers:
        yield Item(
            f"API keys no longer used: {_since(silent)}",
            "What they posted before is missing since.",
            reverse("settings-keys"),
            "Show the keys",
        )


def _since(silent: list[Silent]) -> str:
    return _some([f"{each.name} (last on {each.last:%Y-%m-%d})" for each in silent])


_PARTS: list[Callable[[Overview, Reach], Iterator[Item]]] = [
    _unpriced,
    _rates,
    _open_incidents,
    _unjudged,
    _unattributed,
    _unlinked,
    _silent_teams,
    _silent_keys,
]


def _entries(line: Line) -> int:
    return line.true_cost - (line.token_bill or 0)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _words(period: Period) -> Words:
    return {"from": [str(period.first)], "to": [str(period.last)]}
