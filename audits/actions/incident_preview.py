"""What an incident adds to the ledger, or a change of it changes: the same rules, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast
from uuid import UUID

from django.conf import settings

from audits import store
from audits.actions.records import incidents_to_be
from audits.domain import sources
from audits.domain.attribution import EntryDraft, Policy, incident_entries, incident_shares
from audits.domain.sources import CONFIRMED, Link, incident_amounts
from audits.models import TaskState
from audits.queries.placing import lookups
from audits.queries.sources import incident_sources, incidents
from spend.ingest.records import Item, Problem


class Target(NamedTuple):
    """Whom a part of the cost goes to, by id; None is unattributed, or of no one team."""

    team: int | None
    tier: int | None
    llm: int | None


@dataclass(frozen=True)
class Blamed:
    """A task or call that an incident names, with its share; `is_known` once it has arrived."""

    name: str
    amount: int
    is_known: bool


@dataclass(frozen=True)
class IncidentPreview:
    """`adds`: what it costs whom once confirmed. `before`, `after`: what it has in the ledger now, and if saved.

    `states`: how many of the tasks it names stand where today. `problem`: why it would be refused, with nothing else.
    """

    cash: int = 0
    labour: int = 0
    status: str = ""
    invalidates_output: bool = False
    adds: dict[Target, int] | None = None
    before: dict[Target, int] | None = None
    after: dict[Target, int] | None = None
    links: Sequence[Blamed] = ()
    states: dict[str, int] | None = None
    entries: Sequence[EntryDraft] = ()
    problem: Problem | None = None

    @property
    def amount(self) -> int:
        return self.cash + self.labour

    @property
    def unlinked(self) -> list[Blamed]:
        return [link for link in self.links if not link.is_known]


def preview_incident(*, item: Item, reach: frozenset[int] | None, identity: UUID | None = None) -> IncidentPreview:
    """Return what `record_incidents` would post for this item; `identity` is of the incident it is a new version of."""
    rows, receipt = incidents_to_be(items=[item], reach=reach)
    if not rows:
        return IncidentPreview(problem=receipt.rejected[0])
    [source] = incident_sources(rows)
    adds = _entries(replace(source, status=CONFIRMED))
    amounts = incident_amounts(source)
    shares = incident_shares(*amounts, [(link.name, link.weight) for link in source.links]) if source.links else []
    return IncidentPreview(
        cash=amounts.cash,
        labour=amounts.labour,
        status=source.status,
        invalidates_output=rows[0][0].invalidates_output,
        adds=by_target(adds),
        before=_posted(identity) if identity else {},
        after=by_target(adds) if source.status == CONFIRMED else {},
        links=[
            Blamed(link.name, sum(share), _is_known(link)) for link, share in zip(source.links, shares, strict=True)
        ],
        states=_states(source.links),
        entries=adds if source.status == CONFIRMED else (),
    )


def preview_withdrawal(*, identity: UUID) -> IncidentPreview:
    """Return what withdrawing an incident takes out of the ledger."""
    [(_, source)] = incidents([identity])
    amounts = incident_amounts(source)
    return IncidentPreview(
        cash=amounts.cash, labour=amounts.labour, before=_posted(identity), after={}, adds={},
        states=_states(source.links),
    )  # fmt: skip


def _entries(source: sources.Incident) -> list[EntryDraft]:
    return incident_entries(source, lookups(), cast(Policy, settings.ATTRIBUTION_POLICY))


def _is_known(link: Link) -> bool:
    return link.work is not None and (link.call is None or link.call in link.work.call_of)


def by_target(entries: Iterable[EntryDraft]) -> dict[Target, int]:
    """Add entries up by whom they go to."""
    sums: Counter[Target] = Counter()
    for entry in entries:
        sums[Target(entry.team, entry.tier, entry.llm)] += entry.amount
    return dict(sums)


def _posted(identity: UUID) -> dict[Target, int]:
    names = ("id", *store.ENTRY_COLUMNS)
    team, tier, llm, amount = (names.index(name) for name in ("team_id", "tier_id", "llm_id", "amount_nanos"))
    sums: Counter[Target] = Counter()
    for row in store.active_entries([identity]):
        sums[Target(row[team], row[tier], row[llm])] += row[amount]
    return dict(sums)


def _states(links: Iterable[Link]) -> dict[str, int]:
    """Count the tasks, itself or by a call named, by where they stand."""
    tasks = {link.work.task for link in links if link.work and _is_known(link)}
    return dict(Counter(TaskState.objects.filter(task_key__in=tasks).values_list("state", flat=True)))
