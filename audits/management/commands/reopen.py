"""Open the last closed month again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.queries import reach_of_user
from audits.actions.closing import reopen
from audits.domain.closing import CannotClose
from audits.queries.closes import close_of
from spend.domain.periods import Month


class Command(BaseCommand):
    help = "Open the last closed month again. The close and the reason stay on record."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", metavar="MONTH", help="like 2026-10")
        parser.add_argument("--by", required=True, metavar="USER", help="an administrator")
        parser.add_argument("--reason", required=True, help="why")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"]).first()
        if by is None or not reach_of_user(by).administers:
            raise CommandError(f"{options['by']} may not open closed months.")
        try:
            close = close_of(Month.parse(options["month"]).first_day)
            if close is None:
                raise CannotClose(f"{options['month']} is not closed.")
            reopen(close, by=by, at=timezone.now(), reason=options["reason"])
        except (CannotClose, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{options['month']} is open.")
