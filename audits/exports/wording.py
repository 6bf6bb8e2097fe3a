"""What a report says in plain words, on its page and in its files alike. Never more than the figures hold."""

from __future__ import annotations

from audits.domain.lines import Line
from audits.queries.reports import TrueCost
from spend.domain.money import divide, to_dollars
from spend.domain.periods import Period
from spend.templatetags.figures import plain_money, plural


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


def as_billed(report: TrueCost) -> list[str]:
    """Say how far a report that was asked for as billed is so."""
    if report.query.bill != "billed":
        return []
    beyond = report.total.bill_difference
    said = [f"{plain_money(beyond)} of the token bill were billed beyond what logged calls cost."] if beyond else []
    for each in report.bills:
        if each.difference and not each.is_in_report:
            more = f"{plain_money(abs(each.difference))} {'more' if each.difference > 0 else 'less'} was billed"
            why = "accepted" if each.choice else "nothing is decided yet"
            said.append(f"{each.provider or 'Unknown provider'}, {each.month} stays as computed: {more}, {why}.")
    return said


def certainty(line: Line) -> str:
    """Say how far the cost of a success is certain. The interval leaves incidents out: they are too few for one."""
    low, high = line.true_cost_per_success_low, line.true_cost_per_success_high
    if line.true_cost_per_success is None or low is None or high is None:
        return "too few tasks for an interval"
    places = 2 if to_dollars(high) >= 1 else 4
    ends = f"95 % interval {plain_money(low, places)} to {plain_money(high, places)}"
    if not line.incident_cost:
        return ends
    each = divide(line.incident_cost, line.counted_successes)
    rest = plain_money(line.true_cost_per_success - each, places)
    return f"{plain_money(each, places)} of it incidents; the rest {rest}, {ends}"


def incidents(report: TrueCost) -> str:
    """Say how often incidents happen: where none was seen, how many there may be (exact Poisson, 95 %)."""
    total = report.total
    low, high = total.incidents_per_10k_tasks_low, total.incidents_per_10k_tasks_high
    if low is None or high is None:
        return "no tasks"
    if not total.incidents:
        return f"none seen in {plural(total.tasks, 'task')}: up to {high:,.2f} per 10,000"
    return f"{low:,.2f} to {high:,.2f} per 10,000 tasks"
