"""Settings: models with their tiers and prices; those without a price, and with calls, first."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_reference
from audits.actions.reports import bring_up_to_date
from audits.queries.usage import Usage, models_without_price, usage_by_model
from config.pages.forms import ModelForm, ModelTierForm, PriceForm
from config.pages.revising import revising
from config.pages.timeline import timeline
from config.preview import effects_of_withdrawal
from config.reference import withdraw_price
from spend.domain.reference.records import ALWAYS
from spend.models import Llm, Price, Tier
from spend.queries.book import book
from spend.queries.reference import model_record
from spend.queries.zone import reporting_day

MOST_SHOWN = 100
NO_USAGE = Usage()
PRICE_NOTE = (
    "US dollars per million tokens. Calls of its days are priced anew, and calls whose senders stated a cost keep that."
    " A price of the same kind, service tier, start and threshold takes the place of the one that is there."
)


@require_safe
@needs_reference
def models(request: HttpRequest) -> HttpResponse:
    """The models in use; with `q`, all models that are called so."""
    at = timezone.now()
    bring_up_to_date(at=at)
    usage, asked = usage_by_model(), request.GET.get("q", "").replace("\x00", "").strip()
    found = Llm.objects.filter(pk__in=usage)
    if asked:
        called = Q(provider__icontains=asked) | Q(name__icontains=asked) | Q(aliases__icontains=asked)
        found = Llm.objects.filter(called)
    rows = [(llm, usage.get(llm.pk, NO_USAGE)) for llm in found]
    tiers, today = dict(Tier.objects.values_list("pk", "name")), reporting_day(at)
    unpriced = set(models_without_price(usage, today))
    rows.sort(key=lambda row: (row[0].pk not in unpriced, -row[1].unpriced, -row[1].cost, str(row[0])))
    context = {
        "rows": [_row(llm, used, today, tiers, unpriced) for llm, used in rows[:MOST_SHOWN]],
        "hidden": max(0, len(rows) - MOST_SHOWN),
        "asked": asked,
        "known": Llm.objects.count(),
        "as_of": at,
    }
    return render(request, "config/models.html", context)


def _row(llm: Llm, used: Usage, today: date, tiers: dict[int, str], unpriced: set[int]) -> dict[str, Any]:
    reference = book()
    return {
        "llm": llm,
        "used": used,
        "is_unpriced": llm.pk in unpriced,
        "tier": tiers.get(reference.tier_on(llm.pk, today) or 0),
        "price": reference.prices_of(llm.pk).at(None, today, 0),
    }


@require_safe
@needs_reference
def model(request: HttpRequest, pk: int) -> HttpResponse:
    llm = get_object_or_404(Llm, pk=pk)
    at = timezone.now()
    bring_up_to_date(at=at)
    today = reporting_day(at)
    prices = list(llm.prices.order_by("superseded_at", "service_tier", "context_over", "source", "-starts_on"))
    in_force = [price for price in prices if price.superseded_at is None]
    context = {
        "llm": llm,
        "used": usage_by_model().get(llm.pk, NO_USAGE),
        "tiers": llm.tiers.select_related("tier").order_by("-starts_on"),
        "always": ALWAYS,
        "prices": in_force,
        "superseded": [price for price in prices if price.superseded_at is not None],
        "timeline": timeline(in_force, today=today),
        "as_of": at,
    }
    return render(request, "config/model.html", context)


@needs_reference
def model_new(request: HttpRequest) -> HttpResponse:
    form = ModelForm(request.POST or None)
    return revising(request, form, title="A new model", back=reverse("settings-models"))


@needs_reference
def model_edit(request: HttpRequest, pk: int) -> HttpResponse:
    llm = get_object_or_404(Llm, pk=pk)
    form = ModelForm(request.POST or None, record=model_record(llm))
    return revising(request, form, title=str(llm), back=_page_of(llm))


@needs_reference
def model_tier(request: HttpRequest, pk: int) -> HttpResponse:
    llm = get_object_or_404(Llm, pk=pk)
    form = ModelTierForm(request.POST or None, llm=llm)
    return revising(request, form, title=f"Tier of {llm}", back=_page_of(llm))


@needs_reference
def model_price(request: HttpRequest, pk: int) -> HttpResponse:
    llm = get_object_or_404(Llm, pk=pk)
    form = PriceForm(request.POST or None, llm=llm)
    return revising(request, form, title=f"Price of {llm}", back=_page_of(llm), note=PRICE_NOTE)


@needs_reference
def price_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    price = get_object_or_404(Price.objects.select_related("llm"), pk=pk)
    back = _page_of(price.llm)
    if price.superseded_at is not None:
        messages.info(request, "That price is no longer in force.")
        return redirect(back)
    at = timezone.now()
    if request.method == "POST":
        withdraw_price(price, at=at)
        messages.success(request, "Withdrawn, and its calls are priced anew.")
        return redirect(back)
    context = {"price": price, "back": back, "effects": effects_of_withdrawal(price, at=at)}
    return render(request, "config/price_withdraw.html", context)


def _page_of(llm: Llm) -> str:
    return reverse("settings-model", args=[llm.pk])
