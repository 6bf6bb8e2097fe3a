"""Which months are closed, and by what."""

from __future__ import annotations

from datetime import date

from django.db import connection

from audits.models import Close


def open_from() -> date | None:
    """Return the first open month after closed ones, by its first day; None where nothing was closed yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audits_open_from()")
        found: date | None = cursor.fetchone()[0]
    return found


def is_closed(month: date) -> bool:
    """Whether the month that holds this day is closed."""
    first = open_from()
    return first is not None and month < first


def close_of(month: date) -> Close | None:
    """Return the close in force of the month that holds this day."""
    first_day = month.replace(day=1)
    return Close.objects.filter(state=Close.CLOSED, first_month__lte=first_day, month__gte=first_day).first()
