"""Forms that fill in an item of the reference file; the file's reader says what is wrong with it, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, ClassVar

from django import forms

from accounts.forms import PlainForm
from accounts.models import Team
from audits.exports.assets import ASSET_NAMES
from spend.domain.reference.difference import Change, as_it_is, shown
from spend.domain.reference.parse import parse_sections
from spend.domain.reference.reading import Problem
from spend.domain.reference.records import ALWAYS, OTHER, Record, Reference
from spend.models import Llm, Tier


def text(label: str, *, required: bool = False, hint: str = "", **attrs: Any) -> forms.CharField:
    longest = attrs.pop("maxlength", None)
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, required=required, help_text=hint, widget=widget, max_length=longest)


def number(label: str, *, required: bool = False, hint: str = "") -> forms.CharField:
    """A number stays its decimal text until the file's reader reads it (R6)."""
    return text(label, required=required, hint=hint, inputmode="decimal", autocomplete="off")


def day(label: str, *, required: bool = False, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=hint, widget=forms.DateInput(attrs={"type": "date"})
    )


class ReferenceForm(PlainForm):
    """The fields are keys of an item of `section`; `from` is `starts_on`, `to` is `ends_on`, as in the records."""

    section: ClassVar[str]
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    wanted = Reference()

    def __init__(self, *args: Any, record: Record | None = None, **kwargs: Any) -> None:
        """`record` is what is there already: what it is called by is fixed then."""
        self.record = record
        initial = {**_told(record), **kwargs.pop("initial", {})}
        initial["seen"] = json.dumps(as_it_is([Change(record, record)])) if record else "{}"
        super().__init__(*args, initial=initial, **kwargs)
        if record is not None:
            for name in record.key_fields:
                if name in self.fields:
                    self.fields[name].disabled = True

    def item(self) -> dict[str, Any]:
        """Return the item of the file: text, lists and mappings; empty is left out."""
        words = {"starts_on": "from", "ends_on": "to"}
        given = {words.get(name, name): self.cleaned_data.get(name) for name in self.fields if name != "seen"}
        return {name: value for name, value in given.items() if value not in (None, "", [])}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors:
            self.wanted, problems = parse_sections({self.section: [self.item()]})
            self.add_problems(problems)
        return found

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Put each problem to the field it names."""
        names = {"from": "starts_on", "to": "ends_on"}
        for problem in problems:
            key = problem.where.rpartition(", ")[2]
            field = names.get(key, key)
            sentence = f"{problem.message[:1].upper()}{problem.message[1:]}."
            self.add_error(field if field in self.fields else None, sentence)


def _told(record: Record | None) -> dict[str, Any]:
    """Return the fields of a record as a form shows them."""
    if record is None:
        return {}
    values = {part.name: getattr(record, part.name) for part in fields(record)}  # type: ignore[arg-type]
    return {name: "" if value in (None, "") else _as_given(value) for name, value in values.items()}


def _as_given(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return "\n".join(value) if isinstance(value, tuple) else shown(value)


class TierForm(ReferenceForm):
    section = "tiers"
    name = text("Name", required=True)
    from_blended = number(
        "From blended price, USD",
        required=True,
        hint="Per million tokens: (3 x input + output) / 4, this much or more.",
    )
    claimed_fail_rate = number("Claimed fail rate", hint="What benchmarks claim, as a share: 0.22 is 22 %.")


class RateForm(ReferenceForm):
    section = "labour_rates"
    role = text("Role", required=True, hint="As corrections and incidents name it.", list="roles")
    starts_on = day("From", required=True)
    hourly = number("Loaded rate, USD per hour", hint="Wages plus overhead. Or leave it empty and give a salary:")
    salary = number("Salary, USD a year")
    overhead = number("Overhead", hint="As a share of the salary: 0.30 is 30 %.")
    productive_hours = number(
        "Productive hours a year", hint="Hours paid less holidays, illness and training: often 1,700."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("salary"):
            self.initial["hourly"] = ""  # it follows from the salary


class TaskTypeForm(ReferenceForm):
    section = "task_types"
    name = text("Name", required=True)
    manual_minutes = number("Minutes by hand", hint="What a person would need for one from scratch.")
    role = forms.ChoiceField(label="Role that would do it", required=False, help_text="Roles that have a rate.")
    value = number("Value of a success, USD")
    acceptance_days = number(
        "Acceptance days", hint="Nobody objected for so long: presumed successful. Empty: as installed."
    )
    complexity_at_intake = forms.BooleanField(
        label="Complexity is set before the work begins",
        required=False,
        help_text="Then tiers are compared on tasks of like complexity. Set after the outcome, it says nothing.",
    )

    def __init__(self, *args: Any, roles: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = [("", "None"), *((role, role) for role in roles)]

    def item(self) -> dict[str, Any]:
        given = super().item()
        return {**given, "complexity_at_intake": "true" if given.get("complexity_at_intake") else "false"}


class FixedCostForm(ReferenceForm):
    section = "fixed_costs"
    name = text("Name", required=True)
    kind = forms.ChoiceField(
        label="Kind", choices=[("compute", "Compute"), ("prevention", "Prevention")], initial="compute",
        widget=forms.RadioSelect,
        help_text="Compute, as GPUs or licences, stands beside the token bill. Prevention: prompt work, guardrails.",
    )  # fmt: skip
    asset = forms.ChoiceField(label="What it is", choices=ASSET_NAMES.items(), initial=OTHER)
    amount = number("Amount, USD", hint="Of the whole period. Or leave it empty and give hours:")
    hours = number("Hours", hint="Of the whole period, valued at the loaded rate of its first day.")
    role = text("Role", hint="Whose hours they are.", list="roles")
    starts_on = day("From", required=True)
    ends_on = day("To", required=True, hint="The day after the last.")
    abandoned_on = day("Abandoned on", hint="What is left is written off on this day.")
    team = forms.ChoiceField(label="Team", required=False)
    tier = forms.ChoiceField(label="Tier", required=False)
    model = text("Model", hint="Provider/name. A tier or a model, not both.", list="models")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("hours"):
            self.initial["amount"] = ""  # it follows from the hours
        for name, kind, none in (("team", Team, "No one team"), ("tier", Tier, "No one tier")):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = [("", none), *((row.name, row.name) for row in kind.objects.all())]


class ModelForm(ReferenceForm):
    section = "models"
    provider = text("Provider", hint="Empty only where nobody can say.")
    name = text("Name", required=True)
    aliases = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text="Other names of it in calls, one a line."
    )
    weights = forms.ChoiceField(required=False, choices=[("", "Not stated"), ("open", "Open"), ("closed", "Closed")])
    hosting = forms.ChoiceField(
        required=False, choices=[("", "Not stated"), ("api", "API"), ("self_hosted", "Self-hosted")]
    )
    free = forms.BooleanField(label="It is free: a price of 0 is meant", required=False)

    def item(self) -> dict[str, Any]:
        given = super().item()
        aliases = [line.strip() for line in str(given.get("aliases", "")).splitlines()]
        return {
            **given,
            "free": "true" if given.get("free") else "false",
            "aliases": [each for each in aliases if each],
        }


class _OfModel(ReferenceForm):
    """Something of one model: the item names it, and says nothing else of it."""

    section = "models"

    def __init__(self, *args: Any, llm: Llm, **kwargs: Any) -> None:
        self.llm = llm
        super().__init__(*args, **kwargs)

    def named(self) -> dict[str, Any]:
        return {"provider": self.llm.provider, "name": self.llm.name}

    def clean(self) -> dict[str, Any]:
        """The model itself stays as it is."""
        found = super().clean()
        self.wanted = Reference(model_tiers=self.wanted.model_tiers, model_prices=self.wanted.model_prices)
        return found


class ModelTierForm(_OfModel):
    tier = forms.ChoiceField(label="Tier")
    starts_on = day("From", hint="Empty: for all time.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tier"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = [(tier.name, tier.name) for tier in Tier.objects.all()]

    def item(self) -> dict[str, Any]:
        since = self.cleaned_data.get("starts_on") or ALWAYS.isoformat()
        return {**self.named(), "tier": [{"tier": self.cleaned_data["tier"], "from": since}]}


class PriceForm(_OfModel):
    starts_on = day("From", required=True)
    ends_on = day("To", hint="The first day it no longer holds. Empty: until another one begins.")
    input = number("Input")
    output = number("Output")
    cache_read = number("Cache read")
    cache_write = number("Cache write")
    cache_write_1h = number("Cache write, kept an hour")
    service_tier = text("Service tier", hint="As calls name it: batch, flex, priority. Empty: standard.")
    context_over = number("For calls with more input tokens than")
    free = forms.BooleanField(label="It is free: 0 is meant", required=False)
    source = forms.ChoiceField(
        label="Kind", choices=[("contract", "Contract price"), ("catalogue", "List price")], initial="contract",
        widget=forms.RadioSelect, help_text="A contract price beats any list price.",
    )  # fmt: skip
    reference = text("Where it was read", hint="The contract's number, or the address of the price list.")

    def item(self) -> dict[str, Any]:
        price = {**super().item()}
        reference = price.pop("reference", "")
        if price.pop("free", False):
            price["free"] = "true"
        if price["source"] == "contract":
            price["source"] = reference or "contract"
        return {**self.named(), "prices": [price]}
