"""Derived rows, which reports read and `rebuild` makes again, and the marks that say what is due."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Team


class TaskState(models.Model):
    """Derived: where a task stands, for lists of tasks and for what time will change."""

    task_key = models.UUIDField(primary_key=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    day = models.DateField()
    task_type_id = models.BigIntegerField(null=True)
    route = models.TextField(blank=True)
    first_llm_id = models.BigIntegerField(null=True)
    tier_id = models.BigIntegerField(null=True)
    llm_id = models.BigIntegerField(null=True)
    deciding_call = models.UUIDField(null=True)
    state = models.TextField()
    decided_by = models.TextField()
    first_pass = models.BooleanField()
    cost_nanos = models.BigIntegerField(null=True)
    changes_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index("team", "day", name="task_state_by_slice"),
            models.Index("changes_on", condition=Q(changes_on__isnull=False), name="task_state_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.task_key}: {self.state}"


class Daily(models.Model):
    """Derived additive sums of one slice (team, task day). See `audits.domain.rollup` for what each sum means."""

    team_id = models.IntegerField(null=True)
    task_day = models.DateField()
    task_type_id = models.BigIntegerField(null=True)
    route = models.TextField(blank=True)
    first_llm_id = models.BigIntegerField(null=True)
    tier_id = models.BigIntegerField(null=True)
    llm_id = models.BigIntegerField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.team_id} {self.task_day}"


class DailyCalls(Daily):
    """Calls by their own day, tier and model."""

    day = models.DateField()
    calls = models.BigIntegerField()
    priced_calls = models.BigIntegerField()
    input_tokens = models.BigIntegerField()
    cache_read_tokens = models.BigIntegerField()
    cache_write_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    cost = models.BigIntegerField()
    wasted = models.BigIntegerField()
    pending_cost = models.BigIntegerField()
    latency = ArrayField(models.BigIntegerField(), help_text="Counts by log bucket.")

    class Meta:
        indexes = [
            models.Index("team_id", "task_day", name="daily_calls_by_slice"),
            models.Index("day", name="daily_calls_by_day"),
        ]


class DailyTasks(Daily):
    """Tasks by delivering tier and model."""

    tasks = models.BigIntegerField()
    successes = models.BigIntegerField()
    presumed = models.BigIntegerField()
    amended = models.BigIntegerField()
    failures = models.BigIntegerField()
    pending = models.BigIntegerField()
    first_pass = models.BigIntegerField()
    judged = models.BigIntegerField()
    value = models.BigIntegerField()
    valued = models.BigIntegerField()
    manual = models.BigIntegerField()
    with_manual = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index("team_id", "task_day", name="daily_tasks_by_slice"),
            models.Index("task_day", name="daily_tasks_by_day"),
        ]


class DailyUnits(Daily):
    """Tries, and the sums of R17, by level: whole tasks, their parts by tier, their parts by model."""

    level = models.TextField()
    month = models.DateField()
    previous_month = models.DateField(null=True)
    touched = models.BigIntegerField()
    attempts = models.BigIntegerField()
    escalated = models.BigIntegerField()
    failed = models.BigIntegerField()
    n = models.BigIntegerField()
    sum_x = models.DecimalField(max_digits=40, decimal_places=0)
    sum_xx = models.DecimalField(max_digits=60, decimal_places=0)
    sum_y = models.BigIntegerField()
    sum_xy = models.DecimalField(max_digits=40, decimal_places=0)

    class Meta:
        indexes = [
            models.Index("team_id", "task_day", name="daily_units_by_slice"),
            models.Index("month", "level", name="daily_units_by_month"),
        ]


class DailyEntries(Daily):
    """The ledger by day: `task_day` is the service date, tier and model are the entries' own."""

    posting_month = models.DateField()
    source_kind = models.TextField()
    category = models.TextField()
    nature = models.TextField()
    traced = models.BooleanField()
    amount = models.BigIntegerField()
    pending = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index("team_id", "task_day", name="daily_entries_by_slice"),
            models.Index("task_day", name="daily_entries_by_day"),
            models.Index("posting_month", name="daily_entries_by_posting"),
        ]


class StaleScope(models.Model):
    """A team's month whose counts of tasks by tier moved since costs were last split by them (R7)."""

    team_id = models.IntegerField()
    month = models.DateField()

    def __str__(self) -> str:
        return f"{self.team_id} {self.month}"


class Calendar(models.Model):
    """One row: the last day for which the passing of time (acceptance windows, accruals) was worked in."""

    worked_in = models.DateField()

    def __str__(self) -> str:
        return str(self.worked_in)
