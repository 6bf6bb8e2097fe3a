from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audits.actions.reports import answer
from audits.exports.plain import as_csv, told
from audits.exports.table import as_table
from audits.queries.asking import BASES, LENSES, PARAMETERS, BadQuery, parse_query
from audits.queries.reports import TrueCost
from audits.queries.sums import DIMENSIONS, FILTERS
from spend.domain.periods import Month
from spend.queries.zone import reporting_day


class Command(BaseCommand):
    help = "Print the true cost per successful task next to the raw token bill. JSON and CSV are those of the API."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", metavar="MONTH", help="first month, like 2026-10; default: the last full one")
        parser.add_argument("--to", metavar="MONTH", help="last month, included; default: the first")
        parser.add_argument("--by", metavar="NAME[,NAME]", help=f"one or two of {', '.join(DIMENSIONS)}; default: tier")
        parser.add_argument("--lens", help=" or ".join(LENSES))
        parser.add_argument("--basis", help=" or ".join(BASES))
        for name in FILTERS:
            option = f"--{name.replace('_', '-')}"
            parser.add_argument(option, metavar="NAME", action="append", help="only this; may be repeated")
        parser.add_argument("--format", choices=("table", "json", "csv"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        words = {name: _listed(options[name]) for name in PARAMETERS if options[name] is not None}
        try:
            query = parse_query(words, teams=None, latest=Month.of(reporting_day(at)).previous)
        except BadQuery as problem:
            raise CommandError(str(problem)) from problem
        report = answer(query, at=at)
        self.stdout.write({"table": as_table, "json": _json, "csv": as_csv}[options["format"]](report), ending="")


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _json(report: TrueCost) -> str:
    return json.dumps(told(report), indent=2) + "\n"
