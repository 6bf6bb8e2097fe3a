"""Mail is sent beside the request: whether an address is known must not show in how long the answer takes."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts import actions


@shared_task(name="accounts.send_password_link", autoretry_for=(actions.MailNotSent,), retry_backoff=10, max_retries=5)
def send_password_link(*, email: str, **kwargs: Any) -> None:
    actions.send_password_link(email=email, at=timezone.now())
