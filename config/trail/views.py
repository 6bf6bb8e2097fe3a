"""The page of the audit trail, and all of it as CSV."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.http.response import StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from accounts.views.guards import needs
from audits.views.links import Words, at_address, given, link
from config.trail.access import reads_all_of_it, reads_trail
from config.trail.describing import WHATS, told
from config.trail.export import lines
from trail.models import Day
from trail.queries.listing import SESSION, BadAsked, each, labels, narrowed, page, parse, restricted_objects

_LABELS = {
    "who": "Who", "action": "What", "object": "Of what", "key": "Number", "record": "Record", "request": "Request",
    "from": "From", "to": "To",
}  # fmt: skip


@require_safe
@needs(reads_trail)
def trail(request: HttpRequest) -> HttpResponse:
    all_of_it = reads_all_of_it(reach_of(request))
    words = given(request)
    cursor, sealed = words.get("cursor", [""])[-1], Day.objects.defer("marks").last()
    only = {name: values for name, values in words.items() if name != "cursor"}
    context: dict[str, Any] = {
        "as_of": timezone.now(), "words": {name: values[-1] for name, values in only.items()},
        "actions": WHATS, "objects": _objects(all_of_it=all_of_it), "filters": _in_force(only),
        "all_of_it": all_of_it, "csv": link("trail-csv", only), "sealed": sealed,
        "digest": bytes(sealed.digest).hex() if sealed else "",
        "first": link("trail", only) if cursor else "",
    }  # fmt: skip
    try:
        found = page(parse(only), all_of_it=all_of_it, cursor=cursor)
    except BadAsked as problem:
        return render(request, "config/trail.html", context | {"errors": problem.errors}, status=400)
    context["rows"] = [(row, _links(row.event.object, row.object, row.event.key)) for row in told(found.rows)]
    context["next"] = link("trail", only, {"cursor": [str(found.cursor)]}) if found.cursor else ""
    return at_address(request, render(request, "config/trail.html", context), "trail", words)


@require_safe
@needs(reads_trail)
def trail_csv(request: HttpRequest) -> HttpResponse:
    """Answer with all that the page would show, oldest last, as it is written: it may be more than memory holds."""
    try:
        events = narrowed(parse(given(request)), all_of_it=reads_all_of_it(reach_of(request)))
    except BadAsked as problem:
        return HttpResponse(f"{problem}\n", status=400, content_type="text/plain; charset=utf-8")
    last = events.aggregate(last=Max("id"))["last"] or 0  # not the note that this file is made
    name = f"truecost-trail-{timezone.now():%Y-%m-%d}.csv"
    response = StreamingHttpResponse(
        lines(each(events.filter(id__lte=last))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    return cast(HttpResponse, response)  # guards know no other; middleware does


def _objects(*, all_of_it: bool) -> list[str]:
    hidden = set() if all_of_it else set(restricted_objects())
    followed = [label for table, label in labels().items() if table not in hidden]
    return sorted([*followed, *([SESSION] if all_of_it else [])])


def _in_force(words: Words) -> list[dict[str, str]]:
    return [
        {
            "label": _LABELS.get(name, name),
            "value": dict(WHATS).get(values[-1], values[-1]) if name == "action" else values[-1],
            "drop": link("trail", {other: said for other, said in words.items() if other != name}),
        }
        for name, values in words.items()
    ]


def _links(table: str, label: str, key: str) -> str:
    """Return the address of all there is of one row."""
    return link("trail", {"object": [label], "key": [key]}) if key else link("trail", {"object": [label]})
