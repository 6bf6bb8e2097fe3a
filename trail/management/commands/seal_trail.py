from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from trail import actions
from trail.models import Day
from trail.store import Busy


class Command(BaseCommand):
    help = (
        "Seal each day of the audit trail that is over, and drop events older than TRAIL_KEPT_DAYS. Prints the digest"
        " of the last sealed day: kept elsewhere, it proves that nobody made the whole trail anew."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        try:
            done = actions.seal(at=at)
        except Busy as problem:
            raise CommandError("Somebody is writing; nothing was sealed. Try again in a moment.") from problem
        for day in done:
            self.stdout.write(f"Sealed {day}.")
        dropped = actions.drop(kept_days=settings.TRAIL_KEPT_DAYS, at=at)
        if dropped:
            self.stdout.write(f"Dropped {dropped} events.")
        last = Day.objects.last()
        self.stdout.write(f"Sealed until {last.day}: {bytes(last.digest).hex()}" if last else "Nothing to seal yet.")
