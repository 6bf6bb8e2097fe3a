"""What a change of reference data would move, month by month. It is made in a transaction that never commits, so that
nothing has rules of its own here; calls are looked at after it is undone, so that nobody waits for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from audits.actions.restate import effect_of_rates
from audits.queries import effects
from config.reference import write
from spend.actions.reference import withdraw_prices
from spend.domain.effects import Effect
from spend.domain.reference import records
from spend.domain.reference.changed import Changed
from spend.domain.reference.difference import Change, effective
from spend.models import Price, TaskType
from spend.queries.book import book_as_it_stands
from spend.queries.repricing import effects_on_calls
from spend.queries.zone import reporting_day


def effects_of(changes: Iterable[Change], *, at: datetime) -> list[Effect]:
    """Return what these changes would move."""
    today, changes = reporting_day(at), effective(changes)
    found = _supposing(lambda: write(changes, at=at), at=at, today=today)
    for change in changes:
        if isinstance(change.after, records.FixedCost):
            before = change.before if isinstance(change.before, records.FixedCost) else None
            found.append(effects.accruals(before, change.after, today=today))
        elif isinstance(change.after, records.TaskType):
            found += _of_task_type(change.before, change.after, today)
    return [effect for effect in found if effect.months]


def effects_of_withdrawal(price: Price, *, at: datetime) -> list[Effect]:
    return _supposing(lambda: withdraw_prices([price], at=at), at=at, today=reporting_day(at))


def _supposing(change: Callable[[], Changed], *, at: datetime, today: date) -> list[Effect]:
    with transaction.atomic():
        changed = change()
        book = book_as_it_stands()
        hours = changed.fixed_costs  # a form changes rates, or a fixed cost: of rates, these are what they value
        ledger = effect_of_rates(changed.rates, hours, at=at, today=today) if changed.rates else None
        transaction.set_rollback(True)
    first_days = {
        llm: min(days[llm] for days in (changed.prices, changed.tiers) if llm in days)
        for llm in {**changed.prices, **changed.tiers}
    }
    by_hand = _by_hand(changed.rates) if changed.rates else None
    return [*effects_on_calls(first_days, book), *([ledger] if ledger else []), *([by_hand] if by_hand else [])]


def _by_hand(rates: Mapping[str, date]) -> Effect | None:
    types = TaskType.objects.filter(role__in=rates).exclude(manual_minutes=None).values_list("name", flat=True)
    return effects.revalued(types, since=min(rates.values()))


def _of_task_type(before: records.Record | None, after: records.TaskType, today: date) -> list[Effect]:
    known = before if isinstance(before, records.TaskType) else None
    found = effects.windows(known, after, today=today)
    same = known is not None and all(
        getattr(known, name) == getattr(after, name) for name in ("manual_minutes", "role", "value")
    )
    revalued = None if same else effects.revalued([after.name])
    return [*found, *([revalued] if revalued else [])]
