"""The cards on top of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.queries.reports import TrueCost
from audits.views import wording
from audits.views.links import Words, link
from spend.templatetags.figures import plural


@dataclass(frozen=True)
class Card:
    label: str
    value: Any
    kind: str
    href: str
    note: str = ""
    is_main: bool = False


def cards(report: TrueCost, words: Words) -> list[Card]:
    """Return the headline, most important first."""

    def made_of(page: str, only: Mapping[str, Sequence[str]] | None = None) -> str:
        return link(page, words, only)

    total, coverage = report.total, report.coverage
    presumed = {"state": ["success"], "decided_by": ["window"]}
    pending = total.pending / total.tasks if total.tasks else None
    return [
        Card("True cost per successful task", total.true_cost_per_success, "money", made_of("entries"),
             wording.certainty(total), is_main=True),
        Card("Token cost per task", total.token_cost_per_task, "money", made_of("calls"),
             "what a token dashboard shows"),
        Card("Multiplier", total.multiplier, "ratio", made_of("entries"), "true cost / compute"),
        Card("True cost", total.true_cost, "money", made_of("entries"), "tokens, fixed compute and cost of quality"),
        Card("Token bill", total.token_bill, "money", made_of("calls"), plural(total.calls, "call")),
        Card("Successes", total.successes, "count", made_of("tasks", {"state": ["success"]}),
             f"of {plural(total.tasks, 'task')}"),
        Card("Pending", pending, "percent", made_of("tasks", {"state": ["pending"]}),
             f"{plural(total.pending, 'task')}, in no yield"),
        Card("Presumed", coverage.presumed_share, "percent", made_of("tasks", presumed), "of successes: nobody said"),
        Card("Incidents", total.incidents, "count", made_of("entries", {"source": ["incident"]}),
             wording.incidents(report)),
    ]  # fmt: skip
