"""Answer a question that decides."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audits.exports.deciding import QUESTIONS, told
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import BY, parse_decision
from audits.queries.sums import FILTERS
from spend.domain.periods import Month
from spend.queries.zone import reporting_day


class Command(BaseCommand):
    help = "Answer a question that decides, in sentences or as the JSON of the API."

    def add_arguments(self, parser: CommandParser) -> None:
        questions = parser.add_subparsers(dest="question", required=True, metavar="QUESTION")
        for name, question in QUESTIONS.items():
            own = questions.add_parser(name, help=question.summary, description=question.summary)
            own.add_argument("--from", metavar="MONTH", help="first month, like 2026-10; default: the last full one")
            own.add_argument("--to", metavar="MONTH", help="last month, included; default: the first")
            own.add_argument("--by", choices=BY, help="whose work; default: tier")
            for dimension in FILTERS:
                option = f"--{dimension.replace('_', '-')}"
                own.add_argument(option, metavar="NAME", action="append", help="only this; may be repeated")
            for word in question.own:
                own.add_argument(f"--{word.replace('_', '-')}", metavar="VALUE")
            own.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        at, question = timezone.now(), options["question"]
        names = ("from", "to", "by", *FILTERS, *QUESTIONS[question].own)
        words = {name: _listed(options[name]) for name in names if options[name] is not None}
        try:
            asked = parse_decision(
                words,
                teams=None,
                latest=Month.of(reporting_day(at)).previous,
                own=QUESTIONS[question].own,
                span=QUESTIONS[question].span,
            )
            found = told(question, asked, at=at)
        except BadQuery as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(json.dumps(found, indent=2) if options["format"] == "json" else "\n".join(found["sentences"]))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
