"""The lists that figures lead to, with the sum of what is listed, and the page of one task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import bring_up_to_date
from audits.queries import lists
from audits.queries.asking import BadQuery
from audits.queries.choices import choices
from audits.queries.connectors import names_of_sources
from audits.queries.lists import Listing, Page, Sums, parse_listing
from audits.queries.story import story_of
from audits.views.filters import form, in_force, without
from audits.views.links import Words, at_address, given, link
from audits.views.standing import rules_of
from audits.views.timeline import timeline

READ: dict[str, Callable[..., Page]] = {
    "calls": lists.calls,
    "tasks": lists.tasks,
    "corrections": lists.corrections,
    "entries": lists.entries,
}
SUMS: dict[str, Callable[[Listing], Any]] = {
    "calls": lists.sums_of_calls,
    "tasks": lists.sums_of_tasks,
    "corrections": lists.sums_of_corrections,
    "entries": lists.sums_of_entries,
}
_OF_CALLS = {"from", "to", "lens", "basis", "route", "team", "tier", "model", "task_type", "state", "task"}


@require_safe
@needs_scope("read")
def calls(request: HttpRequest) -> HttpResponse:
    return _list(request, "calls")


@require_safe
@needs_scope("read")
def tasks(request: HttpRequest) -> HttpResponse:
    return _list(request, "tasks")


@require_safe
@needs_scope("read")
def corrections(request: HttpRequest) -> HttpResponse:
    return _list(request, "corrections")


@require_safe
@needs_scope("read")
def entries(request: HttpRequest) -> HttpResponse:
    return _list(request, "entries")


@require_safe
@needs_scope("read")
def task(request: HttpRequest, key: UUID) -> HttpResponse:
    at = timezone.now()
    bring_up_to_date(at=at)
    found = story_of(key, teams=reach_of(request).team_ids, reader=request.user.pk)
    if found is None:
        raise Http404
    context = {
        "story": found, "task": found.task, "as_of": at, "events": timeline(found), "rules": rules_of(found),
        "may_log": reach_of(request).may("audit"),
    }  # fmt: skip
    return render(request, "audits/task.html", context)


def _list(request: HttpRequest, kind: str) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    words = given(request)
    cursor = words.get("cursor", [""])[-1]
    context: dict[str, Any] = {
        "kind": kind, "as_of": at, "filters": in_force(kind, words), "may_log": reach.may("audit"),
        "form": form(kind, words, choices(reach.team_ids), request.user.get_username()),
    }  # fmt: skip
    if kind == "calls" and "source" in words:
        _name_sources(context["filters"], words, reach.team_ids)
    try:
        listing = parse_listing(words, kind=kind, teams=reach.team_ids, reader=request.user.pk)
        bring_up_to_date(at=at)
        context["page"] = page = READ[kind](listing, cursor=cursor)
    except BadQuery as problem:
        return render(request, f"audits/{kind}.html", context | {"errors": problem.errors}, status=400)
    context["sums"] = SUMS[kind](listing)
    if kind == "entries":
        context |= _with_the_bill(listing, words, context["sums"])
    context["next"] = link(kind, words, {"cursor": [page.cursor]}) if page.cursor else ""
    context["newer"] = link(kind, words, {"cursor": [page.newer]}) if page.newer else ""
    context["first"] = link(kind, without(words, "cursor")) if cursor else ""
    return at_address(request, render(request, f"audits/{kind}.html", context), kind, words)


def _name_sources(filters: list[dict[str, Any]], words: Words, teams: frozenset[int] | None) -> None:
    """Say in words which sources the list is narrowed down to; their numbers mean nothing to anybody."""
    for each in filters:
        if each["name"] == "source":
            each["values"] = names_of_sources(words["source"], teams)


def _with_the_bill(listing: Listing, words: Words, sums: Sums) -> dict[str, Any]:
    """True cost and cash are these entries and the token bill: show both where calls can be selected alike."""
    own = without(words, "cursor", "nature") if listing.only.get("nature") == ("cash",) else without(words, "cursor")
    if listing.period is None or not _OF_CALLS.issuperset(own):
        return {}
    calls_alike = parse_listing(own, kind="calls", teams=listing.teams)
    bill, amount = lists.sums_of_calls(calls_alike)["cost_nanos"], sums["amount_nanos"]
    if bill is None or amount is None:
        return {}
    return {"bill": bill, "bill_href": link("calls", own), "together": bill + amount}
