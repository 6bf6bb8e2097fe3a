from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from config import broker
from config.start import jobs

# Long enough to look at what went wrong, short enough that the tables stay small: beat alone sends 1,800 an hour.
KEPT = timedelta(hours=1)


@shared_task(name="config.forget_messages")
def forget_messages(**kwargs: Any) -> None:
    broker.forget_messages_before(datetime.now() - KEPT)  # noqa: DTZ005 - kombu writes local time without a zone


@shared_task(name="config.carry_out")
def carry_out(**kwargs: Any) -> None:
    jobs.carry_out(at=timezone.now())
