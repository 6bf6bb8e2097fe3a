"""Calls whose cost or tier follows anew from changed reference data, and what that would move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.db import connection, transaction

from accounts.models import Team
from spend.domain.effects import Effect, Moved
from spend.domain.periods import Month, start_of
from spend.domain.tokens import Usage
from spend.models import Call, Repricing
from spend.queries.book import Book
from spend.queries.zone import reporting_zone

CALLS_AT_ONCE = 5_000
# Two seconds of looking: who changes a price of more calls is shown an estimate from about this many of them.
CALLS_LOOKED_AT = 100_000
_MOST_APART = 256  # ids are hashes, so one byte of them draws evenly


class Stored(NamedTuple):
    id: UUID
    task: UUID
    team: int
    llm: int
    day: date
    counted: bool
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


class Derived(NamedTuple):
    """What is derived of a call; the columns that `store.update_derived` writes."""

    cost: int | None
    computed: int | None
    source: str
    price: int | None
    tier: int | None


_OF_MODELS = (
    " FROM spend_call c JOIN unnest(%s::bigint[], %s::date[]) AS f(llm_id, day)"
    " ON f.llm_id = c.llm_id AND c.day >= f.day"
)


_COLUMNS = (
    "SELECT c.id, c.task_id, c.team_id, c.llm_id, c.day, c.counted, c.service_tier, c.input_tokens,"
    " c.cache_read_tokens, c.cache_write_tokens, c.output_tokens, c.reasoning_tokens, c.reported_nanos, c.cost_nanos,"
    " c.computed_nanos, c.cost_source, c.price_id, c.tier_id"
)


def calls_of_models(first_days: Mapping[int, date], *, one_in: int = 1) -> Iterator[list[Stored]]:
    """Yield the calls of models from a day on, in batches; with `one_in`, an even draw of them. In a transaction."""
    drawn = f" AND get_byte(uuid_send(c.id), 15) %% {one_in} = 0" if one_in > 1 else ""
    yield from _batches(f"{_OF_MODELS}{drawn}", _days(first_days))


def calls_of_day(first_days: Mapping[int, date], team: int, day: date) -> Iterator[list[Stored]]:
    """Yield those of them that a team made on one day, in batches, by the index of team and time. In a transaction."""
    zone = reporting_zone()
    between = [start_of(day, zone), start_of(day + timedelta(1), zone)]
    yield from _batches(
        f"{_OF_MODELS} AND c.team_id = %s AND c.occurred_at >= %s AND c.occurred_at < %s",
        [*_days(first_days), team, *between],
    )


def _batches(where: str, params: list[Any]) -> Iterator[list[Stored]]:
    with psycopg.ServerCursor(connection.connection, "calls_to_reprice") as cursor:
        cursor.itersize = CALLS_AT_ONCE
        cursor.execute(f"{_COLUMNS}{where}", params)
        rows = map(Stored._make, cursor)
        while batch := list(islice(rows, CALLS_AT_ONCE)):
            yield batch


def _days(first_days: Mapping[int, date]) -> list[Any]:
    return [list(first_days), list(first_days.values())]


def next_day(first_days: Mapping[int, date], team: int | None, day: date | None) -> tuple[int, date] | None:
    """Return the first (team, day) after this one, by team and day, with calls on or after the first of `first_days`.

    With None, the first of all. Of a team's days without calls none is looked at.
    """
    earliest = min(first_days.values())
    for pk in Team.objects.filter(pk__gte=team or 0).order_by("pk").values_list("pk", flat=True):
        after = max(earliest, day + timedelta(1)) if day is not None and pk == team else earliest
        calls = Call.objects.filter(team=pk, occurred_at__gte=start_of(after, reporting_zone()))
        if found := calls.order_by("occurred_at").values_list("day", flat=True).first():
            return pk, found
    return None


def has_more_than(most: int, first_days: Mapping[int, date]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1{_OF_MODELS} LIMIT %s) AS those", [*_days(first_days), most + 1])
        return bool(cursor.fetchone()[0] > most)


def under_way() -> Repricing | None:
    """Return the order that is being worked off, or is next."""
    return Repricing.objects.filter(ended_at=None).order_by("pk").first()


def derived(reference: Book, call: Stored) -> Derived:
    """Return what follows for a call."""
    usage = Usage(call.input, call.cache_read, call.cache_write, call.output, call.reasoning)
    found = reference.cost(call.llm, call.service_tier, call.day, usage, call.reported)
    tier = reference.tier_on(call.llm, call.day)
    return Derived(found.cost_nanos, found.computed_nanos, found.source, found.price_id, tier)


@transaction.atomic
def effects_on_calls(first_days: Mapping[int, date], reference: Book) -> list[Effect]:
    """Return what would move if `reference` held: the token bill, and what of it changes tier. Nothing is written."""
    if not first_days:
        return []
    one_in = min(-(-count(first_days) // CALLS_LOOKED_AT), _MOST_APART) or 1
    bill: dict[Month, Moved] = defaultdict(Moved)
    tiers: dict[Month, Moved] = defaultdict(Moved)
    priced = unpriced = 0
    for batch in calls_of_models(first_days, one_in=one_in):
        for call in batch:
            if not call.counted:
                continue
            new, month = derived(reference, call), Month.of(call.day)
            if new.cost != call.cost:
                _add(bill[month], one_in, call.cost or 0, new.cost or 0)
                priced += call.cost is None
                unpriced += new.cost is None
            if new.tier != call.tier:
                _add(tiers[month], one_in, 0, new.cost or 0)
    return [
        *([Effect("Token bill", "call", bill, one_in=one_in, notes=_notes(priced, unpriced, one_in))] if bill else []),
        *([Effect("Token bill that changes tier", "call", tiers, one_in=one_in)] if tiers else []),
    ]


def count(first_days: Mapping[int, date]) -> int:
    """Return how many calls there are of models from a day on."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*){_OF_MODELS}", _days(first_days))
        return int(cursor.fetchone()[0])


def _add(moved: Moved, times: int, before: int, after: int) -> None:
    moved.count += times
    moved.before += times * before
    moved.after += times * after


def _notes(priced: int, unpriced: int, times: int) -> tuple[str, ...]:
    notes = []
    if priced:
        notes.append(f"Unpriced calls that get a price: {priced * times:,}.")
    if unpriced:
        notes.append(f"Calls that become unpriced, so that nothing says what they cost: {unpriced * times:,}.")
    return tuple(notes)
