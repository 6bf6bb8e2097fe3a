"""Compute every derived row again from the facts, and say what came out different: nothing must."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from audits import store
from audits.actions.catch_up import catch_up
from audits.actions.ledger import CORRECTION, FIXED_COST, INCIDENT, Sources, settle
from audits.actions.refresh import refresh
from audits.models import Correction, FixedCost, Incident
from audits.queries.slices import all_slices
from spend.store import lock_reference_data_for_deriving, mark_dirty

_AT_ONCE = 10_000  # sources
_DAYS_AT_ONCE = 31


@dataclass(frozen=True)
class Difference:
    """A derived row that was not what the facts say: `was` was there and is not, or the other way round."""

    what: str
    was: bool
    row: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.what}: {'was' if self.was else 'now'} {self.row}"


def rebuild(
    *, at: datetime, today: date, progress: Callable[[int, int], None] = lambda done, of: None
) -> list[Difference]:
    """Rebuild entries and daily rows, slice by slice in bounded memory, after working in what is still marked."""
    catch_up(at=at, today=today)
    differences = [*_ledger(at, today)]
    slices = list(_groups())
    for done, (team, days) in enumerate(slices):
        progress(done, len(slices))
        differences += _slices(team, days, at, today)
    catch_up(at=at, today=today)
    progress(len(slices), len(slices))
    return differences


def _ledger(at: datetime, today: date) -> Iterator[Difference]:
    for kind, model in ((CORRECTION, Correction), (INCIDENT, Incident), (FIXED_COST, FixedCost)):
        identities = sorted(set(model.objects.values_list("identity", flat=True)))
        for start in range(0, len(identities), _AT_ONCE):
            with transaction.atomic():
                lock_reference_data_for_deriving()
                some = Sources.of(kind, identities[start : start + _AT_ONCE])
                for move in settle(some, at=at, today=today):
                    yield from (Difference("entry", True, entry) for entry in move.reversed)
                    yield from (Difference("entry", False, tuple(draft)) for draft in move.posted)


def _groups() -> Iterator[tuple[int | None, list[date]]]:
    by_team: dict[int | None, list[date]] = {}
    for team, day in all_slices():
        by_team.setdefault(team, []).append(day)
    for team, days in by_team.items():
        for start in range(0, len(days), _DAYS_AT_ONCE):
            yield team, days[start : start + _DAYS_AT_ONCE]


@transaction.atomic
def _slices(team: int | None, days: Collection[date], at: datetime, today: date) -> list[Difference]:
    before = {table: store.derived_rows(table, team, days) for table in store.DERIVED}
    mark_dirty((team, day) for day in days)
    refresh(team=team, days=days, at=at, today=today)
    return [
        difference
        for table, rows in before.items()
        for difference in _compared(table, rows, store.derived_rows(table, team, days))
    ]


def _compared(table: str, before: Counter[tuple[Any, ...]], after: Counter[tuple[Any, ...]]) -> Iterator[Difference]:
    yield from (Difference(table, True, row) for row in (before - after).elements())
    yield from (Difference(table, False, row) for row in (after - before).elements())
