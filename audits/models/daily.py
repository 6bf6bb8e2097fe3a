"""Derived rows, which reports read and `rebuild` makes again, and the marks that say what is due."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Team


def money(*, null: bool = False) -> models.DecimalField[Any, Any]:
    """A sum of nano-dollars: ten losses of a billion are more than a bigint holds."""
    return models.DecimalField(max_digits=40, decimal_places=0, null=null)


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
    cost_nanos = money(null=True)
    changes_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index("team", "day", name="task_state_by_slice"),
            models.Index("changes_on", condition=Q(changes_on__isnull=False), name="task_state_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.task_key}: {self.state}"


class Dimensions(models.Model):
    """What every derived sum is of. See `audits.domain.rollup` for what each sum means."""

    team_id = models.IntegerField(null=True)
    task_type_id = models.BigIntegerField(null=True)
    route = models.TextField(blank=True)
    first_llm_id = models.BigIntegerField(null=True)
    tier_id = models.BigIntegerField(null=True)
    llm_id = models.BigIntegerField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.team_id} {self.tier_id} {self.llm_id}"


class CallSums(models.Model):
    calls = models.BigIntegerField()
    priced_calls = models.BigIntegerField()
    input_tokens = models.BigIntegerField()
    cache_read_tokens = models.BigIntegerField()
    cache_write_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    cost = money()
    wasted = money()
    pending_cost = money()
    latency = ArrayField(models.BigIntegerField(), help_text="Counts by log bucket.")

    class Meta:
        abstract = True


class TaskSums(models.Model):
    tasks = models.BigIntegerField()
    successes = models.BigIntegerField()
    presumed = models.BigIntegerField()
    amended = models.BigIntegerField()
    failures = models.BigIntegerField()
    pending = models.BigIntegerField()
    first_pass = models.BigIntegerField()
    judged = models.BigIntegerField()
    value = money()
    valued = models.BigIntegerField()
    value_first_pass = money()
    valued_first_pass = models.BigIntegerField()
    value_judged = money()
    valued_judged = models.BigIntegerField()
    manual = money()
    with_manual = models.BigIntegerField()

    class Meta:
        abstract = True


class UnitSums(models.Model):
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
    sum_y_first_pass = models.BigIntegerField()
    sum_xy_first_pass = models.DecimalField(max_digits=40, decimal_places=0)
    sum_y_judged = models.BigIntegerField()
    sum_xy_judged = models.DecimalField(max_digits=40, decimal_places=0)

    class Meta:
        abstract = True


class EntrySums(models.Model):
    """The ledger, net; tier and model are the entries' own."""

    posting_month = models.DateField()
    source_kind = models.TextField()
    category = models.TextField()
    nature = models.TextField()
    traced = models.BooleanField()
    amount = money()
    pending = money()

    class Meta:
        abstract = True


class StratumSums(models.Model):
    """What tiers and models had of like work (`audits.domain.strata`)."""

    team_id = models.IntegerField()
    level = models.TextField(help_text="tier or llm.")
    task_type_id = models.BigIntegerField(null=True)
    complexity = models.TextField(blank=True, help_text="Empty: not known before the outcome.")
    tier_id = models.BigIntegerField(null=True)
    llm_id = models.BigIntegerField(null=True, help_text="Of parts by model.")
    before_id = models.BigIntegerField(null=True, help_text="The tier that gave the task up to this one, 0 unknown.")
    cluster = models.TextField(blank=True, help_text="The incidents that invalidate these tasks.")
    touched = models.BigIntegerField()
    attempts = models.BigIntegerField()
    escalated = models.BigIntegerField()
    failed = models.BigIntegerField()
    n = models.BigIntegerField()
    sum_x = money()
    sum_xx = models.DecimalField(max_digits=60, decimal_places=0)
    sum_y = models.BigIntegerField()
    sum_xy = money()
    tried = models.BigIntegerField()
    sum_c = money()
    sum_cc = models.DecimalField(max_digits=60, decimal_places=0)
    sum_p = models.BigIntegerField()
    sum_cp = money()
    tokens = money()
    failure_cost = money()
    latency_ms = models.BigIntegerField()
    timed = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.level} {self.tier_id} {self.complexity}"


