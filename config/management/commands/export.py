"""Write reference data as a file that `apply` reads back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audits.queries.reference import current
from spend.domain.reference.writing import text_of


class Command(BaseCommand):
    help = (
        "Write the reference data as YAML, which `apply` reads back without changing anything. "
        "Left out is what `prices import` makes: catalogue prices, and tiers derived from them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", nargs="?", help="default: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        text = text_of(current())
        if options["file"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["file"]).write_text(text, encoding="utf-8")
        except OSError as problem:
            raise CommandError(f"{options['file']}: {problem.strerror}.") from problem
