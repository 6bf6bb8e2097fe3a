"""The facts of calls, tasks and outcomes, and the marks they leave.

Calls and tasks are written by `store` with COPY. Their primary keys are hashes of (team, external id), see
`spend.ingest.native.key_of`, so that writers need no look-up and a record may name what has not arrived yet.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Team
from spend.models.reference import Llm, Price, TaskType, Tier


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
