"""Every component of the pages, once: for those who build them."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.queries import reach_of
from audits.views.chart import LABELS, Bar, chart_data
from audits.views.headline import Card
from audits.views.wording import Caution

_DOLLAR = 1_000_000_000


@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or reach_of(request).administers):
        raise PermissionDenied
    bars = [
        Bar("frontier", [2 * _DOLLAR, 0, 0, _DOLLAR, 0, 0], 3 * _DOLLAR, 2 * _DOLLAR, 2 * _DOLLAR, 4 * _DOLLAR),
        Bar("commodity", [_DOLLAR // 50, 0, 0, _DOLLAR, _DOLLAR, _DOLLAR], 3 * _DOLLAR, _DOLLAR // 60, None, None),
    ]
    context = {
        "nanos": [0, 1, 12_345_678, 235_294_117, 1_500_000_000, 1_234_567_890_123, -5_000_000_000, None],
        "shares": [0.0, 0.1234567, 1.0, None],
        "ratios": [1.0, 18.37, 355.17, None],
        "cards": [
            Card("A main figure", 2_410_000_000, "money", "#", "95 % interval $2.30 to $2.52", is_main=True),
            Card("A figure", 12_345, "count", "#", "a note"),
            Card("An unknown figure", None, "money", "#"),
        ],
        "cautions": [Caution("Something to bear in mind.", "#", "What it is made of")],
        "bars": bars,
        "bar_labels": list(LABELS.values()),
        "chart_data": chart_data(bars),
        "filters": [{"name": "tier", "values": ["commodity"], "drop": "#"}],
        "errors": {"from": ["must be a month like 2026-10"]},
        "kind": "calls",
    }
    return render(request, "patterns.html", context)
