"""Settings pages of tiers, models, prices and task types. What is saved goes the way a file goes (`apply`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import Guarded, ModelAdmin, TabularInline
from spend.actions import reference as actions
from spend.domain.pricing import service_tier_of
from spend.domain.reference import records
from spend.domain.reference.changed import Changed
from spend.domain.reference.difference import Change
from spend.domain.reference.records import CONTRACT, Record
from spend.domain.reference.rules import problems_of
from spend.models import Llm, LlmTier, Price, TaskType, Tier
from spend.queries import reference as queries

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

RATES = ["input", "cache_read", "cache_write", "cache_write_1h", "output"]


class Restates(Protocol):
    """What our admin site can do beside Django's: have computed again what a change concerns."""

    def restate(self, changed: Changed, *, at: datetime) -> None: ...


class ReferencePages(Guarded, ModelAdmin):
    """A page whose form is written as a record. What a file calls an item by cannot be changed once it is there."""

    opens_to = "writes_reference"
    key_fields: tuple[str, ...] = ("name",)

    def record(self, row: Any) -> Record:
        raise NotImplementedError

    def write(self, changes: Iterable[Change], at: datetime) -> Changed:
        return actions.write(changes, at=at)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fixed = super().get_readonly_fields(request, obj)
        return [*fixed, *(self.key_fields if obj else ())]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = self.record(self.model.objects.get(pk=obj.pk)) if change else None
        self.write_and_restate([Change(before, self.record(obj))])
        obj.pk = self.model.objects.get(**{name: getattr(obj, name) for name in self.key_fields}).pk

    def write_and_restate(self, changes: list[Change]) -> None:
        at = timezone.now()
        self.restate(self.write(changes, at), at)

    def restate(self, changed: Changed, at: datetime) -> None:
        cast(Restates, self.admin_site).restate(changed, at=at)


@admin.register(Tier)
class TierPages(ReferencePages):
    list_display = ["name", "from_blended", "claimed_fail_rate"]

    def record(self, row: Tier) -> Record:
        return queries.tier_record(row)


@admin.register(TaskType)
class TaskTypePages(ReferencePages):
    list_display = ["name", "manual_minutes", "role", "value", "acceptance_days"]
    list_filter = ["role"]
    search_fields = ["name", "role"]

    def record(self, row: TaskType) -> Record:
        return queries.task_type_record(row)


class RecordForm(ModelForm):
    """A form that also checks what a file would be checked for."""

    def record(self) -> Record:
        raise NotImplementedError

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for problem in problems_of(self.record()):
                self.add_error(None, problem)


class PriceForm(RecordForm):
    def clean_service_tier(self) -> str:
        return service_tier_of(self.cleaned_data["service_tier"])

    def record(self) -> Record:
        return _contract_price(self.instance, "", "")


class AddOnlyInline(Guarded, TabularInline):
    """Rows that are there can be looked at; a new one of the same start takes the old one's place."""

    opens_to = "writes_reference"
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LlmTierInline(AddOnlyInline):
    model = LlmTier
    readonly_fields = ["derived"]


class PriceInline(AddOnlyInline):
    model = Price
    form = PriceForm
    verbose_name = "contract price"
    verbose_name_plural = "prices in force (USD per million tokens); a new one is a contract price"
    fields = ["source", "reference", "service_tier", "starts_on", "ends_on", "context_over", *RATES, "free"]
    readonly_fields = ["source"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        return super().get_queryset(request).filter(superseded_at=None)


@admin.register(Llm)
class LlmPages(ReferencePages):
    key_fields = ("provider", "name")
    list_display = ["__str__", "tier_now", "weights", "hosting", "free"]
    list_filter = ["weights", "hosting", "free", "provider"]
    search_fields = ["provider", "name", "aliases"]
    fields = ["provider", "name", "aliases", "weights", "hosting", "free", "inherited"]
    readonly_fields = ["inherited"]
    inlines = [LlmTierInline, PriceInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Llm]:
        latest = LlmTier.objects.filter(llm=OuterRef("pk")).order_by("-starts_on").values("tier__name")
        rows: QuerySet[Llm] = super().get_queryset(request)
        return rows.annotate(tier_name=Subquery(latest[:1]))

    @admin.display(description="tier", ordering="tier_name")
    def tier_now(self, row: Any) -> str | None:
        return cast("str | None", row.tier_name)

    def record(self, row: Llm) -> Record:
        return queries.model_record(row)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        self.write_and_restate([Change(None, _record_of(row)) for row in formset.save(commit=False)])


def _record_of(row: LlmTier | Price) -> Record:
    if isinstance(row, LlmTier):
        return queries.model_tier_record(row)
    return _contract_price(row, row.llm.provider, row.llm.name)


def _contract_price(row: Price, provider: str, name: str) -> records.ModelPrice:
    row.source = CONTRACT
    return queries.price_record_of(row, provider=provider, name=name)


@admin.register(Price)
class PricePages(Guarded, ModelAdmin):
    """Every price there ever was. New ones are added on the model's page."""

    opens_to = "writes_reference"
    writable = False
    list_display = ["llm", "source", "service_tier", "starts_on", "ends_on", "context_over", *RATES, "superseded_at"]
    list_filter = [("superseded_at", admin.EmptyFieldListFilter), "source", "service_tier", "free"]
    list_select_related = ["llm"]
    search_fields = ["llm__provider", "llm__name", "reference"]
    date_hierarchy = "starts_on"
    actions = ["withdraw"]

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    @admin.action(description="Withdraw selected prices, with nothing in their place", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, prices: QuerySet[Price]) -> None:
        at = timezone.now()
        changed = actions.withdraw_prices(prices, at=at)
        cast(Restates, self.admin_site).restate(changed, at=at)
        for price in prices:
            self.log_change(request, price, "Withdrawn.")
