"""Whose cost it is: the entries of a correction, an incident or a fixed cost. The rules: docs/method.md, 5.

A rule is a function of its own that returns placements: targets with weights. `entries_of` splits a source's amounts
over them, so that the entries of a source sum to its amount to the last nano-dollar.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final, Literal, NamedTuple, TypeVar
from uuid import UUID

from audits.domain.sources import (
    CATEGORY_OF_ACTIVITY,
    CATEGORY_OF_KIND,
    CONFIRMED,
    EXTERNAL_FAILURE,
    Amounts,
    Correction,
    FixedCost,
    Incident,
    Link,
    Scope,
    Work,
    accrual,
    correction_amounts,
    incident_amounts,
)
from spend.domain.money import split
from spend.domain.periods import Month
from spend.domain.tasks import CallFact

# Stored on every entry. It changes when these rules change what they place, never for a change of words.
POLICY_VERSION = "1"

EXPLICIT: Final = "explicit"
DECIDING: Final = "deciding"
PRO_RATA: Final = "pro_rata"
SCOPE: Final = "scope"
UNATTRIBUTED: Final = "unattributed"

Policy = Literal["deciding", "pro_rata"]
Posted = TypeVar("Posted")


@dataclass(frozen=True, slots=True)
class Lookups:
    """What placing by scope asks for: the tier of a model on a day; how many tasks of a team and month (its first
    day) each tier delivered; the names of tiers, which break ties.
    """

    tier_of: Callable[[int, date], int | None]
    tasks_by_tier: Callable[[int, date], Mapping[int | None, int]]
    tier_names: Mapping[int, str]


class Placement(NamedTuple):
    """One target of an amount, with its weight."""

    service_date: date
    rule: str
    team: int | None = None
    task_type: int | None = None
    task: UUID | None = None
    call: UUID | None = None
    tier: int | None = None
    llm: int | None = None
    weight: int = 1


class EntryDraft(NamedTuple):
    """An entry of the ledger before it is posted."""

    service_date: date
    rule: str
    category: str
    nature: str  # cash or labour
    team: int | None
    task_type: int | None
    task: UUID | None
    call: UUID | None
    tier: int | None
    llm: int | None
    amount: int
    traced: bool


def correction_entries(correction: Correction, lookups: Lookups, policy: Policy = DECIDING) -> list[EntryDraft]:
    """Return the entries that `correction` makes."""
    amounts = correction_amounts(correction)
    if not amounts.labour:
        return []  # a verdict alone, which may come without an activity
    if correction.link:
        placements = place_link(correction.link, correction.worked_on, correction.scope.team, policy)
    else:
        placements = place_scope(correction.scope, correction.worked_on, lookups)
    return entries_of(CATEGORY_OF_ACTIVITY[correction.activity], amounts, placements)


def incident_entries(incident: Incident, lookups: Lookups, policy: Policy = DECIDING) -> list[EntryDraft]:
    """Return the entries that `incident` makes: none unless it is confirmed (R5)."""
    if incident.status != CONFIRMED:
        return []
    amounts = incident_amounts(incident)
    if not incident.links:
        return entries_of(EXTERNAL_FAILURE, amounts, place_scope(incident.scope, incident.occurred_on, lookups))
    shares = incident_shares(*amounts, [(link.name, link.weight) for link in incident.links])
    return [
        draft
        for link, share in zip(incident.links, shares, strict=True)
        for draft in entries_of(
            EXTERNAL_FAILURE, share, place_link(link, incident.occurred_on, incident.scope.team, policy)
        )
    ]


def fixed_cost_entries(cost: FixedCost, until: date, lookups: Lookups) -> list[EntryDraft]:
    """Return the entries that `cost` has made by the end of `until` (R8)."""
    category = CATEGORY_OF_KIND[cost.kind]
    days = accrual(cost, until)
    if cost.scope.team is not None and cost.scope.tier is None and cost.scope.llm is None:
        days = _by_month(days)
    return [
        draft
        for day, amount in days
        for draft in entries_of(category, _amounts(cost, amount), place_scope(cost.scope, day, lookups))
    ]


def _amounts(cost: FixedCost, amount: int) -> Amounts:
    return Amounts(0, amount) if cost.is_labour else Amounts(amount, 0)


def incident_shares(cash: int, labour: int, links: Sequence[tuple[str, Decimal]]) -> list[Amounts]:
    """Return the share of each of `links` (name, weight), in their order; they are fixed whether linked yet or not.

    Ties go to the name that sorts first (R6), whatever the order of `links`.
    """
    order = sorted(range(len(links)), key=lambda index: links[index][0])
    weights = [links[index][1] for index in order]
    shares = [Amounts(0, 0)] * len(links)
    for index, *parts in zip(order, split(cash, weights), split(labour, weights), strict=True):
        shares[index] = Amounts(*parts)
    return shares


def place_link(link: Link, day: date, team: int | None, policy: Policy) -> list[Placement]:
    """Place what names a task or call; `day` and `team` are the record's own, for what is not known yet."""
    if link.work is None:
        return unattributed(day, team)
    if link.call is None:
        return by_cost(link.work) if policy == PRO_RATA else to_deciding_call(link.work)
    named = link.work.call_of.get(link.call)
    return to_call(link.work, named) if named else unattributed(day, team)


