"""What finance settles about bills: a decision on a provider's month, and how far bills may differ."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from audits.actions.catch_up import catch_up
from audits.models import ProviderTolerance, ReconciliationDecision
from audits.queries.reconciling import ProvidersMonth, providers_months
from spend.domain.periods import Month, Period
from spend.domain.reconciling.months import Choice, Tolerance
from spend.queries.zone import reporting_day
from spend.store import lock_reference_data


class NothingBilled(Exception):
    """The provider has no bill of the month: there is nothing to decide about."""


def compare(period: Period, *, at: datetime, provider: str | None = None) -> list[ProvidersMonth]:
    """Return computed against billed with everything committed so far."""
    today = reporting_day(at)
    catch_up(at=at, today=today)
    return providers_months(period, today=today, provider=provider)


def decide(
    *, provider: str, month: Month, choice: Choice, reason: str, by: User, at: datetime
) -> ReconciliationDecision:
    """Say what becomes of the difference of a provider's month. Earlier decisions stay on record.

    Raises NothingBilled where no bill states an amount.
    """
    found = next((each.found for each in compare(Period(month, month), at=at, provider=provider)), None)
    if found is None or found.variance is None or found.valued:
        raise NothingBilled(f"No bill of {provider or 'an unknown provider'} states what {month} cost.")
    with transaction.atomic():
        lock_reference_data()  # who closes a month reads decisions more than once
        return ReconciliationDecision.objects.create(
            provider=provider, month=month.first_day, choice=choice, reason=reason, variance=found.variance,
            rest=found.causes.rest, by=by, at=at,
        )  # fmt: skip


def set_tolerance(*, provider: str, tolerance: Tolerance) -> None:
    """Say how far the bills of a provider may differ before somebody must decide."""
    ProviderTolerance.objects.update_or_create(
        provider=provider,
        defaults={"absolute": tolerance.absolute, "share": tolerance.share, "rounding": tolerance.rounding},
    )
