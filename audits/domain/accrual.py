"""Rework still to come of a month, as entries: split as what is known of it, which chain ladder lets grow evenly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from audits.domain.attribution import EntryDraft
from audits.domain.sources import INTERNAL_FAILURE
from spend.domain.money import split

RULE = "accrual"


class Stratum(NamedTuple):
    """What rework is of; None: not known."""

    category: str = INTERNAL_FAILURE
    team: int | None = None
    tier: int | None = None
    llm: int | None = None
    task_type: int | None = None


def accrual_entries(amount: int, known: Mapping[Stratum, int], day: date) -> list[EntryDraft]:
    """Return the entries that share `amount` nanos by the cost known of each, on `day`; one where nothing is known.

    They are estimates of people's time on tasks that nobody can name yet: allocated, never traced.
    """
    grown = {stratum: cost for stratum, cost in known.items() if cost > 0} or {Stratum(): 1}
    ordered = sorted(grown, key=lambda stratum: [str(part) for part in stratum])
    parts = split(amount, [grown[stratum] for stratum in ordered])
    return [_entry(stratum, part, day) for stratum, part in zip(ordered, parts, strict=True) if part]


def _entry(stratum: Stratum, amount: int, day: date) -> EntryDraft:
    return EntryDraft(
        service_date=day, rule=RULE, category=stratum.category, nature="labour", team=stratum.team,
        task_type=stratum.task_type, task=None, call=None, tier=stratum.tier, llm=stratum.llm, amount=amount,
        traced=False,
    )  # fmt: skip
