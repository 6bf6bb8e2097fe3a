"""Saved scenarios of routing: what a policy was expected to do, to be held against what came."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Team, User
from spend.models import TaskType


class Scenario(models.Model):
    """A policy for a task type, of one team or of all, with the terms and months it was worked out with.

    `terms` and `expected` are kept as they were then: `audits.domain.decisions.scenarios` says what is in them.
    """

    name = models.CharField(max_length=100)
    note = models.CharField(max_length=500, blank=True)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    task_type = models.ForeignKey(TaskType, on_delete=models.CASCADE, null=True, related_name="+")
    policy = ArrayField(models.CharField(max_length=100), help_text="Names of tiers in the order in which they try.")
    first_month = models.DateField(help_text="Its first day.")
    last_month = models.DateField(help_text="Its first day.")
    terms = models.JSONField()
    expected = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint("team", "name", name="one_scenario_of_a_name_per_team", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name
