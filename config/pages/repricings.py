"""Settings: which changes of prices and tiers are being worked in, and what earlier ones moved."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_reference
from spend.models import Llm, RepricedMonth, Repricing

MOST_SHOWN = 50


@require_safe
@needs_reference
def repricings(request: HttpRequest) -> HttpResponse:
    return render(request, "config/repricings.html", _shown())


@require_safe
@needs_reference
@never_cache
def state(request: HttpRequest) -> HttpResponse:
    """Answer the page that watches one come to its end."""
    return render(request, "config/_repricings.html", _shown())


def _shown() -> dict[str, Any]:
    months = RepricedMonth.objects.select_related("team", "llm")
    found = list(Repricing.objects.prefetch_related(Prefetch("months", months))[:MOST_SHOWN])
    names = {llm.pk: str(llm) for llm in Llm.objects.filter(pk__in={pk for order in found for pk in order.days})}
    rows = [_row(order, names) for order in found]
    return {
        "open": [row for row in rows if not row["order"].ended_at],
        "ended": [r for r in rows if r["order"].ended_at],
    }


def _row(order: Repricing, names: dict[int, str]) -> dict[str, Any]:
    months = list(order.months.all())
    before, after = sum(row.before_nanos for row in months), sum(row.after_nanos for row in months)
    models = sorted(names[pk] for pk in order.days if pk in names)
    return {
        "order": order,
        "models": models[:3],
        "more": len(models) - 3,
        "before": before,
        "after": after,
        "difference": after - before,
        "priced": sum(row.priced for row in months),
        "unpriced": sum(row.unpriced for row in months),
        "months": [(row, row.after_nanos - row.before_nanos) for row in months],
    }
