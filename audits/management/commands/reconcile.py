from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich import box
from rich.console import Console
from rich.table import Table

from audits.actions.reconciling import compare
from audits.exports.reconciled import told_month
from audits.exports.reconciling import CAUSES, provider_name, state_of
from audits.queries.reconciling import ProvidersMonth
from spend.domain.money import to_dollars
from spend.domain.periods import Month, Period

_ENDLESS = 1_000


class Command(BaseCommand):
    help = "Compare what a month's calls cost with what providers billed, and say why they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", metavar="MONTH", help="like 2026-10")
        parser.add_argument("--provider", help="only this one")
        parser.add_argument("--format", choices=("table", "json"), default="table")
        parser.add_argument("--check", action="store_true", help="fail unless every provider is reconciled")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            month = Month.parse(options["month"])
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        found = compare(Period(month, month), at=timezone.now(), provider=options["provider"])
        if options["format"] == "json":
            told = {"reconciliations": [told_month(each) for each in found]}
            self.stdout.write(json.dumps(told, indent=2))
        else:
            self.stdout.write(_as_table(month, found))
        unsettled = [provider_name(each.found.provider) for each in found if not each.found.reconciled]
        if options["check"] and unsettled:
            raise CommandError(f"not reconciled: {', '.join(unsettled)}")


def _as_table(month: Month, found: Sequence[ProvidersMonth]) -> str:
    """One column a provider: a bill has many causes, an installation few providers."""
    if not found:
        return f"Neither calls nor bills of {month}."
    table = Table(box=box.SIMPLE, padding=0, show_edge=False)
    table.add_column(f"{month}, USD")
    for each in found:
        table.add_column(provider_name(each.found.provider), justify="right", no_wrap=True)
    for label, cells in _rows(found):
        table.add_row(label, *cells)
    console = Console(width=_ENDLESS, highlight=False)
    with console.capture() as written:
        console.print(table)
    return "\n".join(line.rstrip() for line in written.get().splitlines())


def _rows(found: Sequence[ProvidersMonth]) -> Iterator[tuple[str, list[str]]]:
    months = [each.found for each in found]
    yield "Computed", [_money(each.computed) for each in months]
    for cause, (label, _) in CAUSES.items():
        amounts = [getattr(each.causes, cause) for each in months]
        if any(amounts):
            yield f"  {label.lower()}", [_money(amount) if amount else "" for amount in amounts]
    yield "Billed", [_money(each.billed) for each in months]
    yield "Captured", ["-" if each.capture_rate is None else f"{each.capture_rate:.1%}" for each in months]
    yield "State", [state_of(each) + (" (provisional)" if each.is_provisional else "") for each in months]


def _money(nanos: int | None) -> str:
    return "-" if nanos is None else f"{to_dollars(nanos):,.2f}"
