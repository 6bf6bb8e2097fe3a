"""The list of incidents with its sums, and the page of one: what counts, its links, versions and entries."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import bring_up_to_date
from audits.queries import incidents as queries
from audits.queries import lists
from audits.queries.asking import BadQuery
from audits.queries.choices import choices
from audits.queries.lists import parse_listing
from audits.views.filters import form, in_force, without
from audits.views.links import Words, at_address, given, link

_STANDING = {
    "confirmed": "in the report",
    "open": "beside the report, until confirmed",
    "dismissed": "nowhere",
}


@require_safe
@needs_scope("read")
def incidents(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    words = given(request)
    cursor = words.get("cursor", [""])[-1]
    context: dict[str, Any] = {
        "kind": "incidents", "as_of": at, "filters": in_force("incidents", words), "may_write": reach.may("audit"),
        "form": form("incidents", words, choices(reach.team_ids), request.user.get_username()),
    }  # fmt: skip
    try:
        listing = parse_listing(words, kind="incidents", teams=reach.team_ids, reader=request.user.pk)
        bring_up_to_date(at=at)
        context["page"] = page = lists.incidents_in_short(listing, cursor=cursor)
    except BadQuery as problem:
        return render(request, "audits/incidents.html", context | {"errors": problem.errors}, status=400)
    for row in page.rows:
        row["days"] = queries.days_to_discovery(row["occurred_on"], row["discovered_on"])
    totals = queries.totals_of_incidents(listing)
    context |= {"totals": totals, "sums": _sums(totals, words)}
    context["next"] = link("incidents", words, {"cursor": [page.cursor]}) if page.cursor else ""
    context["newer"] = link("incidents", words, {"cursor": [page.newer]}) if page.newer else ""
    context["first"] = link("incidents", without(words, "cursor")) if cursor else ""
    return at_address(request, render(request, "audits/incidents.html", context), "incidents", words)


def _sums(totals: queries.Totals, words: Words) -> list[dict[str, Any]]:
    """Return a row of sums for each status, with the list it is made of."""
    own = without(words, "cursor", "status")
    return [
        {"status": status, "sums": sums, "standing": standing, "href": link("incidents", own, {"status": [status]})}
        for (status, sums), standing in zip(totals.of_status.items(), _STANDING.values(), strict=True)
    ]


@require_safe
@needs_scope("read")
def incident(request: HttpRequest, identity: UUID) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    bring_up_to_date(at=at)
    found = queries.incident_of(identity, reach=reach)
    if found is None:
        raise Http404
    versions = queries.versions_of(identity, reader=request.user.pk)
    stated = queries.stated_of(found)
    after = _place(request)
    links = queries.links_of(stated, reach=reach, after=after, limit=queries.LINKS_SHOWN + 1)
    shown_links = links[: queries.LINKS_SHOWN]
    counts = queries.counts_of_links(stated, reach=reach)
    entries = queries.entries_by_target(found, reach=reach)
    context = {
        "incident": found,
        "stated": stated,
        "costs": queries.cost_of(stated),
        "days": queries.days_to_discovery(stated.occurred_on, stated.discovered_on),
        "links": shown_links,
        "counts": counts,
        "not_arrived": counts["links"] - counts["known"],
        "after": after,
        "next_links": shown_links[-1]["place"] if len(links) > len(shown_links) else None,
        "versions": versions,
        "entries": entries,
        "entries_sum": sum(entry["amount_nanos"] for entry in entries),
        "may_write": queries.writes(found, reach),
        "is_whole": reach.sees(found.team_id),
        "as_of": at,
    }
    return render(request, "audits/incident.html", context)


def _place(request: HttpRequest) -> int:
    """Return the link behind which to go on."""
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
