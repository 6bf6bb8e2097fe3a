"""Write the FOCUS export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audits.actions.reports import bring_up_to_date
from audits.exports.focus.files import as_csv
from audits.queries.asking import BILLS, BadQuery
from audits.queries.asking_focus import FOCUS_PARAMETERS, parse_focus
from spend.domain.periods import Month
from spend.queries.zone import reporting_day


class Command(BaseCommand):
    help = "Write charges of billing periods as FOCUS 1.2 CSV; what each column holds: docs/focus.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", metavar="MONTH", help="like 2026-10; default: the last full one")
        parser.add_argument("--from", metavar="MONTH", help="first month, instead of --month")
        parser.add_argument("--to", metavar="MONTH", help="last month, included; default: the first")
        parser.add_argument("--bill", help=f"the token bill as {' or '.join(BILLS)}")
        parser.add_argument("--output", metavar="FILE", type=Path, help="write here instead of to standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        words = {name: [options[name]] for name in FOCUS_PARAMETERS if options[name]}
        try:
            asked = parse_focus(words, latest=Month.of(reporting_day(at)).previous)
        except BadQuery as problem:
            raise CommandError(str(problem)) from problem
        bring_up_to_date(at=at)
        pieces = as_csv(asked, teams=None)
        if options["output"] is None:
            for piece in pieces:
                self.stdout.write(piece.decode(), ending="")
            return
        try:
            with options["output"].open("wb") as file:
                file.writelines(pieces)
        except OSError as problem:
            raise CommandError(f"cannot write {options['output']}: {problem.strerror}") from problem
