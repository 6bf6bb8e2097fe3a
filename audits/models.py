"""What failure cost: human records, the ledger they become, and the rows that reports read.

Corrections and incidents are facts in versions: a row is never edited but for `latest`, and for `task_key` or
`call_key` when what it names arrives. Entries are append-only (a trigger holds it). The others are derived and rebuilt.
"""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Team, User
from spend.models import Llm, TaskType, Tier, money


class LabourRate(models.Model):
    """Loaded money per hour of a role from a day on; stated, or from a salary with overhead and productive hours."""

    role = models.CharField(max_length=200)
    starts_on = models.DateField()
    hourly = money(help_text="USD per hour, wages plus overhead.")
    salary = money(null=True, blank=True)
    overhead = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    productive_hours = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["role", "starts_on"]
        constraints = [models.UniqueConstraint("role", "starts_on", name="one_rate_per_role_and_start")]

    def __str__(self) -> str:
        return f"{self.role} from {self.starts_on}"


class FixedCost(models.Model):
    """Money not caused by a single task, spread evenly over the days of [starts_on, ends_on)."""

    identity = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=[("compute", "Compute"), ("prevention", "Prevention")])
    amount = money()
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The day after the last.")
    abandoned_on = models.DateField(null=True, blank=True, help_text="The rest is written off on this day.")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tier = models.ForeignKey(Tier, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    llm = models.ForeignKey(
        Llm, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="model"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="fixed_cost_has_days", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(name="fixed_cost_is_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="fixed_cost_names_a_tier_or_a_model", condition=Q(tier__isnull=True) | Q(llm__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """What versions of human records have in common (R12, R13). `identity` is a hash of (team given, external id)."""

    identity = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    latest = models.BooleanField()
    withdrawn = models.BooleanField(default=False)
    external_id = models.TextField()
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    tier = models.ForeignKey(Tier, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    llm = models.ForeignKey(
        Llm, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="model"
    )
    role = models.TextField(blank=True)
    note = models.TextField(blank=True)
    digest = models.BinaryField(max_length=16)
    received_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.external_id} v{self.version}"


class Correction(Version):
    """Human work caused by AI output. `task_name` and `call_name` say what it named; the keys, what that means."""

    worked_on = models.DateField(null=True)
    minutes = models.DecimalField(max_digits=10, decimal_places=4, default=0)
    activity = models.TextField(blank=True)
    verdict = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    provenance = models.TextField(blank=True)
    task_name = models.TextField(blank=True)
    call_name = models.TextField(blank=True)
    task_key = models.UUIDField(null=True)
    call_key = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("identity", "version", name="one_correction_per_identity_and_version"),
            models.CheckConstraint(
                name="correction_names_a_task_or_a_call", condition=Q(task_name="") | Q(call_name="")
            ),
        ]
        indexes = [
            models.Index("task_key", condition=Q(latest=True), name="correction_by_task"),
            models.Index("call_key", condition=Q(latest=True), name="correction_by_call"),
            models.Index("worked_on", condition=Q(latest=True), name="correction_by_day"),
            models.Index(
                "id", condition=Q(latest=True, team=None) & ~Q(task_name="", call_name=""), name="correction_waiting"
            ),
        ]


class Incident(Version):
    """A failure that reached somebody."""

    title = models.TextField(blank=True)
    severity = models.TextField(blank=True)
    occurred_on = models.DateField(null=True)
    discovered_on = models.DateField(null=True)
    loss_nanos = models.BigIntegerField(default=0)
    recovered_nanos = models.BigIntegerField(default=0)
    response_minutes = models.DecimalField(max_digits=10, decimal_places=4, default=0)
    status = models.TextField(blank=True)
    invalidates_output = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("identity", "version", name="one_incident_per_identity_and_version"),
            models.CheckConstraint(
                name="incident_recovers_no_more_than_its_loss", condition=Q(recovered_nanos__lte=F("loss_nanos"))
            ),
        ]
        indexes = [models.Index("occurred_on", condition=Q(latest=True), name="incident_by_day")]


class IncidentLink(models.Model):
    """A task or call that caused an incident, with its weight."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links")
    is_call = models.BooleanField()
    name = models.TextField()
    key = models.UUIDField(null=True)
    weight = models.DecimalField(max_digits=30, decimal_places=15)

    class Meta:
        indexes = [
            models.Index("key", name="incident_link_by_key"),
            models.Index("id", condition=Q(key=None), name="incident_link_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.name}:{self.weight}"


class Entry(models.Model):
    """One line of the append-only ledger. A reversal has every field of the entry it reverses, the amount negated."""

    source_kind = models.TextField(choices=[("correction",) * 2, ("incident",) * 2, ("fixed_cost",) * 2])
    source = models.UUIDField(help_text="The identity of the correction, incident or fixed cost.")
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
