"""The time line of a task: what happened on which day, and under each record what it did to the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from audits.queries.lists.reading import Row
from audits.queries.story import Story
from audits.views.colours import NO_TIER, tier_colours
from spend.queries.zone import reporting_zone

# How an entry came to be where it is, in words (docs/attribution.md has the algorithm).
RULES = {
    "explicit": "the record names this call or model",
    "deciding": "it made the call whose output was used",
    "pro_rata": "shared over the calls of the task by their cost",
    "scope": "shared over the team's tiers by number of tasks",
    "unattributed": "nothing says which tier it belongs to",
}
_ORDER = ("call", "outcome", "correction", "incident", "other")  # of one day


@dataclass(frozen=True)
class Posted:
    """An entry, with the rule that placed it in words."""

    row: Row
    why: str


@dataclass(frozen=True)
class Event:
    """One thing that happened. `day` and `at` say when, the instant where it is known; `colour` is that of a tier."""

    kind: str
    day: date
    row: Any
    at: datetime | None = None
    colour: str = NO_TIER
    is_deciding: bool = False
    entries: list[Posted] = field(default_factory=list)

    @property
    def amount_nanos(self) -> int:
        return sum(int(posted.row["amount_nanos"]) for posted in self.entries)


def timeline(story: Story) -> list[Event]:
    """Return the events in order of time; entries stand under the record that made them."""
    told = {("correction", row["id"]) for row in story.corrections} | {
        ("incident", row["id"]) for row in story.incidents
    }
    events = [*_calls(story), *_said(story), *_others(story.entries, told)]
    return sorted(events, key=_when)


def _when(event: Event) -> tuple[date, int, str]:
    at = event.at.isoformat() if event.at and event.kind == "call" else ""
    return event.day, _ORDER.index(event.kind), at


def _calls(story: Story) -> Iterator[Event]:
    colours = tier_colours()
    deciding = story.deciding
    rows = list(story.calls)
    if deciding and all(row["key"] != deciding["key"] for row in rows):
        rows.append(deciding)
    for row in rows:
        is_deciding = deciding is not None and row["key"] == deciding["key"]
        yield Event("call", row["day"], row, row["occurred_at"], colours.get(row["tier"] or "", NO_TIER), is_deciding)


def _said(story: Story) -> Iterator[Event]:
    outcome = story.outcome
    if outcome:
        at = outcome.occurred_at or outcome.received_at
        yield Event("outcome", at.astimezone(reporting_zone()).date(), outcome)
    for row in story.corrections:
        yield Event("correction", row["worked_on"], row, entries=_made_by("correction", row["id"], story.entries))
    for row in story.incidents:
        yield Event("incident", row["occurred_on"], row, entries=_made_by("incident", row["id"], story.entries))


def _made_by(kind: str, source: str, entries: Sequence[Row]) -> list[Posted]:
    return [Posted(row, RULES[row["rule"]]) for row in entries if (row["source"], row["source_id"]) == (kind, source)]


def _others(entries: Sequence[Row], told: set[tuple[str, str]]) -> Iterator[Event]:
    """What records did that are not told of here: a withdrawn one left entries and their reversal."""
    rest: dict[tuple[str, str], list[Row]] = {}
    for row in entries:
        if (row["source"], row["source_id"]) not in told:
            rest.setdefault((row["source"], row["source_id"]), []).append(row)
    for (kind, source), rows in rest.items():
        posted = [Posted(row, RULES[row["rule"]]) for row in rows]
        yield Event("other", rows[0]["service_date"], {"source": kind, "id": source}, entries=posted)
