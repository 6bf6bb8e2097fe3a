"""Settings pages of labour rates and fixed costs. What is saved goes the way a file goes (`apply`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin

from audits.actions import reference as actions
from audits.models import FixedCost, LabourRate
from audits.queries import reference as queries
from spend.admin import ModelForm, RecordForm, ReferencePages
from spend.domain.reference.changed import Changed
from spend.domain.reference.difference import Change
from spend.domain.reference.records import Record, hourly_of


class AuditsPages(ReferencePages):
    def write(self, changes: Iterable[Change], at: datetime) -> Changed:
        return actions.write(changes)


class LabourRateForm(ModelForm):
    """An hourly rate, or a salary with what it takes to make one of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hourly"].required = False

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        salary, hours = given.get("salary"), given.get("productive_hours")
        if salary is not None and hours:
            given["hourly"] = hourly_of(salary, given.get("overhead") or Decimal(0), hours)
        elif salary is not None:
            self.add_error("productive_hours", "A salary needs them.")
        elif given.get("hourly") is None:
            self.add_error("hourly", "Give this, or a salary with productive hours.")
        return given


@admin.register(LabourRate)
class LabourRatePages(AuditsPages):
    form = LabourRateForm
    key_fields = ("role", "starts_on")
    list_display = ["role", "starts_on", "hourly", "salary", "overhead", "productive_hours"]
    list_filter = ["role"]
    search_fields = ["role"]

    def record(self, row: LabourRate) -> Record:
        return queries.labour_rate_record(row)


class FixedCostForm(RecordForm):
    def record(self) -> Record:
        return queries.fixed_cost_record(self.instance)


@admin.register(FixedCost)
class FixedCostPages(AuditsPages):
    form = FixedCostForm
    list_display = ["name", "kind", "amount", "starts_on", "ends_on", "abandoned_on", "team", "tier", "llm"]
    list_filter = ["kind", "team", "tier"]
    list_select_related = ["team", "tier", "llm"]
    search_fields = ["name"]
    autocomplete_fields = ["llm"]

    def record(self, row: FixedCost) -> Record:
        return queries.fixed_cost_record(row)
