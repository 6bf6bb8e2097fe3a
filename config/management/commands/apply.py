"""Reference data as code: bring the database to where a file wants it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.loading import reprice_watched
from config.reference import CannotApply, apply
from spend.domain.reference.difference import Change, summary
from spend.domain.reference.parse import parse
from spend.domain.reference.reading import Problem

HELP = """\
Bring reference data to where FILE.yaml wants it, in one transaction, after printing the difference.

Sections, each optional: teams, labour_rates, tiers, models, task_types, fixed_costs. `export` writes such a file.
Applying a file twice changes nothing the second time. What the file does not mention stays as it is: removing an item
deletes nothing. An item is given whole, a key left out means none; only a model's aliases, weights, hosting and free
stay as they are when left out, and aliases are added to, never taken away. A changed price supersedes the old one.
A price is a contract price, which beats the catalogue; `source: catalogue` makes it a list price, and any other
text there says where the price was read.
"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        raw = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, formatter_class=raw, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.yaml", help="the file, - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="print the difference and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted, problems = parse(_text(options["file"]))
        if problems:
            raise CommandError(_told(problems))
        self.verbosity = options["verbosity"]
        try:
            apply(wanted, at=timezone.now(), dry_run=options["dry_run"], show=self._show)
        except CannotApply as problem:
            raise CommandError(_told(problem.problems)) from problem
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing written.")
        else:
            reprice_watched(show=sys.stderr.isatty())

    def _show(self, changes: list[Change]) -> None:
        """Print what changes; what does not only when asked for more (-v 2)."""
        for change in changes:
            if change.verb != "unchanged" or self.verbosity > 1:
                self.stdout.write(str(change))
        self.stdout.write(summary(changes))


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as problem:
        raise CommandError(f"{file}: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise CommandError(f"{file}: not UTF-8 text.") from problem


def _told(problems: list[Problem]) -> str:
    return "\n".join(["Nothing was written.", *map(str, problems)])
