"""Give calls the cost and the tier that the reference data says now, where it changed (R9).

Few calls follow at once, in the transaction of the change. Many are a job: the change writes the order (`Repricing`),
a worker works it off, a day of a team at a time, while calls come in and reports are read; one that is killed is gone
on with by the next. What a call should cost depends on nothing but the reference data of the moment, so that doing a
day twice changes nothing, and an order overtaken by a later change still ends at the right prices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from spend import store
from spend.domain.effects import Moved
from spend.models import RepricedMonth, Repricing
from spend.queries.book import Book, book
from spend.queries.repricing import Stored, calls_of_day, calls_of_models, count, derived, has_more_than, next_day

Key = tuple[date, int, int]  # first day of a month, team, model


@transaction.atomic
def reprice(*, prices: Mapping[int, date], tiers: Mapping[int, date], at: datetime) -> Repricing | None:
    """Derive again the cost and tier of calls of these models (id -> first day concerned), now or by a job.

    Wants the reference data locked for change, so that no call is being priced with the old values meanwhile.
    """
    first_days = {llm: min(days[llm] for days in (prices, tiers) if llm in days) for llm in {**prices, **tiers}}
    if not first_days or not has_more_than(0, first_days):
        return None
    order = Repricing.objects.create(
        asked_at=at, first_days={str(llm): day.isoformat() for llm, day in first_days.items()}
    )
    if not has_more_than(settings.REPRICE_AT_ONCE, first_days):
        _reprice(order, calls_of_models(first_days))
        Repricing.objects.filter(pk=order.pk).update(total=F("done"), ended_at=at)
    return order


def work_off(goes_on: Callable[[Repricing], bool] = lambda order: True) -> None:
    """Do what is ordered, as long as `goes_on` says so after each step; what another worker is at is left to it."""
    while (order := _step()) is not None and goes_on(order):
        pass


@transaction.atomic
def _step() -> Repricing | None:
    """Do a day of a team of the oldest order and note how far it is; return None where nothing is left to do."""
    store.lock_reference_data()
    order = Repricing.objects.select_for_update(skip_locked=True).filter(ended_at=None).order_by("pk").first()
    if order is None:
        return None
    first_days = order.days
    if order.total is None:
        order.total = count(first_days)
    elif reached := next_day(first_days, order.team_reached, order.day_reached):
        order.team_reached, order.day_reached = reached
        _reprice(order, calls_of_day(first_days, *reached))
    else:
        order.ended_at = timezone.now()
    order.save(update_fields=["total", "team_reached", "day_reached", "ended_at"])
    order.refresh_from_db()
    return order


def _reprice(order: Repricing, batches: Iterable[Sequence[Stored]]) -> None:
    reference = book()
    moved: dict[Key, Moved] = defaultdict(Moved)
    done = changed = 0
    for batch in batches:
        done += len(batch)
        changed += _reprice_batch(batch, reference, moved)
    _note(order, moved)
    Repricing.objects.filter(pk=order.pk).update(done=F("done") + done, changed=F("changed") + changed)


def _reprice_batch(batch: Sequence[Stored], reference: Book, moved: dict[Key, Moved]) -> int:
    changes = [(call, new) for call in batch if (new := derived(reference, call)) != call[-5:]]
    store.update_derived([(call.id, *new) for call, new in changes])
    store.mark_keys_dirty({call.task for call, _ in changes})
    for call, new in changes:
        if call.counted and new.cost != call.cost:
            sums = moved[call.day.replace(day=1), call.team, call.llm]
            sums.count += 1
            sums.priced += call.cost is None
            sums.unpriced += new.cost is None
            sums.before += call.cost or 0
            sums.after += new.cost or 0
    return len(changes)


def _note(order: Repricing, moved: Mapping[Key, Moved]) -> None:
    """Add up by month, team and model what the token bill moved by."""
    for (month, team, llm), sums in moved.items():
        row, _ = RepricedMonth.objects.get_or_create(repricing=order, month=month, team_id=team, llm_id=llm)
        RepricedMonth.objects.filter(pk=row.pk).update(
            calls=F("calls") + sums.count,
            priced=F("priced") + sums.priced,
            unpriced=F("unpriced") + sums.unpriced,
            before_nanos=F("before_nanos") + sums.before,
            after_nanos=F("after_nanos") + sums.after,
        )
