"""Rules, alerts and budgets as plain values, for the API: figures as they are typed, money as decimal text."""

from __future__ import annotations

from typing import Any

from accounts.queries import shown_name
from audits.domain.alert_words import UNITS, figure_said
from audits.domain.budgets import Standing
from audits.domain.watching import MEASURES
from audits.models import Alert, AlertRule, Budget
from audits.queries.alerts import said_of
from spend.domain.money import to_text


def told_rule(rule: AlertRule) -> dict[str, Any]:
    """Return a rule as the API answers it; what may be sent back has the same names."""
    watch = getattr(rule, "watch", None)
    return {
        "id": rule.pk,
        "name": rule.name,
        "measure": rule.measure,
        "unit": UNITS[MEASURES[rule.measure].unit],
        "team": rule.team and rule.team.name,
        "tier": rule.tier and rule.tier.name,
        "task_type": rule.task_type and rule.task_type.name,
        "provider": rule.provider,
        "budget": rule.budget_id,
        "comparison": rule.comparison,
        "threshold": figure_said(rule.threshold, rule.measure),
        "clear_threshold": figure_said(rule.clear_threshold, rule.measure),
        "window": rule.window,
        "days": rule.days,
        "minimum": rule.minimum,
        "roles": rule.roles,
        "people": [person.get_username() for person in rule.people.order_by("username")],
        "tells_cleared": rule.tells_cleared,
        "active": rule.is_active,
        "value": figure_said(watch.value, rule.measure) if watch else None,
        "enough_data": bool(watch and watch.is_enough),
        "evaluated_at": watch.evaluated_at if watch else None,
    }


def told_alert(alert: Alert, *, reader: str) -> dict[str, Any]:
    """Return an alert as the API answers it; `link` is the page of what its value is made of."""
    by, measure = alert.acknowledged_by, alert.rule.measure
    return {
        "id": alert.pk,
        "rule": alert.rule_id,
        "name": alert.rule.name,
        "condition": said_of(alert.rule).condition,
        "unit": UNITS[MEASURES[measure].unit],
        "value": figure_said(alert.value, measure),
        "threshold": figure_said(alert.threshold, measure),
        "first_day": alert.first_day,
        "end_day": alert.end_day,
        "link": alert.link,
        "raised_at": alert.raised_at,
        "cleared_at": alert.cleared_at,
        "cleared_value": figure_said(alert.cleared_value, measure),
        "cleared_by": alert.cleared_by,
        "acknowledged_at": alert.acknowledged_at,
        "acknowledged_by": shown_name(by.get_username(), is_reader=by.get_username() == reader) if by else None,
        "note": alert.note,
    }


def told_budget(budget: Budget, stands: Standing | None) -> dict[str, Any]:
    """Return a budget as the API answers it, with how the month asked for stands; null where it does not hold."""
    return {
        "id": budget.pk,
        "team": budget.team and budget.team.name,
        "counts": budget.counts,
        "amount_usd": to_text(int(budget.amount)),
        "first_month": f"{budget.first_month:%Y-%m}",
        "last_month": f"{budget.last_month:%Y-%m}" if budget.last_month else None,
        "standing": None if stands is None else told_standing(stands),
    }


def told_standing(stands: Standing) -> dict[str, Any]:
    share, forecast = stands.share, stands.forecast_share
    return {
        "month": str(stands.month),
        "spent_usd": _maybe(stands.spent),
        "share": None if share is None else float(share),
        "forecast_usd": _maybe(stands.forecast),
        "forecast_share": None if forecast is None else float(forecast),
        "left_usd": _maybe(stands.left),
        "days_left": stands.days_left,
    }


def _maybe(nanos: int | None) -> str | None:
    return None if nanos is None else to_text(nanos)
