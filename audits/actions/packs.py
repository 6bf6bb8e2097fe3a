"""All that a file shows of a report: several views of the same months. To be asked in one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from audits.models import Close
from audits.queries import lists
from audits.queries.claims import Claim, claims
from audits.queries.closes import closes_within
from audits.queries.grains import Grains, grains
from audits.queries.lists import Listing
from audits.queries.notes import Note, notes_of
from audits.queries.parts import Parts, parts_of_rows
from audits.queries.reports import TrueCost, true_cost
from audits.queries.sums import Query
from spend.queries.installation import is_simulated

VIEWS = (("tier",), ("team",), ("task_type",), ("model",), ("month",))
MOST_ENTRIES = 2_000


@dataclass(frozen=True)
class View:
    """A report by some dimensions, with what the cost of a success of each row is made of."""

    report: TrueCost
    parts: list[Parts]

    @property
    def by(self) -> tuple[str, ...]:
        return self.report.query.by


@dataclass(frozen=True)
class Pack:
    """`views`: as asked for first, by tier among the others. `notes` are those by finance, `closes` those in force."""

    views: list[View]
    claims: list[Claim]
    is_simulated: bool
    notes: list[Note]
    closes: list[Close]

    @property
    def asked_for(self) -> TrueCost:
        return self.views[0].report

    def by(self, *names: str) -> View:
        return next(view for view in self.views if view.by == names)


@dataclass(frozen=True)
class Sources:
    """What the figures are made of: sums to add up, None where these are too many, and the latest ledger entries."""

    grains: Grains | None
    entries: lists.Page
    entry_sums: dict[str, int | None]


def pack_of(query: Query, *, at: datetime) -> Pack:
    """Return the report of `query`, and the same by tier, as the rows have it; bring them up to date first."""
    return _pack(query, (("tier",),), at)


def pack_with_sources_of(query: Query, *, at: datetime) -> tuple[Pack, Sources]:
    """Return the report of `query`, the same by each dimension, and what all of it is made of, as the rows have it."""
    listing = Listing("entries", query.period, query.lens, query.basis, query.filters, teams=query.teams)
    sources = Sources(grains(query), lists.entries(listing, limit=MOST_ENTRIES), dict(lists.sums_of_entries(listing)))
    return _pack(query, (query.by[:1], *VIEWS), at), sources


def _pack(query: Query, others: tuple[tuple[str, ...], ...], at: datetime) -> Pack:
    wanted = dict.fromkeys((query.by, *others))
    reports = [true_cost(replace(query, by=by), as_of=at) for by in wanted]
    views = [View(report, parts_of_rows(report)) for report in reports]
    return Pack(views, claims(query), is_simulated(), notes_of(query), closes_within(query.period))
