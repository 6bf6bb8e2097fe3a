"""What we paid: models with their tiers and prices, and the facts of calls, tasks and outcomes.

Calls and tasks are written by `store` with COPY. Their primary keys are hashes of (team, external id), see
`spend.ingest.native.key_of`, so that writers need no look-up and a record may name what has not arrived yet.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Team


def money(**options: Any) -> models.DecimalField[Any, Any]:
    """Dollars, exact to the nano-dollar."""
    return models.DecimalField(max_digits=18, decimal_places=9, **options)


class Tier(models.Model):
    """A class of models. A model whose blended price is at least `from_blended` USD per million tokens derives it."""

    name = models.CharField(max_length=100, unique=True)
    from_blended = money()
    claimed_fail_rate = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)

    class Meta:
        ordering = ["from_blended"]
        constraints = [
            models.CheckConstraint(
                name="claimed_fail_rate_is_a_share",
                condition=Q(claimed_fail_rate__isnull=True) | Q(claimed_fail_rate__gte=0, claimed_fail_rate__lte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Llm(models.Model):
    """An AI model: provider and canonical name. An empty provider: the name alone could not tell it."""

    provider = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    weights = models.CharField(max_length=10, blank=True, choices=[("open", "Open"), ("closed", "Closed")])
    hosting = models.CharField(max_length=20, blank=True, choices=[("api", "API"), ("self_hosted", "Self-hosted")])
    free = models.BooleanField(default=False, help_text="A price of 0 is meant: this model costs nothing.")
    inherited = models.BooleanField(
        default=False, help_text="Sold at its maker's price; does not make the bare name doubtful."
    )
    listed = models.BooleanField(
        default=True, help_text="Of the catalogue or of people, not only met in calls; else its bare name is unknown."
    )

    class Meta:
        verbose_name = "model"
        ordering = ["provider", "name"]
        constraints = [models.UniqueConstraint("provider", "name", name="one_llm_per_provider_and_name")]

    def __str__(self) -> str:
        return f"{self.provider}/{self.name}" if self.provider else self.name


class LlmTier(models.Model):
    """The tier of a model from a day on; `derived` from the catalogue price, or set by hand."""

    llm = models.ForeignKey(Llm, on_delete=models.CASCADE, related_name="tiers", verbose_name="model")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    derived = models.BooleanField(default=False)

    class Meta:
        verbose_name = "tier of a model"
        verbose_name_plural = "tiers of models"
        ordering = ["llm", "starts_on"]
        constraints = [models.UniqueConstraint("llm", "starts_on", name="one_tier_per_llm_and_start")]

    def __str__(self) -> str:
        return f"{self.llm}: {self.tier} from {self.starts_on}"


class Price(models.Model):
    """USD per million tokens from a day on. A price that was used is never edited: it is superseded by a new row."""

    CATALOGUE, CONTRACT = "catalogue", "contract"

    llm = models.ForeignKey(Llm, on_delete=models.CASCADE, related_name="prices", verbose_name="model")
    source = models.CharField(max_length=10, choices=[(CATALOGUE, "Catalogue"), (CONTRACT, "Contract")])
    reference = models.CharField(max_length=200, blank=True, help_text="Where the price was read.")
    service_tier = models.CharField(max_length=50, default="standard")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which it is no longer in force.")
    context_over = models.BigIntegerField(default=0, help_text="For calls with more input tokens than this.")
    input = money(null=True, blank=True)
    cache_read = money(null=True, blank=True)
    cache_write = money(null=True, blank=True)
    cache_write_1h = money(null=True, blank=True)
    output = money(null=True, blank=True)
    free = models.BooleanField(default=False)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["llm", "service_tier", "-starts_on", "context_over"]
        constraints = [
            models.UniqueConstraint(
                "llm", "source", "service_tier", "starts_on", "context_over",
                condition=Q(superseded_at__isnull=True),
                name="one_price_per_llm_source_tier_start_and_context",
            ),
            models.CheckConstraint(
                name="price_ends_after_it_starts", condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on"))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.llm} {self.service_tier} from {self.starts_on} ({self.source})"


class TaskType(models.Model):
    """A kind of work, with what a human would need for it and what one success is worth."""

    name = models.CharField(max_length=200, unique=True)
    manual_minutes = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    role = models.CharField(max_length=200, blank=True, help_text="The labour role that would do it by hand.")
    value = money(null=True, blank=True, help_text="USD that one success is worth.")
    acceptance_days = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Task(models.Model):
    """One unit of business work. Exists by its counted calls; `day` is the earliest day of one of them."""

    id = models.UUIDField(primary_key=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    external_id = models.TextField()
    implicit = models.BooleanField(default=False, help_text="The task of one call that named none.")
    day = models.DateField()

    class Meta:
        indexes = [models.Index("team", "day", name="task_by_slice")]

    def __str__(self) -> str:
        return self.external_id


class Source(models.Model):
    """Where calls of a team come from: the way in, and who emitted them. Made when the first of them arrives."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, help_text="The way in: rest, import, otlp, litellm, ...")
    name = models.CharField(max_length=200, blank=True, help_text="The emitter, where the way in has several.")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["team", "kind", "name"]
        constraints = [models.UniqueConstraint("team", "kind", "name", name="one_source_per_team_kind_and_name")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()


class RejectedItem(models.Model):
    """An item that was refused, kept for some days so that it can be tried again once what was wrong is mended.

    Bounded in size and number. Nothing follows from it: what was answered when it came is all that became of it.
    """

    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, help_text="The way in, as a source has it.")
    name = models.CharField(max_length=200, blank=True, help_text="The emitter, where it is known.")
    format = models.CharField(max_length=20, blank=True, help_text="What it is: call, outcome, correction, incident.")
    external_id = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, help_text="The first of `errors`, by which items are grouped.")
    errors = models.JSONField()
    content = models.JSONField(null=True, help_text="Its own fields. Null: it cannot be tried again.")
    digest = models.BinaryField(max_length=16, help_text="Of all that it says: sent again it is the same item.")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at", "-pk"]
        indexes = [models.Index("team", "last_at", name="rejected_by_team_and_time")]
        constraints = [
            models.UniqueConstraint(
                "team", "digest", nulls_distinct=False, name="one_rejected_item_per_team_and_digest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.format} {self.external_id}: {self.reason}"


class SourceMapping(models.Model):
    """How a kind of source is read, for one team or, with none, for all that have no mapping of their own."""

    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    rules = models.JSONField(help_text="A `spend.ingest.mapping.Mapping`.")
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["kind", "team"]
        constraints = [
            models.UniqueConstraint("team", "kind", nulls_distinct=False, name="one_mapping_per_team_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.team or 'all teams'}"


class Call(models.Model):
    """One request to a model, as it arrived, with the price and tier it was given.

    No database foreign keys and two secondary indexes only: each costs a fifth of the ingest rate, and `verify`
    proves what they would. Tokens are disjoint buckets; null is not stated. `cost_nanos` null is unpriced.
    """

    id = models.UUIDField(primary_key=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    external_id = models.TextField()
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="calls", db_constraint=False)
    occurred_at = models.DateTimeField()
    day = models.DateField()
    llm = models.ForeignKey(Llm, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    tier = models.ForeignKey(
        Tier, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    task_type = models.ForeignKey(
        TaskType, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    purpose = models.TextField()
    status = models.TextField()
    final = models.BooleanField()
    counted = models.BooleanField(help_text="It enters reports: its environment does, and it is not repeated.")
    input_tokens = models.BigIntegerField(null=True)
    cache_read_tokens = models.BigIntegerField(null=True)
    cache_write_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    reasoning_tokens = models.BigIntegerField(null=True)
    cost_nanos = models.BigIntegerField(null=True)
    computed_nanos = models.BigIntegerField(null=True)
    reported_nanos = models.BigIntegerField(null=True)
    cost_source = models.TextField()
    price = models.ForeignKey(
        Price, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    latency_ms = models.BigIntegerField(null=True)
    step = models.TextField(blank=True)
    service_tier = models.TextField(blank=True)
    environment = models.TextField(blank=True)
    metadata = models.JSONField(null=True)
    digest = models.BinaryField(max_length=16)
    received_at = models.DateTimeField()
    source = models.ForeignKey(
        Source, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        help_text="Null: it came before sources were noted.",
    )  # fmt: skip
    repeated = models.BooleanField(default=False, help_text="Spans below it state the same usage, and are counted.")
    yields_to = models.SmallIntegerField(default=0, help_text="The sorts of usage below it that it would repeat.")

    class Meta:
        indexes = [models.Index("team", "occurred_at", name="call_by_team_and_time")]

    def __str__(self) -> str:
        return self.external_id


class Span(models.Model):
    """What a later batch may ask of a span (`spend.domain.lineage`); `scope` is the team, 0 for a key of all teams."""

    pk = models.CompositePrimaryKey("scope", "key")
    scope = models.IntegerField()
    key = models.BinaryField(max_length=24, help_text="Trace and span.")
    parent = models.BinaryField(max_length=24, null=True)
    below = models.SmallIntegerField()
    seen_on = models.DateField()

    def __str__(self) -> str:
        return bytes(self.key).hex()


class DemotedCall(models.Model):
    """A stored call that turned out to be repeated. Append-only, until what hung on it is put right."""

    call = models.UUIDField()
    task = models.UUIDField()

    def __str__(self) -> str:
        return str(self.call)


class Outcome(models.Model):
    """A version of what was reported of a task; `latest` marks the version that counts (R13)."""

    identity = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    latest = models.BooleanField()
    withdrawn = models.BooleanField(default=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    task_name = models.TextField()
    task_key = models.UUIDField(null=True, help_text="Null: no team given, and no task of that name seen yet.")
    outcome = models.TextField(blank=True)
    occurred_at = models.DateTimeField(null=True)
    task_type = models.ForeignKey(TaskType, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    complexity = models.TextField(blank=True)
    value_nanos = models.BigIntegerField(null=True)
    digest = models.BinaryField(max_length=16)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("identity", "version", name="one_outcome_per_identity_and_version")]
        indexes = [
            models.Index("task_key", condition=Q(latest=True), name="outcome_by_task"),
            models.Index("task_name", condition=Q(latest=True, task_key=None), name="outcome_without_task"),
        ]

    def __str__(self) -> str:
        return f"{self.task_name}: {self.outcome}"


class DirtySlice(models.Model):
    """A day of a team whose derived rows no longer hold. Append-only, written with the facts that changed it."""

    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.team_id} {self.day}"


class DirtyKey(models.Model):
    """A task or call of which something was said; its slice is looked up after the commit, as it may come later."""

    key = models.UUIDField()

    def __str__(self) -> str:
        return str(self.key)


class Repricing(models.Model):
    """Calls to be given the cost and tier of changed reference data: an order, and how far it is."""

    asked_at = models.DateTimeField()
    first_days = models.JSONField(help_text="Model id -> the first day concerned.")
    total = models.BigIntegerField(null=True, help_text="Calls to look at; null: not begun.")
    done = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    team_reached = models.IntegerField(null=True)
    day_reached = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index("id", condition=Q(ended_at=None), name="repricing_under_way")]

    def __str__(self) -> str:
        return f"repricing asked at {self.asked_at}"

    @property
    def days(self) -> dict[int, date]:
        return {int(llm): date.fromisoformat(day) for llm, day in self.first_days.items()}


class RepricedMonth(models.Model):
    """What a repricing moved in the token bill of a team's calls of a model in a month."""

    repricing = models.ForeignKey(Repricing, on_delete=models.CASCADE, related_name="months")
    month = models.DateField(help_text="Its first day.")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    llm = models.ForeignKey(Llm, on_delete=models.CASCADE, related_name="+")
    calls = models.BigIntegerField(default=0)
    priced = models.BigIntegerField(default=0, help_text="Of these, calls that were unpriced before.")
    unpriced = models.BigIntegerField(default=0, help_text="Of these, calls that are unpriced since.")
    before_nanos = models.BigIntegerField(default=0)
    after_nanos = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["month", "team", "llm"]
        constraints = [
            models.UniqueConstraint("repricing", "month", "team", "llm", name="one_repriced_month_per_team_and_model")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.llm}"


class Installation(models.Model):
    """One row: what cannot change once there is data, and a count of changes to reference data (kept by triggers)."""

    reporting_time_zone = models.CharField(max_length=100, blank=True)
    reference_version = models.BigIntegerField(default=1)
    simulated = models.BooleanField(default=False, help_text="The sample was loaded: every page says so.")

    def __str__(self) -> str:
        return self.reporting_time_zone
