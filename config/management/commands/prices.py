"""List prices from the catalogue, negotiated prices by hand, and a look at both."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from config.loading import reprice_watched
from config.reference import CannotApply, apply, import_prices
from spend.domain import catalogue
from spend.domain.reference.difference import effective, shown
from spend.domain.reference.parse import BUCKETS, parse_sections
from spend.queries import prices as queries
from spend.queries.zone import reporting_day


class Command(BaseCommand):
    help = "Import the price catalogue, list prices in force, or set a contract price (USD per million tokens)."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("import", help="seed or update models, list prices and tiers from genai-prices")
        listing = verbs.add_parser("list", help="print the prices in force today")
        listing.add_argument("--unpriced", action="store_true", help="models with calls that have no price")
        listing.add_argument("--model", default="", metavar="X", help="only models whose name holds X")
        setting = verbs.add_parser("set", help="set a contract price; one of the same start is superseded")
        setting.add_argument("name", metavar="PROVIDER/NAME")
        for option, meaning in OPTIONS.items():
            setting.add_argument(f"--{option.replace('_', '-')}", dest=option, metavar="X", help=meaning)
        setting.add_argument("--free", action="store_const", const="true", help="it costs nothing, and that is meant")

    def handle(self, *args: Any, **options: Any) -> None:
        self.at = timezone.now()
        self.today = reporting_day(self.at)
        {"import": self._import, "list": self._list, "set": self._set}[options["verb"]](Namespace(**options))
        if options["verb"] != "list":
            reprice_watched(show=sys.stderr.isatty())

    def _import(self, options: Namespace) -> None:
        listed = catalogue.load()
        done = import_prices(listed, at=self.at)
        self.stdout.write(
            f"{listed.reference}: {done.models} new models, {done.prices} new prices, {done.superseded} superseded, "
            f"{done.tiers} new tiers of models. {len(listed.problems)} things our prices cannot say (-v 2 lists them)."
        )
        if options.verbosity > 1:
            for problem in listed.problems:
                self.stdout.write(f"{problem.provider}/{problem.name}: {problem.kind}: {problem.detail}")

    def _list(self, options: Namespace) -> None:
        table = Table(box=None, pad_edge=False)
        if options.unpriced:
            for heading in ("Model", "Unpriced calls"):
                table.add_column(heading)
            for provider, name, calls in queries.models_with_unpriced_calls(model=options.model):
                table.add_row(f"{provider}/{name}" if provider else name, str(calls))
        else:
            for heading in ("Model", "Service tier", "From", "Over tokens", *BUCKETS, "Source"):
                table.add_column(heading)
            for price in queries.in_force(on=self.today, model=options.model):
                rates = ["" if (rate := getattr(price, bucket)) is None else shown(rate) for bucket in BUCKETS]
                over = str(price.context_over or "")
                source = "free" if price.free else price.source
                table.add_row(str(price.llm), price.service_tier, str(price.starts_on), over, *rates, source)
        Console(file=self.stdout, width=200, highlight=False).print(table)  # type: ignore[arg-type]
        if not table.row_count:
            self.stdout.write("None.")

    def _set(self, options: Namespace) -> None:
        provider, slash, name = options.name.partition("/")
        if not slash:
            raise CommandError(f"{options.name!r}: name the provider too, like openai/{options.name}.")
        given = {option: getattr(options, option) for option in (*OPTIONS, "free")}
        price = {"from": str(self.today)} | {key: value for key, value in given.items() if value is not None}
        wanted, problems = parse_sections({"models": [{"provider": provider, "name": name, "prices": [price]}]})
        if problems:
            raise CommandError("\n".join(map(str, problems)))
        try:
            apply(wanted, at=self.at, show=lambda changes: self.stdout.write("\n".join(map(str, effective(changes)))))
        except CannotApply as problem:
            raise CommandError("\n".join(map(str, problem.problems))) from problem


OPTIONS = {
    **dict.fromkeys(BUCKETS, "USD per million tokens"),
    "from": "first day, default today",
    "to": "first day on which it no longer holds",
    "service_tier": "default standard",
    "context_over": "for calls with more input tokens than this",
    "source": "where the price was read",
}
