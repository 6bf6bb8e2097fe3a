"""Brings reference data to where a file or a page wants it: compare, show, write, compute again; all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.domain.revising import meanwhile
from audits.actions import reference as audits_actions
from audits.queries.reference import current
from config.restate import restate
from spend import store
from spend.actions import reference as spend_actions
from spend.actions.prices import Imported, import_catalogue
from spend.domain.catalogue import Catalogue
from spend.domain.reference.changed import Changed
from spend.domain.reference.difference import Change, as_it_is, difference
from spend.domain.reference.reading import Problem
from spend.domain.reference.records import Reference
from spend.domain.reference.rules import resolve
from spend.domain.tiers import well_known_tiers
from spend.models import Price
from spend.queries.zone import reporting_day


@dataclass
class CannotApply(Exception):
    """The reference data names what is nowhere."""

    problems: list[Problem]


@dataclass
class Overtaken(Exception):
    """Somebody else changed it since it was seen: (what, as it was, as it is)."""

    meanwhile: list[tuple[str, str, str]]


def planned(wanted: Reference, *, whole: bool = False) -> list[Change]:
    """Return what `wanted` would change, unchanged records included. Raises CannotApply.

    `whole`: its records are all there is to say of what they are about, aliases of a model too.
    """
    before = current()
    wanted, problems = resolve(before, wanted)
    if problems:
        raise CannotApply(problems)
    return difference(before, wanted, whole=whole)


@transaction.atomic
def apply(
    wanted: Reference, *, at: datetime, dry_run: bool = False, show: Callable[[list[Change]], None] = lambda _: None
) -> Changed:
    """Write what of `wanted` is new or different, after showing it; return whom that concerns.

    Raises CannotApply, with nothing written.
    """
    if not dry_run:
        store.lock_reference_data_for_change()
    changes = planned(wanted)
    show(changes)
    return Changed() if dry_run else _write_and_restate(changes, at=at)


@transaction.atomic
def revise(wanted: Reference, *, seen: str, at: datetime) -> Changed:
    """Write records that somebody decided on when it all was as `seen` (see `accounts.domain.revising`).

    Raises CannotApply and Overtaken, with nothing written.
    """
    store.lock_reference_data_for_change()
    changes = planned(wanted, whole=True)
    if moved := meanwhile(seen, as_it_is(changes)):
        raise Overtaken(moved)
    return _write_and_restate(changes, at=at)


@transaction.atomic
def withdraw_price(price: Price, *, at: datetime) -> Changed:
    """Take a price out of force, with nothing in its place."""
    changed = spend_actions.withdraw_prices([price], at=at)
    restate(changed, at=at)
    return changed


def write(changes: Iterable[Change], *, at: datetime) -> Changed:
    """Write changes, and leave what follows from them as it is."""
    changes = list(changes)
    return spend_actions.write(changes, at=at) | audits_actions.write(changes)


def _write_and_restate(changes: Iterable[Change], *, at: datetime) -> Changed:
    changed = write(changes, at=at)
    restate(changed, at=at)
    return changed


@transaction.atomic
def import_prices(listed: Catalogue, *, at: datetime) -> Imported:
    """Bring models, list prices and tiers to where the catalogue has them."""
    done = import_catalogue(catalogue=listed, well_known=well_known_tiers(), on=reporting_day(at), at=at)
    restate(done.changed, at=at)
    return done
