"""Bring every derived row up to the moment, before a report is answered and by the worker in between."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from audits.actions.demoted import put_demoted_right
from audits.actions.ledger import FIXED_COST, Sources, settle
from audits.actions.linking import link_waiting
from audits.actions.refresh import refresh_dirty, settle_scopes
from audits.models import Calendar, FixedCost, TaskState
from spend.queries.zone import check_zone
from spend.store import lock_reference_data_for_deriving, mark_dirty


def catch_up(*, at: datetime, today: date) -> None:
    """Work in the passing of time and every fact committed so far. `today` is the day of `at` in the reporting zone."""
    sweep(at=at, today=today)
    _split_anew(at=at, today=today)


def work_in_facts(*, at: datetime, today: date) -> None:
    """Do all of it but what a new day brings."""
    _work_in(at=at, today=today)
    _split_anew(at=at, today=today)


def sweep(*, at: datetime, today: date) -> None:
    """Do all of it but the splits over a team's tiers: these move with every task, and only a report needs them."""
    check_zone()
    work_in_day(at=at, today=today)
    _work_in(at=at, today=today)


def _split_anew(*, at: datetime, today: date) -> None:
    settle_scopes(at=at, today=today)
    refresh_dirty(at=at, today=today)


def _work_in(*, at: datetime, today: date) -> None:
    put_demoted_right(at=at, today=today)
    if refresh_dirty(at=at, today=today):  # what a waiting record names can only have come with a mark
        link_waiting(at=at, today=today)
        refresh_dirty(at=at, today=today)


@transaction.atomic
def work_in_day(*, at: datetime, today: date) -> None:
    """Once a day: mark the tasks whose acceptance window is over (R4), let fixed costs accrue (R8)."""
    Calendar.objects.get_or_create(pk=1, defaults={"worked_in": date.min})
    calendar = Calendar.objects.select_for_update().get(pk=1)
    if calendar.worked_in >= today:
        return
    lock_reference_data_for_deriving()
    over = TaskState.objects.filter(changes_on__lte=today).order_by().values_list("team_id", "day").distinct()
    mark_dirty(over)
    settle(Sources.of(FIXED_COST, FixedCost.objects.values_list("identity", flat=True)), at=at, today=today)
    calendar.worked_in = today
    calendar.save(update_fields=["worked_in"])
