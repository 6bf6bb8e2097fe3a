"""What stands on top of the report: the headline, how its cost is split, what the work is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audits.domain.lines import Line
from audits.queries.reports import TrueCost
from audits.views import wording
from audits.views.columns import COUNTED, OF_ALL_CALLS
from audits.views.links import Words, link
from spend.templatetags.figures import plural

_SUCCESS = {"state": ["success"]}
_NO_ONLY: Mapping[str, Sequence[str]] = {}


@dataclass(frozen=True)
class Part:
    """One of the parts that a card's figure is made of; `start` and `share` in percent, for a bar to draw."""

    label: str
    value: Any
    href: str
    colour: str
    start: float
    share: float


@dataclass(frozen=True)
class Card:
    label: str
    value: Any
    kind: str
    href: str
    note: str = ""
    is_main: bool = False
    parts: tuple[Part, ...] = ()
    name: str = ""  # the column of the report that it shows
    incomplete: bool = False


def cards(report: TrueCost, words: Words) -> list[Card]:
    """Return the headline, most important first; what is a lower bound is marked."""
    incomplete = report.total.incomplete
    return [replace(card, incomplete=incomplete and card.name in OF_ALL_CALLS) for card in _cards(report, words)]


def _cards(report: TrueCost, words: Words) -> list[Card]:

    def made_of(page: str, only: Mapping[str, Sequence[str]] = _NO_ONLY) -> str:
        return link(page, words, only)

    total, coverage = report.total, report.coverage
    presumed = {**_SUCCESS, "decided_by": ["window"]}
    pending = total.pending / total.tasks if total.tasks else None
    return [
        Card("True cost per successful task", total.true_cost_per_success, "money", made_of("entries"),
             wording.certainty(total), is_main=True, name="true_cost_per_success"),
        Card("True cost", total.true_cost, "money", made_of("entries"), "cash and people's time",
             parts=cash_and_labour(total, words), name="true_cost"),
        Card("Token cost per task", total.token_cost_per_task, "money", made_of("calls"),
             "what a token dashboard shows", name="token_cost_per_task"),
        Card("Multiplier", total.multiplier, "ratio", made_of("entries"), "true cost / compute", name="multiplier"),
        Card("Token bill", total.token_bill, "money", made_of("calls"), plural(total.calls, "call"),
             name="token_bill"),
        Card("Successes that count" if report.query.success != "final" else "Successes", total.counted_successes,
             "count", made_of("tasks", COUNTED[report.query.success]), _of_what(report), name="counted_successes"),
        Card("Presumed", coverage.presumed_share, "percent", made_of("tasks", presumed), "of successes: nobody said",
             name="presumed_share"),
        Card("Pending", pending, "percent", made_of("tasks", {"state": ["pending"]}),
             f"{plural(total.pending, 'task')}, in no yield", name="pending"),
        Card("Incidents", total.incidents, "count", made_of("entries", {"source": ["incident"]}),
             wording.incidents(report), name="incidents"),
    ]  # fmt: skip


def _of_what(report: TrueCost) -> str:
    total = report.total
    if report.query.success == "final":
        return f"of {plural(total.tasks, 'task')}"
    return f"of {total.successes:,} successes of {plural(total.tasks, 'task')}"


def cash_and_labour(total: Line, words: Words) -> tuple[Part, ...]:
    """Split the true cost into what left the company and people's time. Neither is negative, so they fill the bar."""
    share = 100 * total.cash / total.true_cost if total.true_cost else 0.0
    cash = Part("Cash", total.cash, link("entries", words, {"nature": ["cash"]}), "cash", 0, share)
    labour = Part("Labour", total.labour, link("entries", words, {"nature": ["labour"]}), "labour", share, 100 - share)
    return cash, labour


def worth(report: TrueCost, words: Words) -> list[Card]:
    """Return what the work would cost by hand and what it is worth, as far as every task of the total has it."""
    total = report.total
    successes, tasks = link("tasks", words, COUNTED[report.query.success]), link("tasks", words)
    found = [
        Card("By hand, per task", total.manual_cost_per_task, "money", tasks, "minutes of the task type x rate",
             name="manual_cost_per_task"),
        Card("Value of a success", total.value_per_success, "money", successes, "as reported, or of the task type",
             name="value_per_success"),
        Card("Margin of a success", total.margin_per_success, "money", successes, "value - true cost",
             name="margin_per_success"),
        Card("Return on spend", total.return_on_spend, "ratio", successes, "value of the successes / true cost",
             name="return_on_spend"),
        Card("Price headroom", total.price_headroom, "ratio", successes,
             "compute could cost so many times as much before nothing is gained", name="price_headroom"),
    ]  # fmt: skip
    return [card for card in found if card.value is not None]
