"""Calls of a source, and what they add up to, from the daily rows that the Connectors page reads."""

from __future__ import annotations

from datetime import date
from typing import Any

from audits.queries.lists import reading
from audits.queries.lists.asking import Listing
from audits.queries.lists.reading import MOST_ADDED, Sums, Where
from spend.domain.periods import start_of
from spend.models import Source
from spend.queries.zone import reporting_zone

_SUMS = {
    (): {"calls": "sum(calls)", "priced_calls": "sum(priced_calls)", "cost_nanos": "sum(cost)"},
    ("yes",): {"calls": "sum(priced_calls)", "priced_calls": "sum(priced_calls)", "cost_nanos": "sum(cost)"},
    ("no",): {"calls": "sum(calls - priced_calls)", "priced_calls": "0", "cost_nanos": "0"},
}


def of_source(where: Where, listing: Listing) -> None:
    """Keep the calls of sources, and those of a day and later. The index is by team and instant."""
    if "source" in listing.only:
        ids = _ids(listing)
        teams = sorted(set(Source.objects.filter(pk__in=ids).values_list("team_id", flat=True)))
        where.add(
            "c.source_id = ANY(%(sources)s) AND c.team_id = ANY(%(source_teams)s)", sources=ids, source_teams=teams
        )
    if since := _since(listing):
        where.add("c.day >= %(since)s AND c.occurred_at >= %(since_at)s", since=since, since_at=_begin_of(since))


def sums_of_calls(listing: Listing) -> Sums | None:
    """Return calls, those priced and their cost; None where more is asked for than the rows of sources are kept by."""
    priced = listing.only.get("priced", ())
    if not _is_of_sources_only(listing, "priced") or priced not in _SUMS:
        return None
    chosen = ", ".join(f"COALESCE({sql}, 0) AS {name}" for name, sql in _SUMS[priced].items())
    where = _where(listing)
    sql = f"SELECT {chosen} FROM audits_dailysources d WHERE {where}"
    return {"tasks": None, **reading.whole_sums(sql, where.params)}


def are_too_many(listing: Listing) -> bool:
    """Whether the calls of the source are more than are added up one by one."""
    where = _where(listing)
    sql = f"SELECT COALESCE(sum(calls), 0) AS calls FROM audits_dailysources d WHERE {where}"
    return reading.whole_sums(sql, where.params)["calls"] > MOST_ADDED


def _is_of_sources_only(listing: Listing, *besides: str) -> bool:
    words = {"source", "since", *besides}
    others = listing.period or listing.filters or listing.routes or listing.task_key or listing.source
    return "source" in listing.only and not others and words.issuperset(listing.only)


def _where(listing: Listing) -> Where:
    where = Where()
    where.add("d.source_id = ANY(%(sources)s)", sources=_ids(listing))
    if listing.teams is not None:
        where.add("d.team_id = ANY(%(reach)s)", reach=sorted(listing.teams))
    if since := _since(listing):
        where.add("d.day >= %(since)s", since=since)
    return where


def _ids(listing: Listing) -> list[int]:
    return [int(value) for value in listing.only["source"]]


def _since(listing: Listing) -> date | None:
    given = listing.only.get("since")
    return date.fromisoformat(given[-1]) if given else None


def _begin_of(day: date) -> Any:
    return start_of(day, reporting_zone())
