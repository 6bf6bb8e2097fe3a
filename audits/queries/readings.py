"""What a rule reads: figures of the report, of reconciliation, or of a budget. Nothing is computed anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audits.domain.lines import Line
from audits.domain.watching import Limits, Reading
from audits.domain.windows import window_of
from audits.models import AlertRule, Budget
from audits.queries.budgets import standings
from audits.queries.reconciling import reconciliations
from audits.queries.windows import Filters, lines_of
from spend.domain.money import to_dollars
from spend.domain.periods import Days, Month, Period
from spend.domain.reconciling.months import Reconciliation

NOTHING = Reading(None, 0)
_PLACES = Decimal(1).scaleb(-9)


@dataclass(frozen=True)
class Found:
    """A reading, the days that it is of, and of a capture rate whose it is."""

    reading: Reading
    days: Days
    provider: str = ""


def readings(rule: AlertRule, days: Sequence[date]) -> dict[date, Found]:
    """Return what the rule would read at the end of each day, by what is known now.

    Bring the rows up to date first (`actions.catch_up`).
    """
    windows = {day: window_of(rule.window, rule.days, day) for day in days}
    if rule.measure == "capture_rate":
        return _capture_rates(rule, windows)
    if rule.budget is not None:
        return _of_budget(rule, rule.budget, windows)
    lines = lines_of(filters_of(rule), set(windows.values()))
    return {day: Found(_OF_LINE[rule.measure](lines[window]), window) for day, window in windows.items()}


def limits_of(rule: AlertRule) -> Limits:
    return Limits(rule.comparison, Decimal(rule.threshold), Decimal(rule.clear_threshold), rule.minimum)


def filters_of(rule: AlertRule) -> Filters:
    """Return what the rule is narrowed to, as a report is."""
    wanted = {"team": rule.team_id, "tier": rule.tier_id, "task_type": rule.task_type_id}
    return {name: (value,) for name, value in wanted.items() if value is not None}


def _cost_per_success(line: Line) -> Reading:
    cost = line.true_cost_per_success
    return Reading(None if cost is None else to_dollars(cost), line.counted_successes)


def _multiplier(line: Line) -> Reading:
    times = line.multiplier
    return Reading(None if times is None else _exact(Decimal(times)), line.calls)


def _incident_loss(line: Line) -> Reading:
    return Reading(to_dollars(line.incident_cost), 0)


def _unpriced_share(line: Line) -> Reading:
    if line.calls <= 0:
        return NOTHING
    return Reading(_exact(Decimal(line.calls - line.priced_calls) / line.calls), line.calls)


_OF_LINE: dict[str, Callable[[Line], Reading]] = {
    "true_cost_per_success": _cost_per_success,
    "multiplier": _multiplier,
    "incident_loss": _incident_loss,
    "unpriced_share": _unpriced_share,
}


def _of_budget(rule: AlertRule, budget: Budget, windows: dict[date, Days]) -> dict[date, Found]:
    found = standings(budget, windows)
    shares = {
        day: (each.share if rule.measure == "budget_share" else each.forecast_share) if each else None
        for day, each in found.items()
    }
    return {
        day: Found(NOTHING if (share := shares[day]) is None else Reading(_exact(share), 0), window)
        for day, window in windows.items()
    }


def _capture_rates(rule: AlertRule, windows: dict[date, Days]) -> dict[date, Found]:
    """Return the rate of the rule's provider, or of the one that is furthest off in the direction of the rule."""
    months = {Month.of(window.first_day) for window in windows.values()}
    found = reconciliations(Period(min(months), max(months)), today=max(windows))
    return {day: _capture_rate(rule, found, window) for day, window in windows.items()}


def _capture_rate(rule: AlertRule, found: list[Reconciliation], window: Days) -> Found:
    rates = [
        (Decimal(each.capture_rate), each.provider)
        for each in found
        if each.month.first_day == window.first_day
        and each.billed is not None
        and each.capture_rate is not None
        and rule.provider in ("", each.provider)
    ]
    if not rates:
        return Found(NOTHING, window, rule.provider)
    rate, provider = min(rates) if rule.comparison == "below" else max(rates)
    return Found(Reading(_exact(rate), 0), window, provider)


def _exact(value: Decimal) -> Decimal:
    """Return the value to as many places as are kept."""
    return value.quantize(_PLACES)
