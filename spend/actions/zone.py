"""The reporting zone cannot change once there is data (R1)."""

from __future__ import annotations

from django.conf import settings

from spend.models import Installation
from spend.queries.zone import check_zone


def keep_zone() -> None:
    """Write down the zone in which days are counted when the first record comes; refuse any other afterwards."""
    if not check_zone():
        Installation.objects.filter(reporting_time_zone="").update(reporting_time_zone=settings.REPORTING_TIME_ZONE)
