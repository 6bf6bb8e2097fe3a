"""Budgets are written; whose amount or months change, their rules go on with the new ones."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from audits.actions.reports import bring_up_to_date
from audits.domain.budgets import Standing
from audits.models import Budget
from audits.queries.budgets import in_force, standing
from spend.domain.periods import Month


def save_budget(budget: Budget) -> Budget:
    budget.save()
    return budget


def standings_of(
    budgets: QuerySet[Budget], month: Month, *, today: date, at: datetime
) -> list[tuple[Budget, Standing]]:
    """Return how each budget that holds in a month stands in it, with everything committed so far."""
    bring_up_to_date(at=at)
    found = ((budget, standing(budget, month, today=today)) for budget in in_force(budgets, month))
    return [(budget, stands) for budget, stands in found if stands is not None]
