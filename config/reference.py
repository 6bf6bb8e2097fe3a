"""Brings reference data to where a file wants it: compare, show, write, compute again; all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audits.actions import reference as audits_actions
from audits.queries.reference import current
from config.restate import restate
from spend import store
from spend.actions import reference as spend_actions
from spend.actions.prices import Imported, import_catalogue
from spend.domain.catalogue import Catalogue
from spend.domain.reference.changed import Changed
from spend.domain.reference.difference import Change, difference
from spend.domain.reference.reading import Problem
from spend.domain.reference.records import Reference
from spend.domain.reference.rules import resolve
from spend.domain.tiers import well_known_tiers
from spend.queries.zone import reporting_day


@dataclass
class CannotApply(Exception):
    """The reference data names what is nowhere."""

    problems: list[Problem]


@transaction.atomic
def apply(
    wanted: Reference, *, at: datetime, dry_run: bool = False, show: Callable[[list[Change]], None] = lambda _: None
) -> Changed:
    """Write what of `wanted` is new or different, after showing it; return whom that concerns.

    Raises CannotApply, with nothing written.
    """
    if not dry_run:
        store.lock_reference_data_for_change()
    before = current()
    wanted, problems = resolve(before, wanted)
    if problems:
        raise CannotApply(problems)
    changes = difference(before, wanted)
    show(changes)
    if dry_run:
        return Changed()
    changed = spend_actions.write(changes, at=at) | audits_actions.write(changes)
    restate(changed, at=at)
    return changed


@transaction.atomic
def import_prices(listed: Catalogue, *, at: datetime) -> Imported:
    """Bring models, list prices and tiers to where the catalogue has them."""
    done = import_catalogue(catalogue=listed, well_known=well_known_tiers(), on=reporting_day(at), at=at)
    restate(done.changed, at=at)
    return done
