"""What finance says of a rule that watches a figure, and anybody of an alert; pages and API fill in the same forms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import PlainForm, RevisingForm
from accounts.models import Role, Team, User
from accounts.queries import reach_of_user
from audits.domain.alert_words import figure_said
from audits.domain.watching import COMPARISONS, MEASURES, WINDOWS, Measure
from audits.models import AlertRule, Budget
from audits.queries.alerts import may_see
from spend.models import TaskType, Tier

_PERCENT = Decimal(100)
_SCOPES = ("team", "tier", "task_type", "provider", "budget")


def _named(label: str, rows: Any, everything: str) -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(rows, label=label, required=False, empty_label=everything, to_field_name="name")


def _amount(label: str, *, required: bool = True, hint: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, min_value=0, max_digits=24, decimal_places=9, help_text=hint,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )  # fmt: skip


class RuleForm(RevisingForm):
    name = forms.CharField(max_length=100, help_text="It begins the subject of each mail.")
    measure = forms.ChoiceField(label="Watches", choices=[(name, measure.label) for name, measure in MEASURES.items()])
    team = _named("Team", Team.objects.all(), "All teams")
    tier = _named("Tier", Tier.objects.all(), "All tiers")
    task_type = _named("Task type", TaskType.objects.all(), "All task types")
    provider = forms.CharField(max_length=200, required=False, help_text="As its models name it; empty: each.")
    budget = forms.ModelChoiceField(Budget.objects.select_related("team"), required=False, empty_label="Choose one")
    comparison = forms.ChoiceField(
        label="Raised when it is", choices=list(COMPARISONS.items()), initial="above", widget=forms.RadioSelect
    )
    threshold = _amount("Threshold", hint="In dollars, times, or percent.")
    clear_threshold = _amount(
        "Cleared at",
        required=False,
        hint="On the other side of the threshold, so that a wobble is one mail. Empty: a tenth away.",
    )
    window = forms.ChoiceField(label="Over", choices=list(WINDOWS.items()))
    days = forms.IntegerField(label="Days", required=False, min_value=1, max_value=366)
    minimum = forms.IntegerField(
        label="Minimum sample", min_value=0, max_value=10**9, initial=30,
        help_text="Successes or calls. With fewer it neither raises nor clears.",
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label="Roles told", choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Each person with the role who may see these figures.",
    )  # fmt: skip
    people = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True).order_by("username"), label="People told", required=False,
        to_field_name="username", widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    tells_cleared = forms.BooleanField(label="Send a mail when it is cleared, too", required=False)

    def __init__(self, *args: Any, rule: AlertRule | None = None, **kwargs: Any) -> None:
        self.rule = rule
        super().__init__(*args, current=_current(rule) if rule else None, **kwargs)

    @property
    def measured(self) -> Measure | None:
        return MEASURES.get(self.cleaned_data.get("measure", ""))

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = AlertRule.objects.exclude(pk=self.rule.pk) if self.rule else AlertRule.objects.all()
        if others.filter(name=name).exists():
            raise ValidationError("There is a rule of this name already.")
        return name

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if self.measured is not None:
            self._check_scope(said, self.measured)
            self._check_window(said, self.measured)
            self._check_limits(said, self.measured)
        self._check_recipients(said)
        return said

    def _check_scope(self, said: dict[str, Any], measure: Measure) -> None:
        for name in _SCOPES:
            if said.get(name) and name not in measure.scopes:
                self.add_error(name, f"{measure.label} is not known by {self._label(name)}. Leave it empty.")
        if "budget" in measure.scopes and not said.get("budget") and "budget" not in self.errors:
            self.add_error("budget", "Choose the budget that it watches.")

    def _check_window(self, said: dict[str, Any], measure: Measure) -> None:
        window = said.get("window", "")
        if window and window not in measure.windows:
            only = " or ".join(WINDOWS[name].lower() for name in measure.windows)
            self.add_error("window", f"{measure.label} is over the {only} only.")
        if window != "days":
            said["days"] = None
        elif not said.get("days") and "days" not in self.errors:
            self.add_error("days", "Say how many days.")

    def _check_limits(self, said: dict[str, Any], measure: Measure) -> None:
        threshold, clear, is_above = (
            said.get("threshold"),
            said.get("clear_threshold"),
            said.get("comparison") == "above",
        )
        if threshold is None:
            return
        if clear is None:
            clear = threshold * (Decimal("0.9") if is_above else Decimal("1.1"))
        if (clear > threshold) if is_above else (clear < threshold):
            self.add_error("clear_threshold", f"Must be {'at most' if is_above else 'at least'} the threshold.")
        scale = _PERCENT if measure.unit == "percent" else Decimal(1)
        said["threshold"], said["clear_threshold"] = _places(threshold / scale), _places(clear / scale)
        if not measure.sampled:
            said["minimum"] = 0

    def _check_recipients(self, said: dict[str, Any]) -> None:
        people: Iterable[User] = said.get("people") or ()
        if not people and not said.get("roles"):
            self.add_error("roles", "Choose a role, or somebody, to be told.")
        if self.errors:
            return
        rule = self.written(AlertRule())
        if blind := [person.get_username() for person in people if not may_see(rule, reach_of_user(person))]:
            self.add_error("people", f"May not see these figures: {', '.join(sorted(blind))}.")

    def written(self, rule: AlertRule) -> AlertRule:
        """Write what was said into `rule`, unsaved."""
        for name, value in self.cleaned_data.items():
            if name not in ("seen", "people"):
                setattr(rule, name, value)
        return rule

    def made(self, at: datetime) -> AlertRule:
        """Return the rule as it is said now, unsaved."""
        return self.written(AlertRule.objects.get(pk=self.rule.pk) if self.rule else AlertRule(created_at=at))


def _places(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-9))


def _current(rule: AlertRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "measure": rule.measure,
        "team": rule.team and rule.team.name,
        "tier": rule.tier and rule.tier.name,
        "task_type": rule.task_type and rule.task_type.name,
        "provider": rule.provider,
        "budget": rule.budget_id,
        "comparison": rule.comparison,
        "threshold": figure_said(rule.threshold, rule.measure),
        "clear_threshold": figure_said(rule.clear_threshold, rule.measure),
        "window": rule.window,
        "days": rule.days,
        "minimum": rule.minimum,
        "roles": rule.roles,
        "people": [person.get_username() for person in rule.people.all()],
        "tells_cleared": rule.tells_cleared,
    }


class AcknowledgeForm(PlainForm):
    note = forms.CharField(label="What is done about it", max_length=2000, required=False)
