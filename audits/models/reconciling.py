"""What finance says of a provider's bills: how far they may differ, and what was decided about a month that does."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from audits.models.daily import money


class ProviderTolerance(models.Model):
    """How far calls of a provider may be missing, or amounts unexplained, before somebody must decide.

    `absolute` and `rounding` in nano-dollars; see `spend.domain.reconciling.months.Tolerance`.
    """

    provider = models.CharField(max_length=200, blank=True, unique=True)
    absolute = models.BigIntegerField()
    share = models.DecimalField(max_digits=7, decimal_places=6)
    rounding = models.BigIntegerField()

    class Meta:
        ordering = ["provider"]
        constraints = [
            models.CheckConstraint(
                name="tolerance_is_an_amount_and_a_share",
                condition=Q(absolute__gte=0, rounding__gte=0, share__gte=0, share__lte=1),
            )
        ]

    def __str__(self) -> str:
        return f"tolerance of {self.provider or 'unknown'}"


class ReconciliationDecision(models.Model):
    """What was decided about a provider's month: the latest counts, earlier ones stay. Never edited, never deleted."""

    class Choice(models.TextChoices):
        ACCEPT = "accept", "Accept"
        ALLOCATE = "allocate", "Allocate"
        LEAVE = "leave", "Leave"

    provider = models.CharField(max_length=200, blank=True)
    month = models.DateField(help_text="Its first day.")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    reason = models.TextField()
    variance = money()
    rest = money()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("month", "provider", name="decision_by_month")]
        constraints = [
            models.CheckConstraint(
                name="decision_is_one_of_three", condition=Q(choice__in=["accept", "allocate", "leave"])
            ),
            models.CheckConstraint(name="decision_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.month:%Y-%m}: {self.choice}"
