"""Record calls: price them, give them their tier, write them with their tasks, mark the slices they change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol, cast

from django.conf import settings
from django.db import transaction

from spend import store
from spend.actions import sighting
from spend.actions.lineage import Lineage
from spend.actions.zone import keep_zone
from spend.domain.money import to_nanos
from spend.domain.owners import NoOwner, owner_of
from spend.domain.tokens import Usage
from spend.ingest.identity import key_bytes_of, task_key_bytes_of
from spend.ingest.mapping import SourceKind
from spend.ingest.receipt import CONFLICT, Receipt
from spend.ingest.records import Call, Item
from spend.queries.book import Book, book
from spend.queries.zone import reporting_zone


class SentCall(Protocol):
    """An item whose record is a call."""

    @property
    def index(self) -> int: ...
    @property
    def record(self) -> Call: ...
    @property
    def digest(self) -> bytes: ...
    @property
    def emitter(self) -> str: ...


Prepared = tuple[SentCall, tuple[Any, ...]]

_ID, _DIGEST = (list(store.STAGED_COLUMNS).index(name) for name in ("id", "digest"))


def record_calls(
    *,
    items: Sequence[Item],
    reach: frozenset[int] | None,
    at: datetime,
    kind: SourceKind = "rest",
    lineage: Lineage | None = None,
) -> Receipt:
    """Write a batch of decoded calls, all in one transaction; what was sent before is counted, never written twice.

    `kind` is the way they came in by, `lineage` the spans that they, or some of them, are.
    """
    receipt = Receipt()
    reference = book()
    owned = _owned(cast(Sequence[SentCall], items), reach, reference, receipt)
    if not owned and lineage is None:
        return receipt
    if not reference.has_zone:
        keep_zone()
    sighting.meet(reference, ((item.record.provider, item.record.model) for item, _ in owned), at)
    sighting.meet_task_types(reference, (item.record.task_type for item, _ in owned))
    sources = {(team, kind, item.emitter) for item, team in owned}
    sighting.meet_sources(reference, sources, at)
    with transaction.atomic():
        store.lock_reference_data()
        reference = book()
        if owned:
            _write(owned, _RowBuilder(reference, at, kind, lineage), receipt)
        if lineage:
            lineage.settle(reference, at)
    sighting.see_again(reference, sources, at)
    return receipt


def _write(owned: Sequence[tuple[SentCall, int]], builder: _RowBuilder, receipt: Receipt) -> None:
    unique = _without_repeats([(item, builder.row(item, team)) for item, team in owned], receipt)
    inserted = store.insert_calls([row for _, row in unique.values()])
    _settle_repeats({key: pair for key, pair in unique.items() if key not in inserted}, receipt)
    receipt.accepted = len(inserted)
    store.insert_tasks_of_staged_calls()


def _owned(
    items: Sequence[SentCall], reach: frozenset[int] | None, reference: Book, receipt: Receipt
) -> list[tuple[SentCall, int]]:
    """Return each call with its team; those without one are refused before anything is written of them."""
    teams = reference.teams
    owned = []
    for item in items:
        try:
            team = owner_of(item.record.team, reach, teams)
        except NoOwner as problem:
            receipt.reject(item.index, item.record.id, "team", str(problem))
            continue
        if team is None:
            receipt.reject(item.index, item.record.id, "team", "is required from who writes for all teams")
            continue
        owned.append((item, team))
    return owned


class _RowBuilder:
    """Turns records into rows for `store.insert_calls`."""

    def __init__(self, reference: Book, at: datetime, kind: SourceKind, lineage: Lineage | None) -> None:
        self._book = reference
        self._kind = kind
        self._repeated = lineage.repeated if lineage else frozenset[str]()
        self._yields_to = lineage.yields_to if lineage else dict[str, int]()
        self._at = at
        self._zone = reporting_zone()
        self._environments = {None, "", *settings.REPORTING_ENVIRONMENTS}

    def row(self, item: SentCall, team: int) -> tuple[Any, ...]:
        call = item.record
        day = call.occurred_at.astimezone(self._zone).date()
        llm = self._book.llm_named(call.provider, call.model)
        if llm is None:
            raise LookupError(f"model {call.model!r} was met, but is not in the book")
        key = key_bytes_of("call", team, call.id)
        cost, computed, reported, source, price = self._cost(call, llm, day)
        repeated = call.id in self._repeated
        return (
            key, team, call.id, task_key_bytes_of(call, team), call.occurred_at, day, llm, self._book.tier_on(llm, day),
            None if call.task_type is None else self._book.task_types[call.task_type],
            call.purpose, call.status, call.final,
            not repeated and call.environment in self._environments,
            call.input_tokens, call.cache_read_tokens, call.cache_write_tokens, call.output_tokens,
            call.reasoning_tokens, cost, computed, reported, source, price, call.latency_ms, call.step or "",
            call.service_tier or "", call.environment or "", call.metadata, item.digest, self._at,
            self._book.sources[team, self._kind, item.emitter], repeated, self._yields_to.get(call.id, 0), call.task,
        )  # fmt: skip

    def _cost(self, call: Call, llm: int, day: date) -> tuple[int | None, int | None, int | None, str, int | None]:
        usage = Usage(
            call.input_tokens,
            call.cache_read_tokens,
            call.cache_write_tokens,
            call.output_tokens,
            call.reasoning_tokens,
        )
        reported = None if call.cost_usd is None else to_nanos(call.cost_usd)
        result = self._book.cost(llm, call.service_tier, day, usage, reported)
        return result.cost_nanos, result.computed_nanos, reported, result.source, result.price_id


def _without_repeats(rows: Sequence[Prepared], receipt: Receipt) -> dict[bytes, Prepared]:
    """Return the first row of each id; a repeat within the batch is a duplicate or a conflict like any other."""
    unique: dict[bytes, Prepared] = {}
    for item, row in rows:
        first = unique.setdefault(row[_ID], (item, row))
        if first[1] is not row:
            _count_repeat(item, first[1][_DIGEST], receipt)
    return unique


def _settle_repeats(repeats: dict[bytes, Prepared], receipt: Receipt) -> None:
    if not repeats:
        return
    stored = store.digests_of_calls(repeats)
    for key, (item, _) in repeats.items():
        _count_repeat(item, stored[key], receipt)


def _count_repeat(item: SentCall, first_digest: bytes, receipt: Receipt) -> None:
    if item.digest == first_digest:
        receipt.duplicates += 1
    else:
        receipt.reject(item.index, item.record.id, "id", CONFLICT)
