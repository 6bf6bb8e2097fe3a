"""What a report says in plain words: what is shown, and what stands in its way. Never more than the figures hold."""

from __future__ import annotations

from dataclasses import dataclass

from audits.exports.wording import certainty, incidents, period_name, sentence
from audits.queries.reports import TrueCost
from audits.views.links import Words, link
from spend.templatetags.figures import plain_money, plain_percent, plural

__all__ = ["Note", "certainty", "incidents", "notes", "period_name", "sentence"]

# Above these shares a headline rests on what is not known yet.
_MUCH_PENDING = 0.05
_MUCH_PRESUMED = 0.50


@dataclass(frozen=True)
class Note:
    """Something a reader must know, with the list that shows it."""

    text: str
    href: str = ""
    link_text: str = ""


def notes(report: TrueCost, words: Words) -> list[Note]:
    """Return what a reader of the headline must know."""
    total, coverage = report.total, report.coverage
    found = []
    if coverage.unpriced_calls:
        text = f"{plural(coverage.unpriced_calls, 'call')} without a known price: costs marked + are a lower bound."
        found.append(Note(text, link("calls", words, {"priced": ["no"]}), "Unpriced calls"))
    if total.tasks and total.pending / total.tasks > _MUCH_PENDING:
        text = f"{plain_percent(total.pending / total.tasks)} of the tasks are still pending."
        found.append(Note(text, link("tasks", words, {"state": ["pending"]}), "Pending tasks"))
    if coverage.presumed_share and coverage.presumed_share > _MUCH_PRESUMED:
        text = f"{plain_percent(coverage.presumed_share)} of the successes are presumed: nobody said how they went."
        only = {"state": ["success"], "decided_by": ["window"]}
        found.append(Note(text, link("tasks", words, only), "Presumed successes"))
    if coverage.unattributed_cost:
        text = f"{plain_money(coverage.unattributed_cost)} could be given to no tier."
        found.append(Note(text, link("entries", words, {"tier": ["unattributed"]}), "Unattributed entries"))
    if coverage.open_incidents:
        found.append(Note(f"{plural(coverage.open_incidents, 'open incident')}: no cost here until confirmed."))
    return found
