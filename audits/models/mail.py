"""The outbox: each mail is a row before it is sent, so that none is lost and none goes out twice."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User


class MailFile(models.Model):
    """A file that mails bring along, kept as it went out; mails with the same file share it."""

    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Mail(models.Model):
    """One mail to one person. `key` says what it is about and for whom; there is one of each.

    `next_try_at` is when a waiting one is tried (again); `error` is what the server answered last.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    key = models.CharField(max_length=200, unique=True)
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    files = models.ManyToManyField(MailFile, related_name="mails")
    queued_at = models.DateTimeField()
    state = models.TextField(choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-queued_at", "-pk"]
        indexes = [models.Index(fields=["next_try_at"], name="mail_to_send", condition=Q(state="waiting"))]
        constraints = [
            models.CheckConstraint(
                name="mail_sent_at_a_time",
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.address}"
