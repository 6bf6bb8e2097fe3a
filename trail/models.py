"""The trail: what was done to facts, reference data, people and keys. Append-only, which the database itself holds."""

from __future__ import annotations

from typing import Any

from django.db import models


class Event(models.Model):
    """One change of one row, or one thing done that changes none (a login, an export). Written by the database.

    `mark` is a digest of all else that it says, made when it was written (`trail.domain.chain.mark_of`).
    """

    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    action = models.TextField(help_text="insert, update, delete, kept (as found), login, export ...")
    object = models.TextField(help_text="The table, or what the event is about.")
    key = models.TextField()
    before: models.JSONField[Any, Any] = models.JSONField(null=True)
    after: models.JSONField[Any, Any] = models.JSONField(null=True)
    actor_kind = models.TextField(help_text="person, key, webhook, command, job; empty: SQL from elsewhere.")
    actor = models.TextField(help_text="The person's name, the key's prefix, the command, the job.")
    person_id = models.BigIntegerField(null=True)
    role = models.TextField(help_text="Of the database.")
    address = models.TextField()
    request = models.TextField()
    reason = models.TextField()
    mark = models.BinaryField()

    class Meta:
        indexes = [
            models.Index("object", "key", "id", name="trail_event_by_object"),
            models.Index("at", name="trail_event_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object} {self.key}"


class Day(models.Model):
    """The seal of a day (UTC): `digest` covers its events in order, and the digest of the sealed day before it.

    `marks` are the ids and marks of the events, by which a row that was tampered with is named. A day whose events
    were dropped, being older than they are kept, keeps its digest, so that the chain holds.
    """

    day = models.DateField(primary_key=True)
    events = models.BigIntegerField()
    marks = models.BinaryField()
    content = models.BinaryField(help_text="The digest of `marks`.")
    previous = models.BinaryField(help_text="The digest of the sealed day before; empty for the first.")
    digest = models.BinaryField()
    sealed_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.events} events"
