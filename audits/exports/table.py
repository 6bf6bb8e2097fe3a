"""A report as a table for a terminal: figures rounded for people, in 120 columns. CSV and JSON have them exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from audits.domain.lines import Line
from audits.queries.reports import UNATTRIBUTED, TrueCost
from spend.domain.money import to_dollars

WIDTH = 120
UNKNOWN = "-"
INCOMPLETE = "*"


def print_table(report: TrueCost, out: IO[str], *, width: int | None = None) -> None:
    """Print the report. `width`: columns of the terminal, None to ask it; WIDTH where there is none."""
    console = Console(file=out, highlight=False, width=width or (None if out.isatty() else WIDTH))
    query = report.query
    by = " and ".join(_words(name) for name in query.by)
    period = str(query.period.first)
    if query.period.first != query.period.last:
        period += f" to {query.period.last}"
    console.print(f"True cost per successful task, {period}, by {by}; USD, {query.lens} lens, {query.basis}", style="bold")
    console.print()
    console.print(_table(report))
    console.print()
    for sentence in (*_notes(report), _coverage(report)):
        console.print(sentence)


def _table(report: TrueCost) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, collapse_padding=True, show_footer=True)
    for place, name in enumerate(report.query.by):
        cells = [UNATTRIBUTED if (value := row.names[name]) is None else value for row in report.rows]
        _add_column(table, _words(name).capitalize(), "total" if place == 0 else "", justify="left")
        columns_of_names = [*getattr(table, "_names", []), cells]
        table._names = columns_of_names  # type: ignore[attr-defined]
    return table
