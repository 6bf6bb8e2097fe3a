"""Switches of tier or model, as people state, confirm or dismiss them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Team
from audits.models.daily import money
from spend.models import Llm, TaskType, Tier


class Switch(models.Model):
    """From `month` on a team's work of a task type went to another tier, or model, than before.

    What is found in the data is recorded only once somebody says something about it: what it `cost`, or that it was
    none (`dismissed`).
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    task_type = models.ForeignKey(TaskType, on_delete=models.PROTECT, null=True, related_name="+")
    month = models.DateField(help_text="Its first day.")
    tier_before = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, related_name="+")
    tier_after = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, related_name="+")
    llm_before = models.ForeignKey(Llm, on_delete=models.PROTECT, null=True, related_name="+")
    llm_after = models.ForeignKey(Llm, on_delete=models.PROTECT, null=True, related_name="+")
    cost = money()
    note = models.CharField(max_length=500, blank=True)
    dismissed = models.BooleanField(default=False)

    class Meta:
        ordering = ["-month", "team__name", "task_type__name"]
        verbose_name_plural = "switches"
        constraints = [
            models.UniqueConstraint(
                "team", "task_type", "month", condition=Q(llm_after=None), nulls_distinct=False,
                name="one_switch_of_tiers_per_month",
            ),
            models.UniqueConstraint(
                "team", "task_type", "month", condition=Q(tier_after=None), nulls_distinct=False,
                name="one_switch_of_models_per_month",
            ),
            models.CheckConstraint(name="switch_costs_nothing_or_something", condition=Q(cost__gte=0)),
            models.CheckConstraint(
                name="switch_is_of_two_tiers_or_of_two_models",
                condition=Q(
                    llm_before=None, llm_after=None, tier_before__isnull=False, tier_after__isnull=False,
                ) & ~Q(tier_before=F("tier_after"))
                | Q(tier_before=None, tier_after=None, llm_before__isnull=False, llm_after__isnull=False)
                & ~Q(llm_before=F("llm_after")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.team}, {self.task_type or 'unattributed'}, {self.month:%Y-%m}: {self.before} to {self.after}"

    @property
    def by(self) -> str:
        return "tier" if self.tier_after_id else "model"

    @property
    def before(self) -> str:
        return str(self.tier_before or self.llm_before)

    @property
    def after(self) -> str:
        return str(self.tier_after or self.llm_after)
