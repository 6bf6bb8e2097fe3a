"""Check a file against the column rules of FOCUS 1.2."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.domain.focus.checking import Checked, check


class Command(BaseCommand):
    help = (
        "Check a FOCUS 1.2 file in CSV, of any origin: columns, nulls, values, formats, conditions, sums. 1: it fails."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        done = self._checked(options["file"])
        for problem in done.problems:
            self.stdout.write(str(problem))
        if done.found:
            raise CommandError(f"{done.found:,} problems in {done.rows:,} rows.")
        for period, billed in sorted(done.billed.items()):
            self.stdout.write(f"Billing period from {period}: BilledCost {billed:f}")
        self.stdout.write(f"{done.rows:,} rows, {done.corrections:,} of them corrections: FOCUS 1.2 holds.")

    def _checked(self, path: Path) -> Checked:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.DictReader(file, strict=True)
                return check(rows.fieldnames or [], rows)
        except (OSError, UnicodeDecodeError, csv.Error) as problem:
            raise CommandError(f"cannot read {path}: {problem}") from problem
