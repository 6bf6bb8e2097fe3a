"""Quality audits: plans of whom to look at, and who was drawn. A draw is a fact; a review answers it."""

from __future__ import annotations

from fractions import Fraction
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Team, User
from spend.models import TaskType, Tier


class AuditPlan(models.Model):
    """One version of a plan: draw `share` of the successes nobody looked at, or `number` of them a week.

    Of one team and one task type, or of all where it names none. A row is never edited but for `latest`.
    """

    identity = models.UUIDField(default=uuid4)
    version = models.PositiveIntegerField(default=1)
    latest = models.BooleanField(default=True)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    task_type = models.ForeignKey(TaskType, null=True, on_delete=models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    number = models.PositiveIntegerField(null=True, help_text="A week.")
    seed = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["team__name", "task_type__name", "identity", "version"]
        constraints = [
            models.UniqueConstraint("identity", "version", name="one_audit_plan_per_identity_and_version"),
            models.UniqueConstraint("identity", condition=Q(latest=True), name="one_latest_version_of_an_audit_plan"),
            models.CheckConstraint(
                name="audit_plan_states_a_share_or_a_number",
                condition=Q(share__gt=0, share__lte=1, number=None) | Q(share=None, number__gt=0),
            ),
        ]

    def __str__(self) -> str:
        much = f"{self.number:,} a week" if self.number is not None else f"{(self.share or 0) * 100:.3g} %"
        return f"{self.team or 'All teams'}, {self.task_type or 'all task types'}: {much}"


class AuditDraw(models.Model):
    """A success somebody is asked to look at, with its stratum as it was then; append-only.

    `taken` of the `successes` of its stratum were drawn. `review` is the identity of the correction that answers it:
    a draw without one that counts is open until `expires_on`, and non-response from then on.
    """

    plan = models.ForeignKey(AuditPlan, on_delete=models.PROTECT, related_name="draws")
    week = models.DateField(help_text="Its Monday.")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    task_key = models.UUIDField(unique=True)
    task_type = models.ForeignKey(TaskType, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    tier = models.ForeignKey(Tier, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField(help_text="The first day of the task's month.")
    taken = models.PositiveIntegerField()
    successes = models.PositiveIntegerField()
    review = models.UUIDField(unique=True)
    drawn_at = models.DateTimeField()
    expires_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audit_draw_has_a_probability", condition=Q(taken__gt=0, taken__lte=F("successes"))
            )
        ]
        indexes = [
            models.Index("month", "team", name="audit_draw_by_month"),
            models.Index("team", "expires_on", name="audit_draw_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.task_key} of {self.week}"

    @property
    def probability(self) -> Fraction:
        """With which each task of its stratum was drawn."""
        return Fraction(self.taken, self.successes)
