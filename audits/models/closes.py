"""Closes, and what each froze. Triggers of the database hold that a closed month cannot change (migration 0017)."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audits.models.daily import CallSums, Dimensions, EntrySums, TaskSums, UnitSums, money
from spend.domain.periods import Month


class Close(models.Model):
    """The close of the months from `first_month` to `month`, each given by its first day.

    It is drafted, then signed, and can be reopened while it is the latest. What it froze stays either way.
    """

    DRAFT, CLOSED, REOPENED = "draft", "closed", "reopened"

    first_month = models.DateField()
    month = models.DateField(help_text="The last month that it closes.")
    state = models.TextField(choices=[(DRAFT, "Draft"), (CLOSED, "Closed"), (REOPENED, "Reopened")])
    basis = models.TextField(
        choices=[("computed", "Computed"), ("billed", "Billed")], default="computed", help_text="Of the token bill."
    )
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was signed in spite of warnings.")
    waivers = models.JSONField(default=dict, help_text="Why it was closed in spite of what blocks, by rule.")
    accrued = models.BigIntegerField(null=True, help_text="Rework still to come that is reported in `month`, in nanos.")
    accrual_proposed = models.BigIntegerField(null=True, help_text="What past months proposed then, in nanos.")
    accrual_reason = models.TextField(blank=True, help_text="Why it is another amount than proposed.")
    accrued_by = models.CharField(max_length=200, blank=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.CharField(max_length=200, blank=True)
    reopen_reason = models.TextField(blank=True)
    reopened_after = models.BigIntegerField(null=True, help_text="The last entry of the ledger when it was reopened.")
    policy_version = models.TextField(blank=True)
    snapshot = models.JSONField(null=True, help_text="The report of the months as it was signed.")
    inputs = models.JSONField(null=True, help_text="SHA-256 of each thing that the figures followed from, by its name.")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 over `inputs`, in hex.")

    class Meta:
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint("month", condition=~Q(state="reopened"), name="one_close_per_month"),
            models.CheckConstraint(name="close_ends_after_it_begins", condition=Q(month__gte=F("first_month"))),
            models.CheckConstraint(
                name="closed_with_signature_and_digest",
                condition=Q(state="draft") | Q(closed_at__isnull=False) & ~Q(closed_by="") & ~Q(digest=""),
            ),
            models.CheckConstraint(
                name="reopened_with_a_reason",
                condition=~Q(state="reopened")
                | Q(reopened_at__isnull=False) & ~Q(reopened_by="") & ~Q(reopen_reason=""),
            ),
            models.CheckConstraint(
                name="accrued_by_somebody", condition=Q(accrued=None) | Q(accrued__gt=0) & ~Q(accrued_by="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.state}"

    @property
    def month_after(self) -> date:
        """The first day after its months."""
        return Month.of(self.month).end_day


class Frozen(models.Model):
    """A row as it stood at a close. `period` is the month that it was reported in: its own, or a later one's."""

    close = models.ForeignKey(Close, on_delete=models.PROTECT, related_name="+")
    period = models.DateField()
    task_month = models.DateField(null=True)

    class Meta:
        abstract = True


class ClosedCalls(Frozen, Dimensions, CallSums):
    month = models.DateField()


class ClosedTasks(Frozen, Dimensions, TaskSums):
    pass


class ClosedUnits(Frozen, Dimensions, UnitSums):
    pass


class ClosedEntries(Frozen, Dimensions, EntrySums):
    pass


class ClosedBills(Frozen, Dimensions):
    """What was billed beyond logged calls, where finance decided that it be shown in reports."""

    month = models.DateField()
    amount = money()


class ClosedIncidents(Frozen, Dimensions):
    """An incident among the entries. `side` -1: among them in an earlier close, and since placed otherwise."""

    source = models.UUIDField()
    traced = models.BooleanField()
    side = models.SmallIntegerField()


class ClosedRecords(Frozen):
    """A human record as coverage counts it; `side` as for incidents."""

    kind = models.TextField(choices=[("correction",) * 2, ("incident",) * 2])
    record = models.UUIDField()
    teams = ArrayField(models.IntegerField(), help_text="Whose it is, as far as that is known.")
    names = models.BooleanField(help_text="It names a task or call, and counts.")
    known = models.BooleanField(help_text="All that it names is there.")
    is_open = models.BooleanField()
    side = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"


class ClosedCharges(models.Model):
    """What the FOCUS export says of a month, as it said it when the month was closed (`audits.domain.charges`)."""

    close = models.ForeignKey(Close, on_delete=models.PROTECT, related_name="+")
    period = models.DateField()
    day = models.DateField()
    team_id = models.IntegerField(null=True)
    task_type_id = models.BigIntegerField(null=True)
    tier_id = models.BigIntegerField(null=True)
    llm_id = models.BigIntegerField(null=True)
    meter = models.TextField()
    amount = money()
    quantity = models.BigIntegerField()
    source = models.UUIDField(null=True, help_text="The fixed cost that it is of.")
    unpriced = models.BigIntegerField()
    rate = models.BigIntegerField(null=True, help_text="Nano-dollars per million tokens.")
    list_rate = models.BigIntegerField(null=True)
    priced_by = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index("period", name="closed_charges_by_period"),
            models.Index("day", name="closed_charges_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.meter} {self.amount}"
