"""A report as a table for a terminal: figures rounded for people, in 120 columns. CSV and JSON have them exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import fill

from rich import box
from rich.console import Console
from rich.table import Table

from audits.domain.lines import Line
from audits.exports.wording import as_billed
from audits.queries.reports import UNATTRIBUTED, TrueCost
from spend.domain.money import to_dollars

WIDTH = 120
_ENDLESS = 1_000
UNKNOWN = "-"
FINE = 100 * 10**9  # nanos: below it four places, because costs of tasks are small
NARROW = 10**9  # the same where two amounts share a column


def as_table(report: TrueCost) -> str:
    """Return the report as text. By one dimension it has WIDTH columns at most, with long names more."""
    console = Console(width=_ENDLESS, highlight=False)
    with console.capture() as table:
        console.print(_table(report))
    below = (fill(sentence, WIDTH) for sentence in _below(report))
    return "\n".join([_title(report), "", *map(str.rstrip, table.get().splitlines()), "", *below, ""])


def _title(report: TrueCost) -> str:
    query = report.query
    first, last = query.period.first, query.period.last
    period = str(first) if first == last else f"{first} to {last}"
    by = " and ".join(map(_words, query.by))
    success = "" if query.success == "final" else f", {_words(query.success)} successes"
    bill = "" if query.bill == "computed" else ", token bill as billed"
    return f"True cost per successful task: {period}, by {by}, {query.lens} lens, {query.basis}{success}{bill}, in USD"


def _table(report: TrueCost) -> Table:
    table = Table(box=box.SIMPLE, padding=0, show_edge=False, show_footer=True)
    for place, name in enumerate(report.query.by):
        table.add_column(_words(name).capitalize(), "" if place else "Total", no_wrap=True)
    for heading, cell in COLUMNS.items():
        table.add_column(heading, cell(report.total), justify="right", no_wrap=True)
    for row in report.rows:
        names = (UNATTRIBUTED if name is None else name for name in row.names.values())
        table.add_row(*names, *(cell(row.line) for cell in COLUMNS.values()))
    return table


def _words(name: str) -> str:
    return name.replace("_", " ")


def _count(value: int) -> str:
    return f"{value:,}"


def _money(nanos: int | None, fine: int = FINE) -> str:
    if nanos is None:
        return UNKNOWN
    return f"{to_dollars(nanos):,.{4 if 0 < abs(nanos) < fine else 2}f}"


def _bill(line: Line) -> str:
    return (UNKNOWN if line.token_bill is None else _cents(line.token_bill)) + "*" * line.incomplete


def _interval(line: Line) -> str:
    if line.true_cost_per_success_low is None:
        return UNKNOWN
    low, high = line.true_cost_per_success_low, line.true_cost_per_success_high
    return f"{_money(low, NARROW)} to {_money(high, NARROW)}"


def _percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.1f}%"


COLUMNS: dict[str, Callable[[Line], str]] = {
    "Tasks": lambda line: _count(line.tasks),
    "Suc-\ncesses": lambda line: _count(line.successes),
    "Token\nbill": _bill,
    "True\ncost": lambda line: _cents(line.true_cost),
    "Token cost\nper task": lambda line: _money(line.token_cost_per_task),
    "True cost\nper success": lambda line: _money(line.true_cost_per_success),
    "95% interval,\nno incidents": _interval,
    "Multi-\nplier": lambda line: UNKNOWN if line.multiplier is None else f"{line.multiplier:,.2f}",
    "First-\npass\nyield": lambda line: _percent(line.first_pass_yield),
    "Fail\nrate": lambda line: _percent(line.fail_rate),
    "Attempt\nfail\nrate": lambda line: _percent(line.attempt_fail_rate),
}


def _below(report: TrueCost) -> Iterator[str]:
    """Say how much of it is known, and what is not in it."""
    known, total = report.coverage, report.total
    yield (
        f"Coverage: {_percent(known.calls_priced)} of calls priced, {_percent(known.tasks_judged)} of tasks judged,"
        f" {_percent(known.presumed_share)} of successes presumed; {_percent(known.corrections_linked)} of corrections"
        f" and {_percent(known.incidents_linked)} of incidents linked; ${_cents(known.unattributed_cost)} unattributed."
    )
    if total.incomplete:
        yield f"* Incomplete: {_some(known.unpriced_calls, 'call')} without a price, in no cost."
    yield from as_billed(report)
    if total.pending:
        yield f"Pending: {_some(total.pending, 'task')} of ${_cents(total.pending_cost)}, in no cost per success."
    if total.incidents:
        cost = _cents(total.incident_cost)
        yield f"Incidents: {_some(total.incidents, 'incident')} of ${cost} in the true cost, not in its interval."
    if known.open_incidents:
        yield f"Open: {_some(known.open_incidents, 'incident')}, in no figure."
    if known.other_months_token_bill:
        yield f"Other months: ${_cents(known.other_months_token_bill)} of the token bill are of tasks of other months."


def _cents(nanos: int) -> str:
    return f"{to_dollars(nanos):,.2f}"


def _some(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
