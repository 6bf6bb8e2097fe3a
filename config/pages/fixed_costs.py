"""Settings: costs that no single task causes, spread over the days of their period."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_reference
from audits.domain.sources import accrual
from audits.models import FixedCost, LabourRate
from audits.queries.effects import spread
from audits.queries.reference import fixed_cost_record
from audits.queries.usage import usage_by_model
from config.pages.forms import FixedCostForm
from config.pages.revising import revising
from spend.models import Llm
from spend.queries.zone import reporting_day


@require_safe
@needs_reference
def fixed_costs(request: HttpRequest) -> HttpResponse:
    today = reporting_day(timezone.now())
    rows = [
        (cost, sum(amount for _, amount in accrual(spread(fixed_cost_record(cost)), today)))
        for cost in FixedCost.objects.select_related("team", "tier", "llm")
    ]
    return render(request, "config/fixed_costs.html", {"rows": rows, "today": today})


@needs_reference
def fixed_cost_new(request: HttpRequest) -> HttpResponse:
    return revising(request, FixedCostForm(request.POST or None), title="A new fixed cost", **_page())


@needs_reference
def fixed_cost(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(FixedCost, pk=pk)
    form = FixedCostForm(request.POST or None, record=fixed_cost_record(found))
    return revising(request, form, title=found.name, **_page(), of="fixed cost", row=found)


def _page() -> dict[str, Any]:
    models = [str(llm) for llm in Llm.objects.filter(pk__in=usage_by_model())]
    roles = LabourRate.objects.order_by("role").values_list("role", flat=True).distinct()
    return {"back": reverse("settings-fixed-costs"), "lists": {"models": models, "roles": roles}}
