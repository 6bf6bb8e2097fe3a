"""The reporting zone: whose days and months the figures are of."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from spend import store
from spend.domain.periods import day_of


def reporting_zone() -> ZoneInfo:
    return ZoneInfo(settings.REPORTING_TIME_ZONE)


def reporting_day(at: datetime) -> date:
    """Return the day of `at` in the reporting zone."""
    return day_of(at, reporting_zone())


def check_zone() -> bool:
    """Return whether the zone is written down. Raises ImproperlyConfigured when days were counted in another (R1)."""
    _, kept = store.installation()
    if kept and kept != settings.REPORTING_TIME_ZONE:
        raise ImproperlyConfigured(
            f"REPORTING_TIME_ZONE is {settings.REPORTING_TIME_ZONE}, but this installation holds data in days of"
            f" {kept}; it cannot change."
        )
    return bool(kept)
