"""Give calls the cost and the tier that the reference data says now, where it changed (R9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from spend import store
from spend.queries.book import book
from spend.queries.repricing import calls_of_models, derived


@transaction.atomic
def reprice(*, prices: Mapping[int, date], tiers: Mapping[int, date]) -> int:
    """Derive again the cost and tier of calls of these models (id -> first day concerned); return how many changed.

    Wants the reference data locked for change, so that no call is being priced with the old values meanwhile.
    """
    first_days = {llm: min(days[llm] for days in (prices, tiers) if llm in days) for llm in {**prices, **tiers}}
    reference = book()
    changed = 0
    for batch in calls_of_models(first_days):
        moved = [(call, new) for call in batch if (new := derived(reference, call)) != call[-5:]]
        store.update_derived([(call.id, *new) for call, new in moved])
        store.mark_tasks_dirty(sorted({call.task for call, _ in moved}))
        changed += len(moved)
    return changed
