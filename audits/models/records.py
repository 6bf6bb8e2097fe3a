"""Human records and what they are valued with. Corrections and incidents are facts in versions: a row is never edited
but for `latest`, and for `team` and the keys when what it names arrives.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Team, User
from spend.domain.reference.records import ASSETS, OTHER
from spend.models import Llm, Tier, money


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
    """Money not caused by a single task, spread evenly over the days of [starts_on, ends_on).

    `asset` says what it is; `kind`, what it counts as. Of hours, `amount` is what they cost at `hourly`, the loaded
    rate of `role` on the first day: it follows when that rate changes.
    """

    identity = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=[("compute", "Compute"), ("prevention", "Prevention")])
    asset = models.CharField(max_length=20, choices=[(name, name) for name in ASSETS], default=OTHER)
    amount = money()
    hours = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    role = models.CharField(max_length=200, blank=True, default="")
    hourly = money(null=True, blank=True, help_text="USD per hour, by which the amount was reckoned.")
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
            models.CheckConstraint(
                name="fixed_cost_of_hours_has_role_and_rate",
                condition=Q(hours=None, role="", hourly=None)
                | Q(hours__isnull=False, hourly__isnull=False) & ~Q(role=""),
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
    reason = models.TextField(blank=True, help_text="Why this version replaces the one before, or takes it back.")
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
    by_link = models.BooleanField(default=False, help_text="By who held a signed link, not by a person with a login.")
    signer = models.TextField(blank=True, help_text="The name that who held the link typed.")
    tap_minutes = models.DecimalField(
        max_digits=10, decimal_places=4, null=True, help_text="The median that a one-tap verdict took."
    )
    drawn = models.BooleanField(default=False, help_text="A one-tap verdict that asked for the real minutes.")

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
            models.Index("received_at", condition=Q(by_link=True), name="correction_by_link"),
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
