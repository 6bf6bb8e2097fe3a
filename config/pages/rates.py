"""Settings: what an hour of a role costs, from day to day."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_reference
from audits.models import LabourRate
from audits.queries.reference import labour_rate_record
from audits.queries.usage import roles_without_rate
from config.pages.forms import RateForm
from config.pages.revising import revising


@require_safe
@needs_reference
def rates(request: HttpRequest) -> HttpResponse:
    history = [
        (role, sorted(rows, key=lambda rate: rate.starts_on, reverse=True))
        for role, rows in groupby(LabourRate.objects.order_by("role"), key=lambda rate: rate.role)
    ]
    return render(request, "config/rates.html", {"roles": history, "missing": roles_without_rate()})


@needs_reference
def rate_new(request: HttpRequest) -> HttpResponse:
    """`role` in the address fills it in: a new rate of a role takes over from its day on."""
    form = RateForm(request.POST or None, initial={"role": request.GET.get("role", "")})
    return revising(request, form, title="A new rate", **_page())


@needs_reference
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(LabourRate, pk=pk)
    form = RateForm(request.POST or None, record=labour_rate_record(found))
    return revising(request, form, title=f"{found.role} from {found.starts_on}", **_page(), of="labour rate", row=found)


def _page() -> dict[str, Any]:
    roles = {*LabourRate.objects.values_list("role", flat=True), *roles_without_rate()}
    return {"back": reverse("settings-rates"), "lists": {"roles": sorted(roles)}}
