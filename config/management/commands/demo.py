from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from audits.actions.catch_up import catch_up
from audits.actions.reports import answer
from audits.exports.table import as_table
from audits.queries.sums import Query
from audits.sample.dates import last_full_month_end
from config import env
from config.audited import have_audits
from config.loading import watched
from config.sample import load_organisation
from config.welcome import TEAM, how_to_sign_in, make_logins
from spend.domain.periods import Month, Period
from spend.queries.installation import has_calls, is_simulated, latest_task_day
from spend.queries.zone import reporting_day


class Command(BaseCommand):
    help = (
        "Load the sample organisation: a year of simulated facts, a login for each role and an API key. "
        "Prints the true-cost report of its last full month. Again: nothing is loaded twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=float, default=1.0, help="a smaller organisation, such as 0.1")
        parser.add_argument("--no-logins", dest="logins", action="store_false", help="do not print how to sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        self.at = timezone.now()
        self.today = reporting_day(self.at)
        if is_simulated() and latest_task_day(TEAM) is not None:
            self.stdout.write("The sample is loaded already.")
        elif has_calls() and not is_simulated():
            raise CommandError(
                "This installation holds calls of its own; a sample among them would falsify its figures."
            )
        else:
            self._load(options["scale"])
        self._report()
        if options["logins"]:
            self.stdout.write(how_to_sign_in(f"http://127.0.0.1:{env.whole('PORT', 8000, least=1, most=65535)}"))

    def _load(self, scale: float) -> None:
        started = time.monotonic()
        with watched(show=self.stderr.isatty()) as advance, transaction.atomic():
            until = last_full_month_end(self.today)
            facts = load_organisation(until=until, scale=scale, at=self.at, advance=advance)
            make_logins(at=self.at)
        catch_up(at=self.at, today=self.today)
        have_audits(at=self.at)
        self.stdout.write(
            f"Loaded a simulated year: {len(facts.calls):,} calls, {len(facts.outcomes):,} outcomes,"
            f" {len(facts.corrections):,} corrections, {len(facts.incidents):,} incidents,"
            f" in {time.monotonic() - started:.0f} seconds."
        )

    def _report(self) -> None:
        """Print the last full month that has tasks."""
        month = Month.of(self.today).previous
        if (latest := latest_task_day(TEAM)) is not None:
            month = min(month, Month.of(latest))
        report = answer(Query(Period(month, month)), at=self.at)
        self.stdout.write(f"\nEverything here is simulated.\n{as_table(report)}")
