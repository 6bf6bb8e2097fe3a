"""Prove that ledger, daily rows and facts agree."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audits.actions.catch_up import catch_up
from audits.queries.verify import CHECKS, faults
from spend.queries.zone import reporting_day

SHOWN = 100


class Command(BaseCommand):
    help = (
        "Check what is stored against itself: entries sum to their sources, reversals negate, daily rows are the facts,"
        " costs follow from prices. Prints every fault and exits with 1 if there is any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=SHOWN, help=f"faults to print ({SHOWN})")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        today = reporting_day(at)
        catch_up(at=at, today=today)
        found = list(faults(today, progress=lambda promise: self.stdout.write(f"  {promise}")))
        for fault in found[: options["most"]]:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults found.")
        self.stdout.write(f"All {len(CHECKS)} promises hold.")
