from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import Any

from celery import shared_task
from django.utils import timezone

from spend import store
from spend.actions.rejected import forget_rejected as forget
from spend.actions.reprice import work_off

# A worker has other things to do as well; the next message goes on where this one stopped.
SECONDS_AT_ONCE = 4.0


@shared_task(name="spend.work_off_repricings")
def work_off_repricings(**kwargs: Any) -> None:
    until = monotonic() + SECONDS_AT_ONCE
    work_off(lambda order: monotonic() < until)


# A span that comes later than that after the others of its trace is counted beside what it repeats.
SPANS_KEPT = timedelta(days=30)


@shared_task(name="spend.forget_spans")
def forget_spans(**kwargs: Any) -> None:
    store.forget_spans_before((timezone.now() - SPANS_KEPT).date())


@shared_task(name="spend.forget_rejected")
def forget_rejected(**kwargs: Any) -> None:
    forget(at=timezone.now())
