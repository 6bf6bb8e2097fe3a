"""Seals days of the trail, and drops what is older than it is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from trail import store
from trail.domain.chain import sealed
from trail.models import Day, Event
from trail.queries.chained import days_to_seal, marks_of

OWNER = "owner"  # only the role that owns events may drop them


def seal(*, at: datetime) -> list[Day]:
    """Seal each day (UTC) that is over and has events. A second time finds nothing to do. Raises store.Busy."""
    today = at.astimezone(UTC).date()
    done = []
    with transaction.atomic():
        store.lock_for_sealing()
        last = Day.objects.last()
        previous = bytes(last.digest) if last else b""
        for day in days_to_seal(after=last.day if last else None, before=today):
            found = sealed(day, marks_of(day), previous)
            done.append(
                Day.objects.create(
                    day=day, events=found.events, marks=found.marks, content=found.content, previous=found.previous,
                    digest=found.digest, sealed_at=at,
                )
            )  # fmt: skip
            previous = found.digest
    return done


def drop(*, kept_days: int, at: datetime) -> int:
    """Drop the events of sealed days older than `kept_days`, as the owner; return how many. 0 days: keep for ever.

    What stands in a row to this day is noted anew before the event that left it goes, so that it can still be proved.
    """
    if not kept_days:
        return 0
    first_kept = at.astimezone(UTC).date() - timedelta(days=kept_days)
    with transaction.atomic(using=OWNER):
        days = list(Day.objects.using(OWNER).filter(day__lt=first_kept, dropped_at=None).values_list("day", flat=True))
        if not days:
            return 0
        until = _start_of(max(days) + timedelta(days=1))
        store.keep_last_events(until, using=OWNER)
        store.note("drop", "trail", "", {"from": str(min(days)), "to": str(max(days))}, using=OWNER)
        Day.objects.using(OWNER).filter(day__in=days).update(dropped_at=at, marks=b"")
        count, _ = Event.objects.using(OWNER).filter(at__lt=until).delete()
    return count


def _start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
