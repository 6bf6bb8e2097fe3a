"""Webhooks: those there are, and the one an address names."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from accounts.domain.reach import Reach
from accounts.domain.sealing import Sealed, unseal
from accounts.models import Scope
from audits.models import Webhook

PURPOSE = b"truecost webhook"


def all_webhooks() -> QuerySet[Webhook]:
    """Return every webhook there ever was, those that are revoked last."""
    return Webhook.objects.select_related("team", "created_by").order_by("-revoked_at", "name")


def webhook_named(prefix: str) -> Webhook | None:
    """Return the one an address names, unless it is revoked."""
    return Webhook.objects.filter(prefix=prefix.replace("\x00", "")[:16], revoked_at=None).first()


def secret_of(webhook: Webhook) -> str | None:
    """Return what signs its deliveries; None where it was sealed with a key this installation no longer has."""
    try:
        return unseal(webhook.sealed_secret, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], PURPOSE)
    except Sealed:
        return None


def reach_of_webhook(webhook: Webhook) -> Reach:
    """It writes verdicts and outcomes of its team, or of all; it reads nothing."""
    teams = None if webhook.team_id is None else frozenset({webhook.team_id})
    return Reach(webhook.name, frozenset({Scope.INGEST, Scope.AUDIT}), teams)
