"""Compute every derived row again from the facts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from audits.actions.rebuild import rebuild
from spend.queries.zone import reporting_day

SHOWN = 100


class Command(BaseCommand):
    help = (
        "Compute entries and daily rows again from the facts, slice by slice. Prints what came out different, which"
        " must be nothing, and exits with 1 if anything did. Reports stay right meanwhile, and it may be stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=SHOWN, help=f"differences to print ({SHOWN})")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        with Progress(console=Console(stderr=True), transient=True) as bar:
            job = bar.add_task("rebuilding", total=None)
            found = rebuild(
                at=at,
                today=reporting_day(at),
                progress=lambda done, of: bar.update(job, completed=done, total=of),
            )
        for difference in found[: options["most"]]:
            self.stderr.write(str(difference))
        if found:
            raise CommandError(f"{len(found)} derived rows were not what the facts say; they are now.")
        self.stdout.write("Rebuilt: no differences.")
