"""The reporting zone: whose days and months the figures are of."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from spend.domain.periods import day_of


def reporting_zone() -> ZoneInfo:
    return ZoneInfo(settings.REPORTING_TIME_ZONE)


def reporting_day(at: datetime) -> date:
    """Return the day of `at` in the reporting zone."""
    return day_of(at, reporting_zone())
