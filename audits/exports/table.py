"""A report as a table for a terminal: figures rounded for people, in 120 columns. CSV and JSON have them exact."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from rich import box
from rich.console import Console
from rich.table import Table

from audits.domain.lines import Line
from audits.queries.reports import UNATTRIBUTED, TrueCost
from spend.domain.money import to_dollars

WIDTH = 120
UNKNOWN = "-"
SMALL = 10  # dollars: below it the cents are not enough


def as_table(report: TrueCost, *, width: int = WIDTH, color: bool = False) -> str:
    """Return the report as text, `width` columns wide."""
    console = Console(file=io.StringIO(), width=width, force_terminal=color, highlight=False)
    console.print(_title(report), style="bold")
    console.print(_table(report))
    for sentence in _below(report):
        console.print(sentence, soft_wrap=False)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def _title(report: TrueCost) -> str:
    query = report.query
    first, last = query.period.first, query.period.last
    period = str(first) if first == last else f"{first} to {last}"
    by = " and ".join(map(_words, query.by))
    return f"True cost per successful task: {period}, by {by}, {query.lens} lens, {query.basis}, in USD"


def _table(report: TrueCost) -> Table:
    table = Table(box=box.SIMPLE, padding=0, show_edge=False, show_footer=True)
    for place, name in enumerate(report.query.by):
        table.add_column(_words(name).capitalize(), "" if place else "Total", overflow="fold")
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


def _money(nanos: int | None) -> str:
    """Two places; four where the amount is so small that they matter."""
    if nanos is None:
        return UNKNOWN
    return f"{to_dollars(nanos):,.{4 if abs(nanos) < SMALL * 10**9 and nanos else 2}f}"


def _bill(line: Line) -> str:
    return (UNKNOWN if line.token_bill is None else f"{to_dollars(line.token_bill):,.2f}") + "*" * line.incomplete


def _interval(line: Line) -> str:
    if line.true_cost_per_success_low is None:
        return UNKNOWN
    return f"{_money(line.true_cost_per_success_low)} to {_money(line.true_cost_per_success_high)}"


def _percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.1f}%"


COLUMNS: dict[str, Callable[[Line], str]] = {
    "Tasks": lambda line: _count(line.tasks),
    "Suc-\ncesses": lambda line: _count(line.successes),
    "Token\nbill": _bill,
    "True\ncost": lambda line: f"{to_dollars(line.true_cost):,.2f}",
    "Token cost\nper task": lambda line: _money(line.token_cost_per_task),
    "True cost\nper success": lambda line: _money(line.true_cost_per_success),
    "95% interval\nof it": _interval,
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
        f" {_percent(known.presumed_share)} of successes presumed, linked: {_percent(known.corrections_linked)} of"
        f" corrections, {_percent(known.incidents_linked)} of incidents; ${_money(known.unattributed_cost)}"
        " unattributed."
    )
    if total.incomplete:
        yield f"* Incomplete: {known.unpriced_calls:,} calls have no price and are in no cost."
    if total.pending:
        yield f"{total.pending:,} tasks are pending; their ${_money(total.pending_cost)} are in no cost per success."
    if total.incidents:
        cost = _money(total.incident_cost)
        yield f"The interval leaves incidents out: {total.incidents:,} of ${cost} in all are in the true cost."
    if known.open_incidents:
        yield f"{known.open_incidents:,} incidents are open; nothing of them is in these figures."
    if known.other_months_token_bill:
        yield f"${_money(known.other_months_token_bill)} of the token bill belong to tasks of other months."
