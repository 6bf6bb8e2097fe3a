"""When a team changed tiers or models, and what that saved and cost a month (docs/method.md, 21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from accounts.models import Team
from audits.actions.catch_up import catch_up
from audits.domain.decisions.switches import (
    WINDOW,
    Counts,
    Doubt,
    Effect,
    Month,
    Windows,
    doubts,
    effect,
    switches,
    windows,
)
from audits.domain.decisions.switches import Switch as Seen
from audits.models import Switch
from audits.queries.asking import BadQuery
from audits.queries.asking_decisions import Asked, refuse_who
from audits.queries.reports import UNATTRIBUTED, one_moment
from audits.queries.sums import Query
from audits.queries.switches import Name, Work, allocated, delivered, incident_costs, months, recorded, work_of
from spend.domain.periods import Month as Calendar
from spend.domain.periods import Period
from spend.queries.zone import reporting_day

OWN = ("switch",)
# Asked without months: those in which a switch may still be of use.
SPAN = 24
_YEAR = 12


@dataclass(frozen=True)
class Switched:
    """One switch. `held` None: it is not in the data, somebody stated it. `effect` None: there is nothing to compare.

    `next`: from which month on another one followed. `months`: all that is known of this work. `unplaced`: nanos of
    incidents of the team since then that name no task, so that nobody knows of which work they are.
    """

    work: Work
    team: str
    month: date
    before: str
    after: str
    held: bool | None
    record: Switch | None
    months: Sequence[Month]
    next: date | None = None
    compared: Windows | None = None
    effect: Effect | None = None
    doubts: tuple[Doubt, ...] = ()
    unplaced: int = 0

    @property
    def key(self) -> str:
        """What tells it from others of the same question."""
        return f"{self.team}/{self.work.task_type or UNATTRIBUTED}/{self.month:%Y-%m}"


@dataclass(frozen=True)
class Switches:
    """`found`: those that count, the newest first; `dismissed`: what people said was none."""

    asked: Asked
    as_of: datetime
    found: list[Switched]
    dismissed: list[Switched]


def answer(asked: Asked, *, at: datetime) -> Switches:
    """Answer as of `at`: the switches of the months asked for, judged by all full months that are known.

    Raises BadQuery for a `switch` that is none of them; asked about one, it shares its 5 % with the others.
    """
    refuse_who(asked)
    today = reporting_day(at)
    catch_up(at=at, today=today)
    with one_moment():
        facts = _facts(asked.query, Calendar.of(today).previous)
    period, found = asked.query.period, _told(facts)
    asked_for = [each for each in found if period.first_day <= each.month < period.end_day]
    judged = [_judged(each, facts, max(len(asked_for), 1)) for each in asked_for]
    if (wanted := asked.own.get("switch")) is not None:
        judged = [each for each in judged if each.key == wanted]
        if not judged:
            raise BadQuery({"switch": [f"is none of these months: {wanted!r}"]})
    judged.sort(key=lambda each: (-each.month.toordinal(), each.team, each.work.task_type or ""))
    return Switches(
        asked,
        at,
        [each for each in judged if not (each.record and each.record.dismissed)],
        [each for each in judged if each.record and each.record.dismissed],
    )


@dataclass(frozen=True)
class _Facts:
    """What is known of the work asked about, and of the months around: by work, or by work or tier and month."""

    counts: Mapping[Work, Sequence[Counts]]
    months: Mapping[Work, Sequence[Month]]
    records: Mapping[Work, Sequence[Switch]]
    teams: Mapping[int, str]
    incidents: Mapping[tuple[Work, date], Sequence[int]]
    allocated: Mapping[tuple[Name, date], tuple[int, int]]


def _facts(asked: Query, latest: Calendar) -> _Facts:
    """Read the months that judge a switch: to three after it, and from the same season a year before."""
    first, last = asked.period.first, asked.period.last
    for _ in range(_YEAR + WINDOW):
        first = first.previous
    for _ in range(WINDOW):
        last = last.next
    wide = replace(work_of(asked), period=Period(first, last))
    full = replace(wide, period=Period(first, max(min(last, latest), first)))
    return _Facts(
        delivered(full),
        months(full),
        recorded(wide),
        dict(Team.objects.values_list("id", "name")),
        incident_costs(full),
        allocated(full),
    )


def _told(facts: _Facts) -> list[Switched]:
    """Return what the data and people say of each line of work; of one month people are believed."""
    found: list[Switched] = []
    for work in facts.counts.keys() | facts.records.keys():
        by_month = {each.month: each for each in switches(facts.counts.get(work, ()))}
        stated = {record.month: record for record in facts.records.get(work, ())}
        mine = [
            _switched(work, month, by_month.get(month), stated.get(month), facts)
            for month in sorted(by_month.keys() | stated.keys())
        ]
        found += _followed([each for each in mine if not _is_dismissed(each)])
        found += [each for each in mine if _is_dismissed(each)]
    return found


def _switched(work: Work, month: date, seen: Seen | None, record: Switch | None, facts: _Facts) -> Switched:
    before = record.before if record else seen.before if seen else ""
    after = record.after if record else seen.after if seen else ""
    known = facts.months.get(work, ())
    team = facts.teams.get(work.team, "")
    return Switched(work, team, month, before, after, seen.held if seen else None, record, months=known)


def _is_dismissed(each: Switched) -> bool:
    return each.record is not None and each.record.dismissed


def _followed(found: Sequence[Switched]) -> list[Switched]:
    """Say of each which one ended it."""
    nexts = [*(each.month for each in found), None][1:]
    return [replace(each, next=following) for each, following in zip(found, nexts, strict=True)]


def _judged(each: Switched, facts: _Facts, alike: int) -> Switched:
    compared = windows(each.months, switched=each.month, until=each.next)
    if compared is None:
        return each
    elsewhere = [cost for costs in facts.incidents.values() for cost in costs]
    cost = int(each.record.cost) if each.record else 0
    found = effect(compared, switch_cost=cost, elsewhere=elsewhere, alike=alike)
    if found is None:
        return replace(each, compared=compared)
    spread = _allocated(each.before, compared.before, facts), _allocated(each.after, compared.after, facts)
    unplaced = sum(sum(facts.incidents.get((Work(each.work.team, None), month.month), ())) for month in compared.after)
    return replace(
        each,
        compared=compared,
        effect=found,
        doubts=doubts(compared, found, allocated=spread),
        unplaced=unplaced if each.work.task_type is not None else 0,
    )


def _allocated(name: str, window: Sequence[Month], facts: _Facts) -> Fraction:
    """Return the nanos a task that were allocated to a tier or model in a window."""
    known = [facts.allocated.get((name, each.month), (0, 0)) for each in window]
    tasks = sum(count for _, count in known)
    return Fraction(sum(cost for cost, _ in known), tasks) if tasks else Fraction(0)
