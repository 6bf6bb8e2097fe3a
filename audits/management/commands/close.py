"""Close a month."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.queries import reach_of_user
from audits.actions.closing import accrual_of, close_month
from audits.domain.checklist import WAIVABLE
from audits.domain.closing import CannotClose
from spend.domain.periods import Month


class Command(BaseCommand):
    help = (
        "Freeze a month, and of an installation never closed all months before it. Fails where its checklist says no,"
        " or warns and there is no reason."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", metavar="MONTH", help="like 2026-10")
        parser.add_argument("--by", required=True, metavar="USER", help="who signs: of finance, or an administrator")
        parser.add_argument("--reason", default="", help="why it is closed in spite of warnings")
        parser.add_argument(
            "--waive", action="append", default=[], metavar="RULE=REASON", help="why a rule that blocks need not"
        )
        parser.add_argument(
            "--accrue", default="", metavar="AMOUNT", help="rework still to come: `proposed`, or an amount in dollars"
        )
        parser.add_argument("--accrual-reason", default="", metavar="TEXT", help="why another amount than proposed")
        parser.add_argument("--basis", choices=("computed", "billed"), default="computed", help="of the token bill")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(username=options["by"]).first()
        if by is None or not reach_of_user(by).writes_reference:
            raise CommandError(f"{options['by']} may not close months.")
        try:
            found = close_month(
                Month.parse(options["month"]), by=by, at=timezone.now(), reason=options["reason"],
                basis=options["basis"], waivers=dict(_waiver(text) for text in options["waive"]),
                accrual=accrual_of(options["accrue"], options["accrual_reason"]),
            )  # fmt: skip
        except (CannotClose, ValueError) as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{options['month']} is closed. SHA-256: {found.digest}")


def _waiver(text: str) -> tuple[str, str]:
    rule, given, reason = text.partition("=")
    if not given or rule not in WAIVABLE:
        raise ValueError(f"--waive takes RULE=REASON; a rule that can be waived is one of: {', '.join(WAIVABLE)}")
    return rule, reason.strip()
