"""Prices in force, and models whose calls have none."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from spend.models import Call, Price


def in_force(*, on: date, model: str = "") -> QuerySet[Price]:
    """Return the prices of a day, of models whose name, or provider/name, holds `model`."""
    begun = Price.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), superseded_at=None, starts_on__lte=on)
    provider, slash, name = model.partition("/")
    named = Q(llm__name__icontains=model) | Q(llm__aliases__contains=[model])
    if slash:
        named |= Q(llm__provider=provider, llm__name__icontains=name)
    each = ("llm__provider", "llm__name", "service_tier", "context_over", "source")
    return begun.filter(named).select_related("llm").order_by(*each, "-starts_on").distinct(*each)


def models_with_unpriced_calls(*, model: str = "") -> list[tuple[str, str, int]]:
    """Return provider, name and number of unpriced calls, most first. Reads all calls: for people who can wait."""
    counted = (
        Call.objects.filter(cost_nanos=None, llm__name__icontains=model)
        .values_list("llm__provider", "llm__name")
        .annotate(calls=Count("pk"))
    )
    return sorted(counted, key=lambda row: (-row[2], row[0], row[1]))
