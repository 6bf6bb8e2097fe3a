"""What hung on calls that turned out to repeat others: their tasks, and the records of people that name them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from audits.actions.ledger import CORRECTION, INCIDENT, Sources, settle
from audits.models import Correction, IncidentLink
from spend import store


@transaction.atomic
def put_demoted_right(*, at: datetime, today: date) -> None:
    """Bring the tasks of demoted calls to where their other calls have them, and settle what named call or task.

    Nobody else may be writing calls while a task moves or goes: their transaction and this would not see each other.
    """
    if not store.has_demoted_calls():
        return
    if store.tasks_that_moved_or_went():
        store.lock_reference_data_for_change()
    else:
        store.lock_reference_data_for_deriving()
    calls, tasks = store.put_demoted_right()
    settle(_naming(calls, tasks), at=at, today=today)


def _naming(calls: list[UUID], tasks: list[UUID]) -> Sources:
    corrections = Correction.objects.filter(Q(call_key__in=calls) | Q(task_key__in=tasks), latest=True)
    links = IncidentLink.objects.filter(
        Q(is_call=True, key__in=calls) | Q(is_call=False, key__in=tasks), incident__latest=True
    )
    return Sources(
        {
            CORRECTION: frozenset(corrections.values_list("identity", flat=True)),
            INCIDENT: frozenset(links.values_list("incident__identity", flat=True)),
        }
    )
