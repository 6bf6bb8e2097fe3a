"""What a report says in plain words: what is shown, and what stands in its way. Never more than the figures hold."""

from __future__ import annotations

from dataclasses import dataclass

from audits.domain.lines import Line
from audits.queries.reports import TrueCost
from audits.views.links import Words, link
from spend.domain.money import divide, to_dollars
from spend.domain.periods import Period
from spend.templatetags.figures import plain_money, plain_percent, plural

# Above these shares a headline rests on what is not known yet.
_MUCH_PENDING = 0.05
_MUCH_PRESUMED = 0.50


@dataclass(frozen=True)
class Note:
    """Something a reader must know, with the list that shows it."""

    text: str
    href: str = ""
    link_text: str = ""


def period_name(period: Period) -> str:
    first, last = (f"{month.first_day:%B %Y}" for month in (period.first, period.last))
    return first if first == last else f"{first} to {last}"


def sentence(report: TrueCost) -> str:
    """Say the period in one breath."""
    total = report.total
    begin = (
        f"In {period_name(report.query.period)}, {plural(total.tasks, 'task')} cost {plain_money(total.true_cost)}: "
    )
    begin += f"{plain_money(total.token_bill)} for tokens and "
    begin += f"{plain_money(total.true_cost - (total.token_bill or 0))} for everything else. "
    if total.true_cost_per_success is None:
        return f"{begin}No task is successful yet, so there is no cost per success."
    return (
        f"{begin}A successful task cost {plain_money(total.true_cost_per_success)} ({certainty(total)}); "
        f"the token bill alone says {plain_money(total.token_cost_per_task)} a task."
    )


def certainty(line: Line) -> str:
    """Say how far the cost of a success is certain. The interval leaves incidents out: they are too few for one."""
    low, high = line.true_cost_per_success_low, line.true_cost_per_success_high
    if line.true_cost_per_success is None or low is None or high is None:
        return "too few tasks for an interval"
    places = 2 if to_dollars(high) >= 1 else 4
    ends = f"95 % interval {plain_money(low, places)} to {plain_money(high, places)}"
    if not line.incident_cost:
        return ends
    each = divide(line.incident_cost, line.successes)
    rest = plain_money(line.true_cost_per_success - each, places)
    return f"{plain_money(each, places)} of it incidents; the rest {rest}, {ends}"


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


def incidents(report: TrueCost) -> str:
    """Say how often incidents happen: where none was seen, how many there may be (exact Poisson, 95 %)."""
    total = report.total
    low, high = total.incidents_per_10k_tasks_low, total.incidents_per_10k_tasks_high
    if low is None or high is None:
        return "no tasks"
    if not total.incidents:
        return f"none seen in {plural(total.tasks, 'task')}: up to {high:,.2f} per 10,000"
    return f"{low:,.2f} to {high:,.2f} per 10,000 tasks"
