"""Connectors: what comes in from where, how well it is said, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.domain.reach import Reach
from accounts.queries import reach_of
from accounts.views.guards import needs_scope
from audits.actions.reports import bring_up_to_date
from audits.queries.connectors import (
    DAYS,
    Connector,
    connectors,
    label_of_source,
    models_of,
)
from audits.views.advice import Advice, advice
from audits.views.links import Words, link
from spend.queries.rejected import rejected_items
from spend.queries.zone import reporting_day

_HEIGHT, _STEP, _WIDTH = 24, 5, 4  # of the bars of a small chart


@dataclass(frozen=True)
class Shown:
    """A source as a row; every figure has the address of the calls that it counts."""

    found: Connector
    label: str
    figures: list[tuple[str, int, float | None, str]]
    bars: list[tuple[int, int, int]]
    most: int
    rejected_href: str
    advice: list[Advice]


@require_safe
@needs_scope("read")
def index(request: HttpRequest) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    bring_up_to_date(at=at)
    rows = [_shown(each, reach) for each in connectors(teams=reach.team_ids, today=reporting_day(at))]
    context = {
        "as_of": at, "rows": rows, "days": DAYS, "step": _STEP, "bar": _WIDTH, "height": _HEIGHT,
        "chart_width": DAYS * _STEP, "rejected": rejected_items(reach.team_ids).count(),
        "wanting": [row for row in rows if row.advice or row.found.rejected],
    }  # fmt: skip
    return render(request, "audits/connectors.html", context)


@require_safe
@needs_scope("read")
def one(request: HttpRequest, pk: int) -> HttpResponse:
    at, reach = timezone.now(), reach_of(request)
    bring_up_to_date(at=at)
    today = reporting_day(at)
    found = connectors(teams=reach.team_ids, today=today, source=pk)
    if not found:
        raise Http404
    row = _shown(found[0], reach)
    words = _words(found[0])
    models = [
        (
            each,
            link("calls", words, {"model": [str(each.llm)]}),
            link("calls", words, {"model": [str(each.llm)], **_NO_PRICE}),
        )
        for each in models_of(found[0].source, today=today)
    ]
    context = {
        "as_of": at, "row": row, "source": found[0].source, "models": models, "days": DAYS,
        "by_day": list(reversed(found[0].by_day)), "chart_data": _chart(found[0], at),
    }  # fmt: skip
    return render(request, "audits/connector.html", context)


_NO_PRICE: Words = {"priced": ["no"]}


def _words(found: Connector) -> Words:
    return {"source": [str(found.source.pk)], "since": [str(found.first_day)]}


def _shown(found: Connector, reach: Reach) -> Shown:
    words, total = _words(found), found.total
    figures = [
        ("Calls", total.calls, None, link("calls", words)),
        ("Unpriced", total.unpriced, total.share(total.unpriced), link("calls", words, _NO_PRICE)),
        ("Without task", total.implicit, total.share(total.implicit), link("calls", words, {"named": ["no"]})),
        ("Without outcome or verdict", total.unjudged, total.share(total.unjudged),
         link("calls", words, {"judged": ["no"]})),
    ]  # fmt: skip
    calls = [counted.calls for _, counted in found.by_day]
    most = max(calls)
    return Shown(
        found, label_of_source(found.source), figures, _bars(calls, most), most, _rejected(found), advice(found, reach)
    )


def _rejected(found: Connector) -> str:
    source = found.source
    return link("rejected", {"team": [source.team.name], "kind": [source.kind], "emitter": [source.name]})


def _bars(calls: list[int], most: int) -> list[tuple[int, int, int]]:
    """Return (x, y, height) of each day's bar; a day with any call is seen."""
    heights = [0 if not number else max(1, round(_HEIGHT * number / most)) for number in calls]
    return [(day * _STEP, _HEIGHT - height, height) for day, height in enumerate(heights) if height]


def _chart(found: Connector, at: datetime) -> dict[str, Any]:
    by_day = found.by_day
    return {
        "days": [f"{day:%d %b}" for day, _ in by_day],
        "priced": [counted.priced for _, counted in by_day],
        "unpriced": [counted.unpriced for _, counted in by_day],
    }
