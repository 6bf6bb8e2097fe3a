"""What providers billed: bills as they came, and their lines as reconciliation reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from spend.models.reference import Llm


def _amount(**options: Any) -> models.DecimalField[Any, Any]:
    """Money of a bill in its own currency, in full: Anthropic states fractions of a cent, OpenAI floats."""
    return models.DecimalField(max_digits=38, decimal_places=15, **options)


class Bill(models.Model):
    """An invoice, or a report of costs or usage, as it was imported. A corrected one supersedes it; none is edited."""

    class Kind(models.TextChoices):
        OPENAI_COSTS = "openai_costs", "OpenAI costs"
        OPENAI_USAGE = "openai_usage", "OpenAI usage"
        ANTHROPIC_COST = "anthropic_cost", "Anthropic cost report"
        ANTHROPIC_USAGE = "anthropic_usage", "Anthropic usage report"
        FOCUS = "focus", "FOCUS CSV"
        CSV = "csv", "CSV"
        MANUAL = "manual", "Invoice"

    provider = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    number = models.CharField(max_length=200, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    first_day = models.DateField()
    end_day = models.DateField(help_text="The first day after it.")
    currency = models.CharField(max_length=3, default="USD")
    raw = models.BinaryField(help_text="As it came, compressed.")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of what came.")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=500, blank=True, help_text="Empty: another bill took its place.")

    class Meta:
        ordering = ["-first_day", "provider", "pk"]
        constraints = [
            models.CheckConstraint(name="bill_ends_after_it_begins", condition=Q(end_day__gt=F("first_day"))),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.number or self.get_kind_display()}"


class BillLine(models.Model):
    """A charge, or a count of tokens, of a day. `amount` null: a usage report, which counts without pricing.

    `token_kind` empty: of no kind of token. `quantity` null: an amount without a count.
    """

    bill = models.ForeignKey(Bill, on_delete=models.CASCADE, related_name="lines")
    day = models.DateField()
    provider = models.CharField(max_length=200, blank=True)
    llm = models.ForeignKey(Llm, null=True, on_delete=models.PROTECT, related_name="+")
    model_text = models.CharField(max_length=300, blank=True, help_text="As the bill calls the model.")
    service_tier = models.CharField(max_length=100, blank=True)
    token_kind = models.CharField(max_length=20, blank=True)
    charge_category = models.CharField(max_length=20)
    quantity = models.DecimalField(max_digits=30, decimal_places=9, null=True)
    amount = _amount(null=True)
    currency = models.CharField(max_length=3, default="USD")
    amount_nanos = models.DecimalField(max_digits=40, decimal_places=0, null=True, help_text="The amount in USD.")
    rate = models.DecimalField(max_digits=20, decimal_places=10, null=True, help_text="USD for one of the currency.")
    rate_on = models.DateField(null=True)
    description = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index("provider", "day", name="bill_line_by_provider_and_day")]
        constraints = [
            models.CheckConstraint(
                name="bill_line_is_of_a_known_kind",
                condition=Q(token_kind__in=["", "input", "cache_read", "cache_write", "output"]),
            ),
            models.CheckConstraint(
                name="bill_line_is_of_a_known_category",
                condition=Q(charge_category__in=["usage", "fee", "credit", "tax", "adjustment"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.model_text} {self.description}".strip()

    @property
    def as_billed(self) -> str:
        """The amount in its own currency, with no digit lost or added."""
        return "" if self.amount is None else f"{plain(self.amount)} {self.currency}"

    @property
    def rate_text(self) -> str:
        return "" if self.rate is None else plain(self.rate)


def plain(number: Decimal) -> str:
    """Return a number without zeros behind it and without an exponent."""
    return f"{number.normalize():f}"
