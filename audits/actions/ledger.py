"""Keep the ledger true: reverse the entries of a source that no longer hold, and post those that should be there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.conf import settings

from audits import store
from audits.domain.attribution import (
    POLICY_VERSION,
    EntryDraft,
    Lookups,
    Policy,
    correction_entries,
    fixed_cost_entries,
    incident_entries,
)
from audits.domain.attribution import (
    settle as difference,
)
from audits.models.ledger import SOURCE_KINDS
from audits.queries.closes import open_from
from audits.queries.placing import lookups
from audits.queries.sources import corrections, fixed_costs, incidents
from spend.store import mark_dirty

CORRECTION, INCIDENT, FIXED_COST, ACCRUAL = SOURCE_KINDS
_AT_ONCE = 2_000  # sources settled together: bounds the memory of a rebuild


@dataclass(frozen=True)
class Sources:
    """Identities of what makes entries, by kind."""

    of_kind: Mapping[str, frozenset[UUID]] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: str, identities: Iterable[UUID]) -> Sources:
        return cls({kind: frozenset(identities)})

    def __or__(self, other: Sources) -> Sources:
        kinds = {*self.of_kind, *other.of_kind}
        return Sources(
            {kind: self.of_kind.get(kind, frozenset()) | other.of_kind.get(kind, frozenset()) for kind in kinds}
        )


@dataclass(frozen=True)
class Move:
    """What settling a source changed, or would change."""

    kind: str
    source: UUID
    reversed: Sequence[tuple[Any, ...]]
    posted: Sequence[EntryDraft]

    def amounts(self) -> Iterator[tuple[date, int, int]]:
        """Yield (service date, nanos before, nanos after) of each entry that goes or comes."""
        for entry in self.reversed:
            yield entry[_DAY], int(entry[_AMOUNT]), 0
        for draft in self.posted:
            yield draft.service_date, 0, draft.amount


def settle(
    sources: Sources,
    *,
    at: datetime,
    today: date,
    refreshing: Collection[tuple[int | None, date]] = (),
    dry_run: bool = False,
) -> list[Move]:
    """Make the entries of `sources` what the facts say now, in the caller's transaction; return what moved.

    The caller holds a lock of reference data, of either kind, so that no month is closed meanwhile.

    `at` is when it is posted, `today` the day up to which fixed costs have accrued. The slices of changed entries are
    marked, but for those the caller is `refreshing` itself.
    """
    moves: list[Move] = []
    for kind, identities in sorted(sources.of_kind.items()):
        ordered = sorted(identities)
        for start in range(0, len(ordered), _AT_ONCE):
            moves += _moves(kind, ordered[start : start + _AT_ONCE], today, lock=not dry_run)
    if moves and not dry_run:
        mark_dirty(post(moves, at).difference(refreshing))
    return moves


def _moves(kind: str, identities: list[UUID], today: date, *, lock: bool) -> Iterator[Move]:
    desired = dict(_desired(kind, identities, today, lock=lock))
    active: dict[UUID, list[tuple[tuple[Any, ...], EntryDraft]]] = {}
    for row in store.active_entries(identities):
        active.setdefault(row[2], []).append((row, _draft_of(row)))
    for source in identities:
        to_reverse, to_post = difference(active.get(source, []), desired.get(source, []))
        if to_reverse or to_post:
            yield Move(kind, source, to_reverse, to_post)


def _desired(kind: str, identities: list[UUID], today: date, *, lock: bool) -> Iterator[tuple[UUID, list[EntryDraft]]]:
    found: Lookups = lookups()
    policy = cast(Policy, settings.ATTRIBUTION_POLICY)
    if kind == CORRECTION:
        for identity, correction in corrections(identities, lock=lock):
            yield identity, correction_entries(correction, found, policy)
    elif kind == INCIDENT:
        for identity, incident in incidents(identities, lock=lock):
            yield identity, incident_entries(incident, found, policy)
    else:
        for identity, cost in fixed_costs(identities, lock=lock):
            yield identity, fixed_cost_entries(cost, today, found)


def posting_month_of(service_date: date, first_open: date | None) -> date:
    """Return the first day of the posting period of an entry: the service month, or the first open one (R14)."""
    month = service_date.replace(day=1)
    return month if first_open is None else max(month, first_open)


def post(moves: Sequence[Move], at: datetime) -> set[tuple[int | None, date]]:
    """Write the entries; return the slices they fall in. The caller holds a lock as for `settle`."""
    rows = []
    first_open = open_from()
    touched: set[tuple[int | None, date]] = set()
    for move in moves:
        for entry in move.reversed:
            rows.append(_reversal(entry, at, first_open))
            touched.add((entry[_TEAM], entry[_DAY]))
        for draft in move.posted:
            rows.append(_entry(move, draft, at, first_open))
            touched.add((draft.team, draft.service_date))
    store.add_entries(rows)
    return touched


def _entry(move: Move, draft: EntryDraft, at: datetime, first_open: date | None) -> tuple[Any, ...]:
    return (
        move.kind, move.source, draft.category, draft.nature, draft.amount, draft.rule, POLICY_VERSION, draft.traced,
        draft.service_date, posting_month_of(draft.service_date, first_open),
        draft.team, draft.tier, draft.llm, draft.task_type,
        draft.task, draft.call, None, at,
    )  # fmt: skip


_COLUMNS = ("id", *store.ENTRY_COLUMNS)
_TEAM, _DAY, _AMOUNT = (_COLUMNS.index(name) for name in ("team_id", "service_date", "amount_nanos"))


def _reversal(entry: tuple[Any, ...], at: datetime, first_open: date | None) -> tuple[Any, ...]:
    """Every field of `entry` again, the amount negated (R14)."""
    row = dict(zip(_COLUMNS, entry, strict=True))
    row |= {"amount_nanos": -row["amount_nanos"], "reverses_id": row["id"], "posted_at": at}
    row["posting_month"] = posting_month_of(row["service_date"], first_open)
    return tuple(row[name] for name in store.ENTRY_COLUMNS)


def _draft_of(entry: tuple[Any, ...]) -> EntryDraft:
    row = dict(zip(_COLUMNS, entry, strict=True))
    return EntryDraft(
        service_date=row["service_date"],
        rule=row["rule"],
        category=row["category"],
        nature=row["nature"],
        team=row["team_id"],
        task_type=row["task_type_id"],
        task=row["task_key"],
        call=row["call_key"],
        tier=row["tier_id"],
        llm=row["llm_id"],
        amount=row["amount_nanos"],
        traced=row["traced"],
    )
