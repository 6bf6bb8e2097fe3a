"""Give calls the cost and the tier that the reference data says now, where it changed (R9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import NamedTuple
from uuid import UUID

import psycopg
from django.db import connection, transaction

from spend import store
from spend.domain.tokens import Usage
from spend.queries.book import Book, book

_CALLS_AT_ONCE = 5_000


class _Stored(NamedTuple):
    id: UUID
    task: UUID
    llm: int
    day: date
    service_tier: str
    input: int | None
    cache_read: int | None
    cache_write: int | None
    output: int | None
    reasoning: int | None
    reported: int | None
    cost: int | None
    computed: int | None
    source: str
    price: int | None
    tier: int | None


class Repriced(NamedTuple):
    """What is derived of a call; the columns that `store.update_derived` writes."""

    cost: int | None
    computed: int | None
    source: str
    price: int | None
    tier: int | None


@transaction.atomic
def reprice(*, prices: Mapping[int, date], tiers: Mapping[int, date]) -> int:
    """Derive again the cost and tier of calls of these models (id -> first day concerned); return how many changed.

    Wants the reference data locked for change, so that no call is being priced with the old values meanwhile.
    """
    first_days = {llm: min(days[llm] for days in (prices, tiers) if llm in days) for llm in {**prices, **tiers}}
    reference = book()
    changed = 0
    for batch in _batches(first_days):
        moved = [(call, new) for call in batch if (new := _derived(reference, call)) != call[-5:]]
        store.update_derived([(call.id, *new) for call, new in moved])
        store.mark_tasks_dirty(sorted({call.task for call, _ in moved}))
        changed += len(moved)
    return changed


def _batches(first_days: Mapping[int, date]) -> Iterator[list[_Stored]]:
    with psycopg.ServerCursor(connection.connection, "calls_to_reprice") as cursor:
        cursor.itersize = _CALLS_AT_ONCE
        cursor.execute(
            "SELECT c.id, c.task_id, c.llm_id, c.day, c.service_tier, c.input_tokens, c.cache_read_tokens,"
            " c.cache_write_tokens, c.output_tokens, c.reasoning_tokens, c.reported_nanos, c.cost_nanos,"
            " c.computed_nanos, c.cost_source, c.price_id, c.tier_id FROM spend_call c"
            " JOIN unnest(%s::bigint[], %s::date[]) AS f(llm_id, day) ON f.llm_id = c.llm_id AND c.day >= f.day",
            [list(first_days), list(first_days.values())],
        )
        rows = map(_Stored._make, cursor)
        while batch := list(islice(rows, _CALLS_AT_ONCE)):
            yield batch


def _derived(reference: Book, call: _Stored) -> Repriced:
    usage = Usage(call.input, call.cache_read, call.cache_write, call.output, call.reasoning)
    found = reference.cost(call.llm, call.service_tier, call.day, usage, call.reported)
    tier = reference.tier_on(call.llm, call.day)
    return Repriced(found.cost_nanos, found.computed_nanos, found.source, found.price_id, tier)
