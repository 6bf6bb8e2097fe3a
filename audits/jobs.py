"""What the worker does in between. Reports do it again before they answer, so nothing depends on it but their speed."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from audits.actions.alerts import evaluate
from audits.actions.catch_up import sweep
from audits.actions.mail import deliver
from audits.actions.sampling import draw_due
from audits.actions.schedules import queue_due
from audits.exports.letters import write
from spend.queries.zone import reporting_day


@shared_task(name="audits.refresh_stale")
def refresh_stale(**kwargs: Any) -> None:
    at = timezone.now()
    sweep(at=at, today=reporting_day(at))


@shared_task(name="audits.post")
def post(**kwargs: Any) -> None:
    """Queue the reports that are due, and send what waits in the outbox."""
    at = timezone.now()
    queue_due(write, at=at)
    deliver(at=at)


@shared_task(name="audits.evaluate_alerts")
def evaluate_alerts(**kwargs: Any) -> None:
    evaluate(at=timezone.now())


@shared_task(name="audits.draw_audits")
def draw_audits(**kwargs: Any) -> None:
    """Draw what this week's audit plans ask for; a week is drawn once, so this may run as often as it likes."""
    draw_due(at=timezone.now())
