"""Webhooks are made and revoked; what came by one last is noted."""

from __future__ import annotations

import secrets
import string
from datetime import datetime

from django.conf import settings

from accounts.domain.sealing import seal
from accounts.models import Team, User
from audits.models import Webhook
from audits.queries.webhooks import PURPOSE

PREFIX_LENGTH = 12
PREFIX_LETTERS = string.ascii_lowercase + string.digits
SECRET_BYTES = 32


def create_webhook(*, name: str, team: Team | None, at: datetime, by: User | None = None) -> tuple[Webhook, str]:
    """Make a webhook of one team, or of all (None); return it with its secret, which nobody is ever shown again."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    webhook = Webhook.objects.create(
        name=name,
        prefix="".join(secrets.choice(PREFIX_LETTERS) for _ in range(PREFIX_LENGTH)),
        sealed_secret=seal(secret, [settings.SECRET_KEY], PURPOSE),
        team=team,
        created_at=at,
        created_by=by,
    )
    return webhook, secret


def revoke_webhook(*, webhook: Webhook, at: datetime) -> None:
    """End it for good, at once. A second time changes nothing."""
    Webhook.objects.filter(pk=webhook.pk, revoked_at=None).update(revoked_at=at, sealed_secret="")


def note_delivery(*, webhook: Webhook, event: str, delivery: str, at: datetime) -> None:
    """Write down what came last, so that who sets it up sees that it works."""
    last = {"last_at": at, "last_event": event[:100], "last_delivery": delivery[:100]}
    Webhook.objects.filter(pk=webhook.pk).update(**last)
