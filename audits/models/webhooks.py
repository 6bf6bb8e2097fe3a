"""Ways in for what other tools tell by themselves."""

from __future__ import annotations

from django.db import models

from accounts.models import Team, User


class Webhook(models.Model):
    """A repository's or organisation's way in: `prefix` is in its address, the secret signs what it sends.

    The secret has to be known to check a signature, so it is kept sealed, and no page ever shows it again.
    """

    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16, unique=True)
    sealed_secret = models.TextField()
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+", help_text="Null: all teams.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True, help_text="When something signed came last.")
    last_event = models.CharField(max_length=100, blank=True)
    last_delivery = models.CharField(max_length=100, blank=True, help_text="Its id, as GitHub lists deliveries.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
