"""What changes of stored calls did to closed months: written by the database itself, with the change."""

from __future__ import annotations

from django.db import models

from audits.models.daily import money


class CallChange(models.Model):
    """How much one statement moved in calls of a closed month: append-only, and what a bridge is made of.

    `turned`: the calls came to count in reports, or ceased to, as spans that repeat others do; else only their cost
    changed. `late`: they came after the close, so that all of their cost is late already.
    """

    close_id = models.BigIntegerField()
    month = models.DateField()
    team_id = models.IntegerField()
    llm_id = models.BigIntegerField()
    turned = models.BooleanField()
    late = models.BooleanField()
    calls = models.BigIntegerField(help_text="Calls that changed.")
    counted = models.BigIntegerField(help_text="By how many the calls of the month became more.")
    priced = models.BigIntegerField(help_text="By how many those with a price became more.")
    amount = money()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("close_id", "month", name="call_change_by_close")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.amount}"
