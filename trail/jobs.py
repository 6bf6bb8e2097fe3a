"""What the worker does at night."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from trail import actions
from trail.store import Busy


@shared_task(name="trail.seal")
def seal(**kwargs: Any) -> None:
    """Seal what is over, and drop what is too old. Sent each hour: nearly always there is nothing left to do."""
    at = timezone.now()
    with suppress(Busy):  # next hour
        actions.seal(at=at)
    actions.drop(kept_days=settings.TRAIL_KEPT_DAYS, at=at)
