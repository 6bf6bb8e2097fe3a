"""The ledger: append-only, which a trigger of the database holds."""

from __future__ import annotations

from django.db import models

from accounts.models import Team
from spend.models import Llm, TaskType, Tier

SOURCE_KINDS = ("correction", "incident", "fixed_cost", "accrual")


class Entry(models.Model):
    """One line of the append-only ledger. A reversal has every field of the entry it reverses, the amount negated."""

    source_kind = models.TextField(choices=[(name, name) for name in SOURCE_KINDS])
    source = models.UUIDField(help_text="The identity of the correction, incident, fixed cost or accrual.")
    category = models.TextField()
    nature = models.TextField(choices=[("cash",) * 2, ("labour",) * 2])
    amount_nanos = models.BigIntegerField()
    rule = models.TextField()
    policy_version = models.TextField()
    traced = models.BooleanField()
    service_date = models.DateField()
    posting_month = models.DateField(help_text="The first day of the posting period.")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    tier = models.ForeignKey(Tier, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    llm = models.ForeignKey(Llm, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    task_type = models.ForeignKey(TaskType, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    task_key = models.UUIDField(null=True)
    call_key = models.UUIDField(null=True)
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    posted_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index("source", name="entry_by_source"),
            models.Index("team", "service_date", name="entry_by_slice"),
            models.Index("task_key", name="entry_by_task"),
            models.Index("service_date", name="entry_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_nanos} {self.category} on {self.service_date}"
