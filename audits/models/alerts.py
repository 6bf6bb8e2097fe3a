"""Budgets, rules that watch a figure, and the alerts that they raised."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Role, Team, User
from audits.domain.watching import COMPARISONS, MEASURES, WINDOWS
from audits.models.daily import money
from spend.models import TaskType, Tier


def figure(*, null: bool = False) -> models.DecimalField[Any, Any]:
    """A figure in the unit of its measure: dollars, times, or a share."""
    return models.DecimalField(max_digits=40, decimal_places=9, null=null)


class Budget(models.Model):
    """What a team, or without one everybody, may spend in each month from `first_month` to `last_month`."""

    TOKEN_BILL, TRUE_COST = "token_bill", "true_cost"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    counts = models.TextField(choices=[(TOKEN_BILL, "Token bill"), (TRUE_COST, "True cost")])
    first_month = models.DateField(help_text="Its first day.")
    last_month = models.DateField(null=True, help_text="Its first day; null: until further notice.")
    amount = money()

    class Meta:
        ordering = ["team__name", "counts", "first_month"]
        constraints = [
            models.UniqueConstraint(
                "team", "counts", "first_month", name="one_budget_per_team_and_month", nulls_distinct=False
            ),
            models.CheckConstraint(name="budget_is_an_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="budget_ends_after_it_begins",
                condition=Q(last_month__isnull=True) | Q(last_month__gte=F("first_month")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team.name if self.team else 'All teams'}, {self.get_counts_display().lower()}"


class AlertRule(models.Model):
    """Watch one figure and tell people when it passes `threshold`, until it is back beyond `clear_threshold`.

    It is of all work, or of one team, tier, task type, provider or budget; `days` are those of a window of days.
    """

    name = models.CharField(max_length=100, unique=True)
    measure = models.TextField(choices=[(name, measure.label) for name, measure in MEASURES.items()])
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    tier = models.ForeignKey(Tier, on_delete=models.CASCADE, null=True, related_name="+")
    task_type = models.ForeignKey(TaskType, on_delete=models.CASCADE, null=True, related_name="+")
    provider = models.CharField(max_length=200, blank=True)
    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, null=True, related_name="rules")
    comparison = models.TextField(choices=list(COMPARISONS.items()))
    threshold = figure()
    clear_threshold = figure()
    window = models.TextField(choices=list(WINDOWS.items()))
    days = models.PositiveSmallIntegerField(null=True)
    minimum = models.PositiveIntegerField(help_text="Successes or calls below which there is not enough data.")
    people = models.ManyToManyField(User, through="AlertRecipient", related_name="+")
    roles = ArrayField(models.TextField(choices=Role.choices), default=list)
    tells_cleared = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="rule_clears_on_the_other_side",
                condition=Q(comparison="above", clear_threshold__lte=F("threshold"))
                | Q(comparison="below", clear_threshold__gte=F("threshold")),
            ),
            models.CheckConstraint(
                name="rule_has_days_for_a_window_of_days",
                condition=Q(window="days", days__gte=1, days__lte=366) | ~Q(window="days") & Q(days__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AlertRecipient(models.Model):
    """Somebody who is told of what a rule raises; a model of its own, so that the trail says who chose them."""

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("rule", "person", name="one_recipient_per_rule_and_person")]

    def __str__(self) -> str:
        return f"{self.person} of {self.rule}"


class Watch(models.Model):
    """Where a rule stands after its latest evaluation: what the next one goes on from. Derived, hence not tracked."""

    rule = models.OneToOneField(AlertRule, on_delete=models.CASCADE, primary_key=True, related_name="watch")
    evaluated_at = models.DateTimeField()
    beyond = models.PositiveIntegerField(help_text="Evaluations in a row in which the threshold was passed.")
    back = models.PositiveIntegerField(help_text="Evaluations in a row in which the figure was clear of it.")
    value = figure(null=True)
    sample = models.PositiveBigIntegerField()
    is_enough = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.rule_id} at {self.evaluated_at}"


class Alert(models.Model):
    """From the evaluation that raised it to the one that cleared it."""

    PASSED, CHANGED, OFF = "passed", "rule changed", "switched off"

    rule = models.ForeignKey(AlertRule, on_delete=models.PROTECT, related_name="alerts")
    raised_at = models.DateTimeField()
    value = figure()
    threshold = figure()
    first_day = models.DateField(help_text="Of the days that `value` is of.")
    end_day = models.DateField(help_text="The day after the last of them.")
    link = models.TextField(help_text="The page that shows what the value is made of.")
    told_at = models.DateTimeField(help_text="When people were last told of it.")
    cleared_at = models.DateTimeField(null=True)
    cleared_value = figure(null=True)
    cleared_by = models.TextField(choices=[(word, word) for word in (PASSED, CHANGED, OFF)], blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint("rule", condition=Q(cleared_at__isnull=True), name="one_open_alert_per_rule"),
            models.CheckConstraint(
                name="alert_cleared_for_a_reason",
                condition=Q(cleared_at__isnull=True, cleared_by="") | Q(cleared_at__isnull=False) & ~Q(cleared_by=""),
            ),
            models.CheckConstraint(
                name="alert_acknowledged_by_somebody",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} raised {self.raised_at:%Y-%m-%d %H:%M}"
