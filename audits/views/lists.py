"""The lists that figures lead to, with the sum of what is listed, and the page of one task."""

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
from audits.queries import lists
from audits.queries.asking import BadQuery
from audits.queries.lists import Listing, Sums, parse_listing
from audits.queries.story import story_of
from audits.views.links import Words, given, link

READ = {"calls": lists.calls, "tasks": lists.tasks, "entries": lists.entries}
SUMS = {"calls": lists.sums_of_calls, "tasks": lists.sums_of_tasks, "entries": lists.sums_of_entries}
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
    return render(request, "audits/task.html", {"story": found, "task": found.task, "as_of": at})


def _list(request: HttpRequest, kind: str) -> HttpResponse:
    at = timezone.now()
    words = given(request)
    cursor = words.get("cursor", [""])[-1]
    teams = reach_of(request).team_ids
    context: dict[str, Any] = {"kind": kind, "as_of": at, "filters": _shown(kind, words)}
    try:
        listing = parse_listing(words, kind=kind, teams=teams)
        bring_up_to_date(at=at)
        context["page"] = page = READ[kind](listing, cursor=cursor)
    except BadQuery as problem:
        return render(request, f"audits/{kind}.html", context | {"errors": problem.errors}, status=400)
    context["sums"] = SUMS[kind](listing)
    if kind == "entries":
        context |= _with_the_bill(listing, words, context["sums"])
    context["next"] = link(kind, words, {"cursor": [page.cursor]}) if page.cursor else ""
    context["first"] = link(kind, _without(words, "cursor")) if cursor else ""
    return render(request, f"audits/{kind}.html", context)


def _with_the_bill(listing: Listing, words: Words, sums: Sums) -> dict[str, Any]:
    """True cost and cash are these entries and the token bill: show both where calls can be selected alike."""
    own = _without(words, "cursor", "nature") if listing.only.get("nature") == ("cash",) else _without(words, "cursor")
    if listing.period is None or not _OF_CALLS.issuperset(own):
        return {}
    calls_alike = parse_listing(own, kind="calls", teams=listing.teams)
    bill, amount = lists.sums_of_calls(calls_alike)["cost_nanos"], sums["amount_nanos"]
    if bill is None or amount is None:
        return {}
    return {"bill": bill, "bill_href": link("calls", own), "together": bill + amount}


def _shown(kind: str, words: Words) -> list[dict[str, Any]]:
    """Return what the list is narrowed down to, each with the address of the list without it."""
    known = (*lists.REPORT_WORDS, *lists.WORDS[kind])
    return [
        {"name": name, "values": words[name], "drop": link(kind, _without(words, name, "cursor"))}
        for name in known
        if name in words
    ]


def _without(words: Words, *names: str) -> Words:
    """Leave words out; without a beginning there is no end."""
    gone = {*names, "to"} if "from" in names else {*names, "from"} if "to" in names else {*names}
    return {name: values for name, values in words.items() if name not in gone}