def place_scope(scope: Scope, day: date, lookups: Lookups) -> list[Placement]:
    """Place what names no task and no call (R7)."""
    if scope.llm is not None:
        return to_model(scope, day, lookups)
    if scope.tier is not None:
        return to_tier(scope, day)
    if scope.team is not None:
        return over_tiers_of_team(scope.team, day, lookups)
    return unattributed(day, None)


def to_call(work: Work, call: CallFact) -> list[Placement]:
    """All of it to the call that the record names."""
    shape = work.shape
    return [
        Placement(shape.day, EXPLICIT, work.team, shape.task_type, work.task, call.id, tier=call.tier, llm=call.llm)
    ]


def to_deciding_call(work: Work) -> list[Placement]:
    """All of it to what delivered the task that the record names; the entry names no call, as the record did not."""
    shape = work.shape
    return [
        Placement(
            shape.day,
            DECIDING,
            work.team,
            shape.task_type,
            work.task,
            tier=shape.delivering_tier,
            llm=shape.delivering_llm,
        )
    ]


def by_cost(work: Work) -> list[Placement]:
    """Over the calls of the task by their cost; where none cost anything, to what delivered it."""
    shape = work.shape
    return [
        Placement(
            shape.day, PRO_RATA, work.team, shape.task_type, work.task, call.id, call.tier, call.llm, call.cost or 0
        )
        for call in sorted(work.calls, key=lambda call: call.external_id)
        if call.cost
    ] or to_deciding_call(work)


def to_model(scope: Scope, day: date, lookups: Lookups) -> list[Placement]:
    """To the model that the record names, and the tier it has that day."""
    llm = scope.llm
    tier = None if llm is None else lookups.tier_of(llm, day)
    return [Placement(day, EXPLICIT, scope.team, tier=tier, llm=llm)]


def to_tier(scope: Scope, day: date) -> list[Placement]:
    """To the tier that the record names."""
    return [Placement(day, SCOPE, scope.team, tier=scope.tier)]


def over_tiers_of_team(team: int, day: date, lookups: Lookups) -> list[Placement]:
    """Over the tiers that delivered the team's tasks of that month, by number of tasks; by name, unknown last."""
    counts = lookups.tasks_by_tier(team, Month.of(day).first_day)
    tiers = sorted(counts, key=lambda tier: (tier is None, "" if tier is None else lookups.tier_names[tier]))
    return [
        Placement(day, SCOPE, team, tier=tier, weight=counts[tier]) for tier in tiers if counts[tier]
    ] or unattributed(day, team)


def unattributed(day: date, team: int | None) -> list[Placement]:
    """Nothing to go by: shown as such, never dropped."""
    return [Placement(day, UNATTRIBUTED, team)]


def entries_of(category: str, amounts: Amounts, placements: Sequence[Placement]) -> list[EntryDraft]:
    """Split cash and labour over `placements`, each for itself; a part of 0 makes no entry."""
    weights = [placement.weight for placement in placements]
    return [
        _entry(place, category, nature, amount)
        for nature, whole in zip(Amounts._fields, amounts, strict=True)
        for place, amount in zip(placements, split(whole, weights), strict=True)
        if amount
    ]


def _entry(place: Placement, category: str, nature: str, amount: int) -> EntryDraft:
    return EntryDraft(
        service_date=place.service_date,
        rule=place.rule,
        category=category,
        nature=nature,
        team=place.team,
        task_type=place.task_type,
        task=place.task,
        call=place.call,
        tier=place.tier,
        llm=place.llm,
        amount=amount,
        traced=place.task is not None,
    )


def settle(
    active: Iterable[tuple[Posted, EntryDraft]], desired: Iterable[EntryDraft]
) -> tuple[list[Posted], list[EntryDraft]]:
    """Return which posted entries to reverse and which drafts to post, leaving alone what holds already (R14)."""
    missing = Counter(desired)
    to_reverse = []
    for posted, draft in active:
        if missing[draft] > 0:
            missing[draft] -= 1
        else:
            to_reverse.append(posted)
    return to_reverse, list(missing.elements())


def tier_on(history: Sequence[tuple[date, int]], day: date) -> int | None:
    """Return the tier in force on `day`, from `history` of (starts_on, tier) in order of days."""
    position = bisect_right(history, day, key=lambda step: step[0])
    return history[position - 1][1] if position else None


def _by_month(days: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """Add up the days of each month at the last of them."""
    months = (list(group) for _, group in groupby(days, key=lambda share: Month.of(share[0])))
    return [(month[-1][0], sum(amount for _, amount in month)) for month in months]
