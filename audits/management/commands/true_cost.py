from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audits.actions.reports import answer
from audits.exports.asked import Asked
from audits.exports.files import FORMATS
from audits.exports.plain import told
from audits.exports.table import as_table
from audits.queries.asking import BASES, BILLS, LENSES, PARAMETERS, SUCCESSES, BadQuery, parse_query
from audits.queries.reports import TrueCost
from audits.queries.sums import DIMENSIONS, FILTERS
from spend.domain.periods import Month
from spend.queries.zone import reporting_day


class Command(BaseCommand):
    help = "Give the true cost per successful task next to the raw token bill; JSON, CSV, XLSX and PDF are the API's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", metavar="MONTH", help="first month, like 2026-10; default: the last full one")
        parser.add_argument("--to", metavar="MONTH", help="last month, included; default: the first")
        parser.add_argument("--by", metavar="NAME[,NAME]", help=f"one or two of {', '.join(DIMENSIONS)}; default: tier")
        parser.add_argument("--lens", help=" or ".join(LENSES))
        parser.add_argument("--basis", help=" or ".join(BASES))
        parser.add_argument("--success", help=f"what counts as one: {', '.join(SUCCESSES)}")
        parser.add_argument("--bill", help=f"the token bill as {' or '.join(BILLS)}")
        for name in FILTERS:
            option = f"--{name.replace('_', '-')}"
            parser.add_argument(option, metavar="NAME", action="append", help="only this; may be repeated")
        parser.add_argument("--format", choices=("table", "json", *FORMATS), default="table")
        parser.add_argument("--output", metavar="FILE", type=Path, help="write here; xlsx and pdf must say where")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        words = {name: _listed(options[name]) for name in PARAMETERS if options[name] is not None}
        try:
            query = parse_query(words, teams=None, latest=Month.of(reporting_day(at)).previous)
        except BadQuery as problem:
            raise CommandError(str(problem)) from problem
        wanted, output = options["format"], options["output"]
        if output is None and wanted in _ONLY_FILES:
            raise CommandError(f"--format {wanted} needs --output FILE")
        if wanted in FORMATS:
            content = FORMATS[wanted].make(query, Asked(words, _BY_WHOM), at)
        else:
            content = {"table": as_table, "json": _json}[wanted](answer(query, at=at)).encode()
        self._give(content, output)

    def _give(self, content: bytes, output: Path | None) -> None:
        if output is None:
            self.stdout.write(content.decode(), ending="")
            return
        try:
            output.write_bytes(content)
        except OSError as problem:
            raise CommandError(f"cannot write {output}: {problem.strerror}") from problem


_ONLY_FILES = {"xlsx", "pdf"}
_BY_WHOM = "true_cost on the command line"


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _json(report: TrueCost) -> str:
    return json.dumps(told(report), indent=2) + "\n"
