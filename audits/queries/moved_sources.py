"""Corrections, incidents and fixed costs whose entries moved after a close: how much, by whom, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from accounts.queries import shown_name
from audits.domain.bridge import MONEY, Measures, Movement, SourceKind, kind_of_source
from audits.domain.sources import CONFIRMED
from audits.models import Close, Correction, FixedCost, Incident
from audits.queries.closes import source_of
from audits.queries.recorders import recorder_name
from spend.domain.periods import Month
from spend.store import raw_cursor

AN_INTEGRATION = "an integration"


@dataclass(frozen=True)
class _Latest:
    """The version of a source that counts: whether it costs anything, when it came, by whom, and why."""

    name: str
    counts: bool
    at: datetime | None = None
    by: str | None = None
    why: str = ""


def movements(close: Close, month: Month, *, reader: int | None) -> Iterator[Movement]:
    """Yield what moved of each source whose entries of the month were posted after the close."""
    closed_at = close.closed_at
    rows = _posted_later(close, month)
    known = {kind: _LATEST[kind]({row["source"] for row in rows if row["kind"] == kind}, reader) for kind in _LATEST}
    for row in rows:
        latest = known[row["kind"]].get(row["source"], _Latest("", counts=False))
        kind = kind_of_source(
            row["kind"],
            was_there=row["was_there"],
            counts=latest.counts,
            has_newer=latest.at is not None and closed_at is not None and latest.at > closed_at,
        )
        moved = Measures.of({name: row[name] or 0 for name in MONEY[1:]})
        by = () if row["kind"] == "fixed_cost" else (latest.by or AN_INTEGRATION,)
        yield Movement(kind, moved, 1, row["first_at"], row["last_at"], by, str(row["source"]), latest.name, latest.why)


def _posted_later(close: Close, month: Month) -> list[dict[str, Any]]:
    """What a close froze of the ledger ends with the last entry that was there: nothing is posted while it freezes."""
    params = {"first": month.first_day, "end": month.end_day, "last_entry": (close.inputs or {}).get("last_entry", 0)}
    with raw_cursor() as cursor:
        cursor.execute(_POSTED_LATER, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]


_COSTS = ", ".join(f"sum(e.amount_nanos) FILTER (WHERE e.category = '{name}') AS {name}" for name in MONEY[1:])
_POSTED_LATER = f"""
SELECT e.source_kind AS kind, e.source, {_COSTS}, min(e.posted_at) AS first_at, max(e.posted_at) AS last_at,
    EXISTS (SELECT FROM audits_entry o WHERE o.source = e.source AND o.id <= %(last_entry)s) AS was_there
FROM audits_entry e
WHERE e.service_date >= %(first)s AND e.service_date < %(end)s AND e.id > %(last_entry)s
GROUP BY 1, 2
"""


def _corrections(identities: Iterable[UUID], reader: int | None) -> dict[UUID, _Latest]:
    rows = Correction.objects.filter(identity__in=list(identities), latest=True).select_related("recorded_by")
    return {
        row.identity: _Latest(
            row.external_id,
            not row.withdrawn,
            row.received_at,
            recorder_name(
                person=row.recorded_by_id,
                name=row.recorded_by.get_username() if row.recorded_by else None,
                by_link=row.by_link,
                signer=row.signer,
                reader=reader,
            ),
            row.reason,
        )
        for row in rows
    }


def _incidents(identities: Iterable[UUID], reader: int | None) -> dict[UUID, _Latest]:
    rows = Incident.objects.filter(identity__in=list(identities), latest=True).select_related("recorded_by")
    return {
        row.identity: _Latest(
            row.title or row.external_id,
            not row.withdrawn and row.status == CONFIRMED,
            row.received_at,
            shown_name(row.recorded_by.get_username(), is_reader=row.recorded_by_id == reader)
            if row.recorded_by
            else None,
            row.reason,
        )
        for row in rows
    }


def _fixed_costs(identities: Iterable[UUID], reader: int | None) -> dict[UUID, _Latest]:
    rows = FixedCost.objects.filter(identity__in=list(identities))
    return {row.identity: _Latest(row.name, counts=True) for row in rows}


def _accruals(identities: Iterable[UUID], reader: int | None) -> dict[UUID, _Latest]:
    """Who accepted it: its reversal is the same person's act."""
    of = {source_of(close): close for close in Close.objects.filter(accrued__isnull=False)}
    name = User.objects.values_list("username", flat=True).filter(pk=reader or 0).first()
    return {
        identity: _Latest(
            f"Accrual of {of[identity].month:%Y-%m}",
            counts=False,
            at=of[identity].closed_at,
            by=shown_name(of[identity].accrued_by, is_reader=of[identity].accrued_by == name),
            why=of[identity].accrual_reason,
        )
        for identity in identities
        if identity in of
    }


_LATEST: dict[SourceKind, Any] = {
    "correction": _corrections, "incident": _incidents, "fixed_cost": _fixed_costs, "accrual": _accruals,
}  # fmt: skip
