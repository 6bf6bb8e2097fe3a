from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trail import actions
from trail.models import Day
from trail.queries.chained import unsealed
from trail.store import Busy


class Command(BaseCommand):
    help = (
        "Seal each day (UTC) of the audit trail that is over, and drop events older than TRAIL_KEPT_DAYS. Prints the"
        " digest of the last sealed day: kept elsewhere, it proves that nobody made the whole trail anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--of", type=date.fromisoformat, metavar="DAY", help="print the digest of this sealed day, and do nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["of"]:
            self._print(Day.objects.filter(day=options["of"]).first())
            return
        at = timezone.now()
        self._seal(at)
        dropped = actions.drop(kept_days=settings.TRAIL_KEPT_DAYS, at=at)
        if dropped:
            self.stdout.write(f"Dropped {dropped} events.")
        if last := Day.objects.last():
            self._print(last)
        today = at.astimezone(UTC).date()
        since = unsealed(today)
        self.stdout.write(f"{today}, not sealed yet, so far {since.events} events: {since.digest.hex()}")

    def _seal(self, at: datetime) -> None:
        try:
            actions.seal(at=at)
        except Busy as problem:
            raise CommandError("Somebody is writing; nothing was sealed. Try again in a moment.") from problem

    def _print(self, day: Day | None) -> None:
        if day is None:
            raise CommandError("That day is not sealed: it is not over, or nothing was done on it.")
        self.stdout.write(f"{day.day}, {day.events} events: {bytes(day.digest).hex()}")
