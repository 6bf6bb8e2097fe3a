"""The reporting zone cannot change once there is data (R1)."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from spend.models import Installation


def keep_zone() -> None:
    """Write down the zone in which days are counted when the first record comes; refuse any other afterwards."""
    kept = Installation.objects.values_list("reporting_time_zone", flat=True).get()
    wanted: str = settings.REPORTING_TIME_ZONE
    if kept == wanted:
        return
    if kept:
        raise ImproperlyConfigured(
            f"REPORTING_TIME_ZONE is {wanted}, but this installation holds data in days of {kept}; it cannot change."
        )
    Installation.objects.filter(reporting_time_zone="").update(reporting_time_zone=wanted)
