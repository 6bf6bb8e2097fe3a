"""Reconciliations as plain values, for the API and the command line: money as decimal text."""

from __future__ import annotations

from typing import Any

from audits.exports.reconciling import state_of
from audits.queries.reconciling import ProvidersMonth
from spend.domain.money import to_text
from spend.domain.reconciling.causes import Causes
from spend.domain.reconciling.months import DayLine, Decision, Reconciliation, Tolerance
from spend.domain.reconciling.records import Cell


def told_month(each: ProvidersMonth) -> dict[str, Any]:
    """Return a provider's month as the API answers it."""
    found = each.found
    return {
        "provider": found.provider,
        "month": str(found.month),
        "state": state_of(found),
        "reconciled": found.reconciled,
        "provisional": found.is_provisional,
        "computed_usd": to_text(found.computed),
        "computed_elsewhere_usd": to_text(found.computed_elsewhere),
        "billed_usd": _maybe(found.billed),
        "valued": found.valued,
        "variance_usd": _maybe(found.variance),
        "capture_rate": found.capture_rate,
        "causes": _causes(found.causes),
        "unpriced_calls": each.unpriced_calls,
        "overlapping_bills": each.overlaps,
        "tolerance": _tolerance(found.tolerance),
        "decision": _decision(found.decision),
        "lines": _lines(found),
        "days": [_day(day) for day in found.days],
    }


def _maybe(nanos: int | None) -> str | None:
    return None if nanos is None else to_text(nanos)


def _causes(causes: Causes) -> dict[str, str]:
    return {f"{cause}_usd": to_text(amount) for cause, amount in causes.amounts().items()}


def _tolerance(tolerance: Tolerance) -> dict[str, str]:
    return {
        "absolute_usd": to_text(tolerance.absolute),
        "share": f"{tolerance.share.normalize():f}",
        "rounding_usd": to_text(tolerance.rounding),
    }


def _decision(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "choice": decision.choice,
        "reason": decision.reason,
        "by": decision.by,
        "at": decision.at.isoformat(),
        "rest_usd": to_text(decision.rest),
    }


def _lines(found: Reconciliation) -> list[dict[str, Any]]:
    return [_line(cell, causes) for cell, causes in found.lines]


def _line(cell: Cell, causes: Causes) -> dict[str, Any]:
    return {
        "model": cell.model or None,
        "token_kind": cell.kind or None,
        "logged_tokens": cell.logged_quantity,
        "billed_tokens": cell.billed_quantity,
        "computed_usd": to_text(cell.logged_amount),
        "billed_usd": to_text(cell.billed_amount),
        "causes": _causes(causes),
    }


def _day(day: DayLine) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "provisional": day.is_provisional,
        "computed_usd": to_text(day.computed),
        "billed_usd": _maybe(day.billed),
        "causes": _causes(day.causes),
    }
