"""Budgets, and how their months stand, from the figures of the report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from accounts.domain.reach import Reach
from audits.domain.budgets import Standing
from audits.domain.lines import Line
from audits.models import Budget
from audits.queries.windows import lines_of
from spend.domain.periods import Days, Month


def budgets_in(reach: Reach) -> QuerySet[Budget]:
    """Return the budgets within reach; those of all teams belong to those who see all."""
    found = Budget.objects.select_related("team")
    return found if reach.team_ids is None else found.filter(team_id__in=reach.team_ids)


def in_force(budgets: QuerySet[Budget], month: Month) -> QuerySet[Budget]:
    """Return those that hold in `month`."""
    day = month.first_day
    return budgets.filter(Q(last_month__isnull=True) | Q(last_month__gte=day), first_month__lte=day)


def standing(budget: Budget, month: Month, *, today: date) -> Standing | None:
    """Return how a month stands, running or over; None where the budget does not hold in it."""
    day = today if Month.of(today) == month else month.end_day - timedelta(days=1)
    return standings(budget, [day])[day]


def standings(budget: Budget, days: Iterable[date]) -> dict[date, Standing | None]:
    """Return how the month of each day stood at its end, by what is known now."""
    spans = {day: Days(day.replace(day=1), day + timedelta(days=1)) for day in days}
    held = {day: span for day, span in spans.items() if _holds(budget, day)}
    lines = lines_of({} if budget.team_id is None else {"team": (budget.team_id,)}, set(held.values()))
    return {
        day: Standing(Month.of(day), day, int(budget.amount), _cost(budget, lines[span])) if day in held else None
        for day, span in spans.items()
    }


def _holds(budget: Budget, day: date) -> bool:
    return budget.first_month <= day and (budget.last_month is None or day < Month.of(budget.last_month).end_day)


def _cost(budget: Budget, line: Line) -> int | None:
    """Return what the budget counts: None where there were calls and none has a price (R10)."""
    return line.token_bill if budget.counts == Budget.TOKEN_BILL else line.true_cost
