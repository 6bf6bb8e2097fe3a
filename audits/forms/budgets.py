"""What finance says of a budget; pages and API fill in the same form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import RevisingForm
from accounts.models import Team
from audits.models import Budget
from spend.domain.money import to_dollars, to_nanos
from spend.domain.periods import Month


class MonthField(forms.CharField):
    """A month like 2026-10; empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=7, widget=forms.TextInput(attrs={"type": "month"}), **kwargs)

    def clean(self, value: Any) -> Month | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Month.parse(text)
        except ValueError as problem:
            raise ValidationError("Give a month, like 2026-10.") from problem


class BudgetForm(RevisingForm):
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, empty_label="All teams together", to_field_name="name"
    )
    counts = forms.ChoiceField(
        choices=[(Budget.TOKEN_BILL, "Token bill"), (Budget.TRUE_COST, "True cost")], widget=forms.RadioSelect,
        initial=Budget.TOKEN_BILL,
    )  # fmt: skip
    amount = forms.DecimalField(label="Amount a month, USD", min_value=Decimal("0.01"), max_digits=16, decimal_places=2)
    first_month = MonthField(label="From month")
    last_month = MonthField(label="To month", required=False, help_text="Included. Empty: until further notice.")

    def __init__(self, *args: Any, budget: Budget | None = None, **kwargs: Any) -> None:
        self.budget = budget
        super().__init__(*args, current=_current_budget(budget) if budget else None, **kwargs)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        first, last = said.get("first_month"), said.get("last_month")
        if first and last and last < first:
            self.add_error("last_month", "Is before the month that it begins in.")
        if not self.errors and (other := self._overlapping(said)):
            self.add_error(
                "first_month", f"{other} has a budget from {other.first_month:%Y-%m} on. End that one first."
            )
        return said

    def _overlapping(self, said: dict[str, Any]) -> Budget | None:
        others = Budget.objects.filter(team=said["team"], counts=said["counts"])
        if self.budget:
            others = others.exclude(pk=self.budget.pk)
        first, last = said["first_month"].first_day, said["last_month"]
        for other in others:
            ends_before = other.last_month is not None and other.last_month < first
            begins_after = last is not None and other.first_month > last.first_day
            if not ends_before and not begins_after:
                return other
        return None

    def made(self) -> Budget:
        """Return the budget as it is said now, unsaved."""
        said, budget = self.cleaned_data, self.budget or Budget()
        budget.team, budget.counts, budget.amount = said["team"], said["counts"], to_nanos(said["amount"])
        budget.first_month = said["first_month"].first_day
        budget.last_month = said["last_month"].first_day if said["last_month"] else None
        return budget


def _current_budget(budget: Budget) -> dict[str, Any]:
    return {
        "team": budget.team and budget.team.name,
        "counts": budget.counts,
        "amount": f"{to_dollars(int(budget.amount)):.2f}",
        "first_month": f"{budget.first_month:%Y-%m}",
        "last_month": f"{budget.last_month:%Y-%m}" if budget.last_month else "",
    }
