"""What finance says of a month, beside its figures. Kept for ever: changed by a further version, taken back by one."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from accounts.models import Team, User


class ReportNote(models.Model):
    """One version of a note. Without a team it is of the whole installation, for those who see all of it.

    Neither its author nor its team can be deleted: who wrote in the books stays on record.
    """

    identity = models.UUIDField(default=uuid4)
    version = models.PositiveIntegerField(default=1)
    month = models.DateField(help_text="Its first day.")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    withdrawn = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("identity", "version", name="one_note_per_identity_and_version")]
        indexes = [models.Index("month", name="report_note_by_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.text[:50]}"
