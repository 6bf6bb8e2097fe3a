"""Rework still to come that a close reports: accepted on the draft, posted when it is signed, reversed right after.

Both postings are of the last day of the month: restated they cancel out. The first is posted in the month that is being
closed and frozen with it, the reversal in the first open month, as accountants reverse an accrual.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from audits.actions.ledger import ACCRUAL, Move, post
from audits.domain.accrual import Stratum, accrual_entries
from audits.domain.chain_ladder import Expected
from audits.domain.closing import CannotClose
from audits.models import Close
from audits.queries.closes import source_of
from audits.queries.rework import known_rework, rework_to_come
from audits.store import active_entries
from spend.domain.periods import Month
from spend.queries.zone import reporting_day
from spend.store import mark_dirty


@transaction.atomic
def accrue(close: Close, *, amount: int | None, by: User, at: datetime, reason: str = "") -> Close:
    """Keep on a draft how much rework is still to come, in nanos: None for what past months propose, 0 for none.

    Raises CannotClose for what is no draft any more, where there is no proposal to accept, and for another amount than
    proposed without a reason.
    """
    draft = Close.objects.select_for_update().filter(pk=close.pk, state=Close.DRAFT).first()
    if draft is None:
        raise CannotClose("There is no such draft: somebody signed or replaced it.")
    found = rework_to_come(Month.of(draft.month), today=reporting_day(at))
    proposed = found.amount if isinstance(found, Expected) else None
    if amount is None and proposed is None:
        raise CannotClose("There is too little history to propose an accrual: name an amount, and say why.")
    accepted = proposed if amount is None else amount
    if accepted and accepted != proposed and not reason.strip():
        raise CannotClose("Say why another amount is accrued than past months propose.")
    draft.accrued, draft.accrual_proposed = accepted or None, proposed
    draft.accrued_by = by.get_username() if accepted else ""
    draft.accrual_reason = reason.strip() if accepted else ""
    draft.save()
    return draft


def post_accrual(close: Close, *, at: datetime) -> None:
    """Post what a draft accrues, split over teams, tiers, models and task types as known rework of the month is.

    In the caller's transaction, which holds the exclusive lock and has the rows up to date.
    """
    if not close.accrued:
        return
    known = {Stratum(*key): cost for *key, cost in known_rework(Month.of(close.month))}
    drafts = accrual_entries(close.accrued, known, _last_day(close.month))
    mark_dirty(post([Move(ACCRUAL, source_of(close), [], drafts)], at))


def reverse_accrual(close: Close, *, at: datetime) -> None:
    """Take back what a close accrued, in the first open month. In the transaction that closed it."""
    if not close.accrued:
        return
    source = source_of(close)
    mark_dirty(post([Move(ACCRUAL, source, list(active_entries([source])), [])], at))


def _last_day(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])
