"""What a report says in plain words: what is shown, and what stands in its way. Never more than the figures hold."""

from __future__ import annotations

from dataclasses import dataclass

from audits.domain.comparing import compare
from audits.exports import comparing
from audits.exports.wording import as_billed, certainty, incidents, period_name, sentence
from audits.queries.reports import TrueCost
from audits.queries.sums import FILTERS, Query
from audits.views.links import Words, link
from spend.templatetags.figures import plain_money, plain_percent, plural

__all__ = ["LABELS", "Caution", "cautions", "certainty", "comparison", "incidents", "period_name", "sentence", "stated"]

# Above these shares a headline rests on what is not known yet.
_MUCH_PENDING = 0.05
_MUCH_PRESUMED = 0.50

# What the words of a report's address are called, and what they mean.
LABELS = {
    "team": ("Team", ""),
    "tier": ("Tier", ""),
    "model": ("Model", ""),
    "task_type": ("Task type", ""),
    "route": ("Route", ""),
    "month": ("Month", ""),
    "lens": (
        "Lens",
        "Responsible: a cost sits with the tier that caused it. Route: all of a task sits with the tier it began with.",
    ),
    "responsible": ("Responsible", ""),
    "basis": (
        "Basis",
        "Restated: costs by the day they belong to. Reported: costs by the month they were booked in.",
    ),
    "restated": ("Restated", ""),
    "reported": ("Reported", ""),
    "bill": (
        "Token bill",
        "Computed: logged calls by our prices. Billed: as providers billed it, where finance decided so.",
    ),
    "computed": ("Computed", ""),
    "billed": ("Billed", ""),
    "success": ("Success is", "What the cost is divided by. The cost of successes that do not count stays in it."),
    "final": ("Every task that stayed successful", ""),
    "first_pass": ("Successful with no human change", ""),
    "judged": ("Successful by outcome or verdict, not presumed", ""),
}


@dataclass(frozen=True)
class Caution:
    """Something that a reader must know before relying on the figures, with the list that shows it."""

    text: str
    href: str = ""
    link_text: str = ""


def stated(report: TrueCost, asked: Words) -> list[tuple[str, str]]:
    """Return what the report was asked for as label and text: on paper nothing else says it."""
    query = report.query
    rows = " and ".join(LABELS[name][0].lower() for name in query.by)
    said = [
        ("Rows by", rows),
        ("Lens", query.lens),
        ("Basis", query.basis),
        ("Months", report.closed),
        ("Success is", LABELS[query.success][0].lower()),
        ("Token bill", LABELS[query.bill][0].lower()),
    ]
    return said + [(LABELS[name][0], ", ".join(asked[name])) for name in FILTERS if name in asked]


def comparison(report: TrueCost) -> str:
    """Say which tier costs less per success, or why nothing is said; empty where the rows are not of what a tier did.

    Stricter definitions of success leave their cost in: of these nothing is said.
    """
    query = report.query
    if (query.by, query.lens, query.success) != (("tier",), "responsible", "final"):
        return ""
    tiers = {row.names["tier"]: row.line for row in report.rows}
    lines = {name: line for name, line in tiers.items() if name is not None}
    return comparing.sentence(compare(lines, None))


def cautions(report: TrueCost, words: Words) -> list[Caution]:
    """Return what a reader of the headline must know."""
    total, coverage = report.total, report.coverage
    found = [_of_bills(text, report.query) for text in as_billed(report)]
    if coverage.unpriced_calls:
        text = f"{plural(coverage.unpriced_calls, 'call')} without a known price: costs marked + are a lower bound."
        found.append(Caution(text, link("calls", words, {"priced": ["no"]}), "Unpriced calls"))
    if total.tasks and total.pending / total.tasks > _MUCH_PENDING:
        text = f"{plain_percent(total.pending / total.tasks)} of the tasks are still pending."
        found.append(Caution(text, link("tasks", words, {"state": ["pending"]}), "Pending tasks"))
    if coverage.presumed_share and coverage.presumed_share > _MUCH_PRESUMED:
        text = f"{plain_percent(coverage.presumed_share)} of the successes are presumed: nobody said how they went."
        only = {"state": ["success"], "decided_by": ["window"]}
        found.append(Caution(text, link("tasks", words, only), "Presumed successes"))
    if coverage.unattributed_cost:
        text = f"{plain_money(coverage.unattributed_cost)} could be given to no tier."
        found.append(Caution(text, link("entries", words, {"tier": ["unattributed"]}), "Unattributed entries"))
    if coverage.open_incidents:
        text = f"{plural(coverage.open_incidents, 'open incident')}: no cost here until confirmed."
        own = {name: values for name, values in words.items() if name in ("from", "to", "team")}  # what it heeds
        found.append(Caution(text, link("incidents", own, {"status": ["open"]}), "Open incidents"))
    return found


def _of_bills(text: str, query: Query) -> Caution:
    """Bills are of all teams: those who do not see all of them are led nowhere."""
    if query.teams is not None:
        return Caution(text)
    months = {"from": [str(query.period.first)], "to": [str(query.period.last)]}
    return Caution(text, link("reconcile", months), "Reconcile")
