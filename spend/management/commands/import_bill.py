from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from spend.actions.bills import MOST_RAW, Draft, Overlaps, draft, import_bill
from spend.domain.money import to_dollars
from spend.ingest.bills.reading import SHAPES
from spend.ingest.bills.records import BadBill, BadValue, exchange_rate
from spend.queries.bills import KINDS

SHOWN = 20


class Command(BaseCommand):
    help = "Import a provider's bill: costs or usage of OpenAI or Anthropic as JSON, FOCUS or plain CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--shape", choices=(*SHAPES, "csv"), default="", help="told by content if left out")
        parser.add_argument("--provider", default="", help="of CSV lines that name none")
        parser.add_argument("--rate", help="USD for one of its currency, instead of the European Central Bank's rate")
        parser.add_argument("--dry-run", action="store_true", help="say what it would be, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        content = _content(options["file"])
        try:
            found = draft(content, shape=options["shape"], provider=options["provider"], rate=_rate(options["rate"]))
        except BadBill as error:
            raise CommandError(str(error)) from error
        if found.problems or found.statement is None:
            raise CommandError("\n".join(["Nothing was imported.", *_sentences(found)]))
        self._describe(found)
        if options["dry_run"]:
            self.stdout.write("Nothing was written.")
            return
        try:
            imported = import_bill(found, content, by=None, at=timezone.now())
        except Overlaps as error:
            raise CommandError(str(error)) from error
        if imported.is_duplicate:
            self.stdout.write(f"It is here already, as bill {imported.bill.pk}.")
            return
        self.stdout.write(f"Imported as bill {imported.bill.pk}.")
        for bill in imported.superseded:
            self.stdout.write(f"It takes the place of bill {bill.pk}.")

    def _describe(self, found: Draft) -> None:
        statement = found.statement
        if statement is None:
            return
        amount = "no amounts" if found.nanos is None else f"{to_dollars(found.nanos):,.9f} USD"
        self.stdout.write(
            f"{KINDS[statement.kind]} of {statement.provider or 'several providers'}, {statement.first_day} to before"
            f" {statement.end_day}: {len(statement.lines):,} lines, {amount}."
        )
        for note in statement.notes:
            self.stdout.write(note)
        if found.unknown_models:
            self.stdout.write(f"Models that nobody knows: {', '.join(found.unknown_models[:SHOWN])}.")


def _content(name: str) -> bytes:
    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            return file.read(MOST_RAW + 1)  # one more than is taken, of which `draft` says so
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from error


def _rate(said: str | None) -> Decimal | None:
    if said is None:
        return None
    try:
        return exchange_rate(said, "rate")
    except BadValue as error:
        raise CommandError(f"--rate {error}") from error


def _sentences(found: Draft) -> list[str]:
    return [
        f"{problem.index}: {name} {', '.join(said)}"
        for problem in found.problems[:SHOWN]
        for name, said in problem.errors.items()
    ]
