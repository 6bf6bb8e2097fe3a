from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from rich import box
from rich.console import Console
from rich.table import Table

from audits.actions.reports import answer
from audits.domain.lines import Line
from audits.queries.asking import parse_query
from audits.sample.insurer import AFTER, BEFORE, TEAM
from config.loading import watched
from config.sample import load_insurer
from spend.actions.simulation import mark_simulated
from spend.domain.money import to_dollars
from spend.domain.periods import Month
from spend.queries.installation import has_calls


class Command(BaseCommand):
    help = (
        "Load a worked example and print its figures. insurer: 20,000 claims a month move to a model that is 85 % "
        "cheaper, and one of them is wrongly paid. Again: nothing is loaded twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("example", choices=("insurer",))

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        with watched(show=self.stderr.isatty()) as advance, transaction.atomic():
            if not has_calls():
                mark_simulated()
            load_insurer(at=at, advance=advance)
        before, after = (self._month(Month.of(day), at) for day in (BEFORE, AFTER))
        self.stdout.write(f"Simulated: team {TEAM}, moved from a frontier model to a commodity model.\n")
        self.stdout.write(_compared(before, after))
        self.stdout.write(_verdict(before, after))

    def _month(self, month: Month, at: datetime) -> Line:
        words = {"from": [str(month)], "team": [TEAM]}
        return answer(parse_query(words, teams=None, latest=month), at=at).total


def _compared(before: Line, after: Line) -> str:
    table = Table(box=box.SIMPLE, padding=0, show_edge=False)
    for heading in ("", f"{BEFORE:%B %Y}", f"{AFTER:%B %Y}"):
        table.add_column(heading, justify="right" if heading else "left", min_width=16)
    for name, cell in ROWS.items():
        table.add_row(name, cell(before), cell(after))
    console = Console(width=80, highlight=False)
    with console.capture() as text:
        console.print(table)
    return text.get()


def _verdict(before: Line, after: Line) -> str:
    saving = (before.token_bill or 0) - (after.token_bill or 0)
    if saving <= 0:
        return "The token bill did not fall."
    months = to_dollars(after.incident_cost) / to_dollars(saving)
    return (
        f"Saved {_dollars(saving)} a month on tokens; one incident of {_dollars(after.incident_cost)}"
        f" eats {months:.1f} months of it."
    )


def _dollars(nanos: int | None, places: int = 2) -> str:
    return "-" if nanos is None else f"${to_dollars(nanos):,.{places}f}"


ROWS: dict[str, Callable[[Line], str]] = {
    "Tasks": lambda line: f"{line.tasks:,}",
    "Successes": lambda line: f"{line.successes:,}",
    "Token bill": lambda line: _dollars(line.token_bill),
    "Failures": lambda line: _dollars(line.true_cost - (line.token_bill or 0)),
    "True cost": lambda line: _dollars(line.true_cost),
    "True cost per success": lambda line: _dollars(line.true_cost_per_success, 4),
    "Multiplier": lambda line: "-" if line.multiplier is None else f"{line.multiplier:,.2f}",
}
