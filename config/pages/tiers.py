"""Settings: the classes of models."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_reference
from audits.views.colours import tier_colours
from config.pages.forms import TierForm
from config.pages.revising import revising
from spend.models import LlmTier, Tier
from spend.queries.reference import tier_record
from spend.queries.zone import reporting_day

NOTE = (
    "A model that comes new gets the tier of the range its blended price is in. Models that have a tier keep it: a"
    " changed range moves no figure, and the claimed fail rate only stands beside the measured one."
)


@require_safe
@needs_reference
def tiers(request: HttpRequest) -> HttpResponse:
    today = reporting_day(timezone.now())
    latest = LlmTier.objects.filter(starts_on__lte=today).order_by("llm_id", "-starts_on").distinct("llm_id")
    in_force = LlmTier.objects.filter(pk__in=latest.values("pk")).order_by().values_list("tier_id")
    models = dict(in_force.annotate(Count("pk")))
    colours = tier_colours()
    found = list(Tier.objects.all())
    ends = [*(tier.from_blended for tier in found[1:]), None]
    rows = [
        {"tier": tier, "end": end, "models": models.get(tier.pk, 0), "colour": colours.get(tier.name, "")}
        for tier, end in zip(found, ends, strict=True)
    ]
    return render(request, "config/tiers.html", {"rows": rows, "note": NOTE})


@needs_reference
def tier_new(request: HttpRequest) -> HttpResponse:
    return revising(
        request, TierForm(request.POST or None), title="A new tier", back=reverse("settings-tiers"), note=NOTE
    )


@needs_reference
def tier(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Tier, pk=pk)
    form = TierForm(request.POST or None, record=tier_record(found))
    return revising(
        request, form, title=f"Tier {found.name}", back=reverse("settings-tiers"), note=NOTE, of="tier", row=found
    )