class DailyCalls(Dimensions, CallSums):
    """Calls of the tasks of a slice (team, day of the task), by their own day, tier and model."""

    task_day = models.DateField()
    day = models.DateField()

    class Meta:
        indexes = [
            models.Index("team_id", "task_day", name="daily_calls_by_slice"),
            models.Index("day", name="daily_calls_by_day"),
        ]


class DailySources(models.Model):
    """Calls of the tasks of a slice by their own day, source and model, and how much they say: for Connectors."""

    team_id = models.IntegerField()
    task_day = models.DateField()
    day = models.DateField()
    source_id = models.BigIntegerField(null=True, help_text="Null: of before sources were noted.")
    llm_id = models.BigIntegerField(null=True)
    calls = models.BigIntegerField()
    priced_calls = models.BigIntegerField()
    cost = money()
    implicit = models.BigIntegerField()
    unjudged = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index("team_id", "task_day", name="daily_sources_by_slice"),
            models.Index("day", name="daily_sources_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.day}"


class DailyTasks(Dimensions, TaskSums):
    """Tasks of a slice, by delivering tier and model."""

    task_day = models.DateField()

    class Meta:
        indexes = [models.Index("team_id", "task_day", name="daily_tasks_by_slice")]


class DailyUnits(Dimensions, UnitSums):
    """Units of the tasks of a slice."""

    task_day = models.DateField()

    class Meta:
        indexes = [models.Index("team_id", "task_day", name="daily_units_by_slice")]


class DailyStrata(StratumSums):
    """Parts of the tasks of a slice, by stratum."""

    task_day = models.DateField()

    class Meta:
        indexes = [models.Index("team_id", "task_day", name="daily_strata_by_slice")]


class DailyEntries(Dimensions, EntrySums):
    """Entries of a team and day; `task_day` is the service date."""

    task_day = models.DateField()

    class Meta:
        indexes = [models.Index("team_id", "task_day", name="daily_entries_by_slice")]


class MonthlyCalls(Dimensions, CallSums):
    """Daily rows of a team's month of tasks, added up: what reports read, few however many calls there are."""

    task_month = models.DateField()
    month = models.DateField(help_text="Of the calls.")

    class Meta:
        indexes = [
            models.Index("team_id", "task_month", name="monthly_calls_by_slices"),
            models.Index("month", name="monthly_calls_by_month"),
        ]


class MonthlyTasks(Dimensions, TaskSums):
    task_month = models.DateField()

    class Meta:
        indexes = [
            models.Index("team_id", "task_month", name="monthly_tasks_by_slices"),
            models.Index("task_month", name="monthly_tasks_by_month"),
        ]


class MonthlyUnits(Dimensions, UnitSums):
    task_month = models.DateField()

    class Meta:
        indexes = [
            models.Index("team_id", "task_month", name="monthly_units_by_slices"),
            models.Index("month", "level", name="monthly_units_by_month"),
        ]


class MonthlyEntries(Dimensions, EntrySums):
    """`task_month` is the service month."""

    task_month = models.DateField()

    class Meta:
        indexes = [
            models.Index("team_id", "task_month", name="monthly_entries_by_slices"),
            models.Index("task_month", name="monthly_entries_by_month"),
            models.Index("posting_month", name="monthly_entries_by_post"),
        ]


class MonthlyStrata(StratumSums):
    task_month = models.DateField()

    class Meta:
        indexes = [
            models.Index("team_id", "task_month", name="monthly_strata_by_slices"),
            models.Index("task_month", "level", name="monthly_strata_by_month"),
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
