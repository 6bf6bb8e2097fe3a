"""Models with their tiers and prices, task types, how sources are read, and what a change of them moves."""

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
    complexity_at_intake = models.BooleanField(
        default=False, help_text="Complexity reported with an outcome was set before the work began."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


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
