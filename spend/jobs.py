from __future__ import annotations

from time import monotonic
from typing import Any

from celery import shared_task

from spend.actions.reprice import work_off

# A worker has other things to do as well; the next message goes on where this one stopped.
SECONDS_AT_ONCE = 4.0


@shared_task(name="spend.work_off_repricings")
def work_off_repricings(**kwargs: Any) -> None:
    until = monotonic() + SECONDS_AT_ONCE
    work_off(lambda order: monotonic() < until)
