"""Close months: draft, sign, reopen. What a close freezes, and what becomes of what comes later: docs/closing.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from audits import freezing
from audits.actions.accruing import accrue, post_accrual, reverse_accrual
from audits.actions.catch_up import catch_up, work_in_facts
from audits.domain.attribution import POLICY_VERSION
from audits.domain.checklist import NONE_WAIVED, Item, checklist
from audits.domain.closing import CannotClose, require_draftable, require_signable
from audits.models import Close
from audits.queries.charges import Reader, row_of
from audits.queries.checklist import facts_of
from audits.queries.closes import digest_of, fingerprints_of, open_from
from audits.queries.reports import TrueCost, true_cost
from audits.queries.sums import Query
from spend.domain.money import to_nanos
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_day
from spend.store import lock_reference_data_for_change

LENSES = ("responsible", "route")
PROPOSED = "proposed"
_DOLLARS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
SNAPSHOT_BY = ("tier", "team", "model", "task_type")


@dataclass(frozen=True)
class Accrual:
    """Rework still to come that is to be reported: `amount` in nanos, None for what past months propose."""

    amount: int | None = None
    reason: str = ""


def accrual_of(amount: str, reason: str) -> Accrual | None:
    """Read an amount in dollars, or `proposed`; None where there is none. Raises ValueError for anything else."""
    if not amount:
        return None
    if amount == PROPOSED:
        return Accrual(None, reason)
    if not _DOLLARS.fullmatch(amount):
        raise ValueError(f"{amount} is neither `{PROPOSED}` nor an amount in dollars.")
    return Accrual(to_nanos(Decimal(amount)), reason)


def close_month(
    month: Month, *, by: User, at: datetime, reason: str = "", basis: str = "computed",
    waivers: Mapping[str, str] = NONE_WAIVED, accrual: Accrual | None = None,
) -> Close:  # fmt: skip
    """Close a month in one go. Raises CannotClose as `draft`, `accrue` and `sign` do; then nothing is left behind."""
    today = reporting_day(at)
    catch_up(at=at, today=today)
    require_signable(checklist(facts_of(month, today=today)), waivers, reason.strip())
    with transaction.atomic():
        found = draft(month, by=by, at=at, basis=basis, waivers=waivers)
        if accrual:
            found = accrue(found, amount=accrual.amount, by=by, at=at, reason=accrual.reason)
    return sign(found, by=by, at=at, reason=reason)


def draft(
    month: Month, *, by: User, at: datetime, basis: str = "computed", waivers: Mapping[str, str] = NONE_WAIVED
) -> Close:
    """Begin to close `month`, and all before it where nothing is closed yet; an earlier draft gives way.

    `waivers` say, by rule of the checklist, why what blocks does not. Raises CannotClose for a month that is not over,
    not the next one to close, or that something blocks.
    """
    today = reporting_day(at)
    catch_up(at=at, today=today)
    with transaction.atomic():
        lock_reference_data_for_change()
        first = _first_month(month, today=today)
        kept = require_draftable(checklist(facts_of(month, today=today)), waivers)
        Close.objects.filter(state=Close.DRAFT).delete()
        return Close.objects.create(
            first_month=first, month=month.first_day, state=Close.DRAFT, basis=basis, drafted_at=at,
            drafted_by=by.get_username(), waivers=kept,
        )  # fmt: skip


def _first_month(month: Month, *, today: date) -> date:
    """Return the first of the months that a close of `month` is of."""
    if month.end_day > today:
        raise CannotClose(f"{month} is not over.")
    first_open = open_from()
    if first_open is None:
        return min(freezing.first_month_reported() or month.first_day, month.first_day)
    if first_open != month.first_day:
        already = month.first_day < first_open
        raise CannotClose(
            f"{month} is closed already." if already else f"{Month.of(first_open)} comes first: months close in order."
        )
    return first_open


def sign(close: Close, *, by: User, at: datetime, reason: str = "", waivers: Mapping[str, str] = NONE_WAIVED) -> Close:
    """Freeze the months of a draft as they are now, and keep what their checklist says.

    `waivers` come on top of the draft's. Raises CannotClose for what is no draft any more, where something blocks that
    nobody waived, and where the checklist warns and there is no reason.
    """
    today, began = reporting_day(at), freezing.moment()
    catch_up(at=at, today=today)  # most of the work, before everybody has to wait
    with transaction.atomic():
        lock_reference_data_for_change()
        found = Close.objects.select_for_update().filter(pk=close.pk, state=Close.DRAFT).first()
        if found is None:
            raise CannotClose("There is no such draft: somebody signed or replaced it.")
        work_in_facts(at=at, today=today)
        found.first_month = _first_month(Month.of(found.month), today=today)
        items = checklist(facts_of(Month.of(found.month), today=today))
        found.waivers = require_signable(items, {**found.waivers, **waivers}, reason.strip())
        post_accrual(found, at=at)
        work_in_facts(at=at, today=today)
        # calls that came while this was waiting for the lock are frozen too: none of them is late
        found.closed_at = at + (freezing.moment() - began)
        found.closed_by, found.reason = by.get_username(), reason.strip()
        _freeze(found, items, at)
        reverse_accrual(found, at=at)
        work_in_facts(at=at, today=today)
    return found


def _freeze(close: Close, items: Sequence[Item], at: datetime) -> None:
    close.policy_version = POLICY_VERSION
    close.snapshot = {**_snapshot(close, at), "checklist": [asdict(item) for item in items]}
    close.save()
    close.refresh_from_db()  # fingerprints are of what is kept, which spells some numbers otherwise
    freezing.freeze(close.pk, close.first_month, close.month)
    _freeze_charges(close)
    close.inputs = _inputs(close)
    close.digest = digest_of(close)
    close.state = Close.CLOSED
    close.save()


def _freeze_charges(close: Close) -> None:
    """Keep what the FOCUS export says of each month, while all of them are open."""
    reader = Reader(teams=None)
    for month in Period(Month.of(close.first_month), Month.of(close.month)).months():
        freezing.freeze_charges(close.pk, month.first_day, map(row_of, reader.of_month(month)))


def _snapshot(close: Close, at: datetime) -> dict[str, Any]:
    """The report of the months by each dimension, in both lenses; money in nanos."""
    period = Period(Month.of(close.first_month), Month.of(close.month))
    return {
        lens: {
            by: _said(true_cost(Query(period, (by,), lens, "reported", bill=close.basis), as_of=at))
            for by in SNAPSHOT_BY
        }
        for lens in LENSES
    }


def _said(report: TrueCost) -> dict[str, Any]:
    rows = [{**asdict(row.line), "key": row.names} for row in report.rows]
    return {"rows": rows, "total": asdict(report.total), "coverage": asdict(report.coverage)}


def _inputs(close: Close) -> dict[str, Any]:
    before = Close.objects.filter(state=Close.CLOSED).order_by("-month").first()
    reference = {name: freezing.fingerprint_of_reference(table) for name, table in freezing.REFERENCE.items()}
    return {
        **fingerprints_of(close), **reference, "policy_version": close.policy_version,
        "last_entry": freezing.last_entry(), "previous": before.digest if before else "",
    }  # fmt: skip


@transaction.atomic
def reopen(close: Close, *, by: User, at: datetime, reason: str) -> Close:
    """Open the months of the latest close again. Raises CannotClose for any other, and without a reason."""
    if not reason.strip():
        raise CannotClose("Say why it is opened again.")
    lock_reference_data_for_change()
    latest = Close.objects.select_for_update().filter(state=Close.CLOSED).order_by("-month").first()
    if latest is None or latest.pk != close.pk:
        raise CannotClose("Only the last closed month can be opened again.")
    Close.objects.filter(state=Close.DRAFT).delete()
    latest.state, latest.reopened_at = Close.REOPENED, at
    latest.reopened_after = freezing.last_entry()
    latest.reopened_by, latest.reopen_reason = by.get_username(), reason.strip()
    latest.save()
    return latest
