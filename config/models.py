"""Work on the whole installation that people ask for on a page and a worker carries out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SampleJob(models.Model):
    """Load the sample organisation, or remove it. The row is the order; a message to the worker is only a nudge."""

    class Kind(models.TextChoices):
        LOAD = "load", "Load the sample"
        REMOVE = "remove", "Remove the sample"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    scale = models.FloatField(default=1.0, help_text="The share of the sample's tasks.")
    asked_at = models.DateTimeField()
    stop_asked = models.BooleanField(default=False)
    step = models.CharField(max_length=100, blank=True, help_text="What is being done.")
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    problem = models.TextField(blank=True, help_text="Why it ended without having been done.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(ended_at=None), name="one_open_sample_job_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} asked at {self.asked_at}"
