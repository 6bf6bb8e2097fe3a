"""What people say of audit plans, and of the tasks drawn by them. The rules of the record judge a review."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms import PlainForm, RevisingForm
from accounts.models import Team
from audits.forms.log import words
from audits.models import AuditPlan
from spend.ingest.receipt import CONFLICT
from spend.ingest.records import Problem
from spend.models import TaskType

VERDICTS = ("accepted", "amended", "rejected")
SHARE, NUMBER = "share", "number"
ANSWERED_MEANWHILE = "Somebody answered this one meanwhile."


class ReviewForm(PlainForm):
    """A verdict by button or by key; minutes and role stay from one task to the next."""

    draw = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        choices=[(name, words(name)) for name in VERDICTS],
        error_messages={"required": "Say what you found."},
        widget=forms.HiddenInput,
    )
    minutes = forms.CharField(
        label="Minutes it took",
        error_messages={"required": "Say how many minutes it took."},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 6}),
    )
    role = forms.CharField(label="Whose time", error_messages={"required": "Choose whose time it was."})

    def __init__(self, *args: Any, roles: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].widget = forms.Select(
            attrs={"class": "form-select"}, choices=[(role, role) for role in roles]
        )

    def add_problem(self, problem: Problem) -> None:
        """Say beside each field what the rules say of it."""
        for name, sentences in problem.errors.items():
            field = name if name in ("minutes", "role") else None
            told = [ANSWERED_MEANWHILE if each == CONFLICT else f"{words(name)} {each}." for each in sentences]
            self.add_error(field, told)


class PlanForm(RevisingForm):
    """How many to draw of what. `teams` are the names somebody may plan for; `for_all`: for all teams, too."""

    team = forms.ModelChoiceField(Team.objects.all(), required=False, to_field_name="name", empty_label="All teams")
    task_type = forms.ModelChoiceField(
        TaskType.objects.all(), label="Task type", required=False, to_field_name="name", empty_label="All task types"
    )
    how = forms.ChoiceField(
        label="How many",
        choices=[(NUMBER, "A number a week"), (SHARE, "A share of the successes")],
        widget=forms.RadioSelect,
        initial=NUMBER,
    )
    amount = forms.DecimalField(
        label="Tasks a week, or per cent",
        min_value=Decimal("0.01"),
        max_value=100_000,
        max_digits=10,
        decimal_places=2,
        help_text="A share is of this month's and the last month's successes that nobody looked at.",
    )
    state = forms.ChoiceField(
        label="State",
        choices=[("active", "Draws"), ("stopped", "Is stopped")],
        widget=forms.RadioSelect,
        initial="active",
    )

    def __init__(
        self, *args: Any, teams: Sequence[str], for_all: bool, plan: AuditPlan | None = None, **kwargs: Any
    ) -> None:
        self.plan = plan
        super().__init__(*args, current=_current(plan) if plan else None, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101 - for mypy
        team.queryset = Team.objects.filter(name__in=teams)
        if not for_all:
            team.required, team.empty_label = True, None

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        how, amount = said.get("how"), said.get("amount")
        if how == SHARE and amount is not None and amount > 100:
            self.add_error("amount", "A share is at most 100 per cent.")
        if how == NUMBER and amount is not None and amount != int(amount):
            self.add_error("amount", "A number of tasks is a whole one.")
        return said

    def made(self) -> AuditPlan:
        """Return the plan as it is said now, unsaved."""
        said, plan = self.cleaned_data, self.plan or AuditPlan()
        is_share = said["how"] == SHARE
        plan.team, plan.task_type = said["team"], said["task_type"]
        plan.share = said["amount"] / 100 if is_share else None
        plan.number = None if is_share else int(said["amount"])
        plan.is_active = said["state"] == "active"
        return plan


def _current(plan: AuditPlan) -> dict[str, Any]:
    amount = plan.number if plan.number is not None else f"{(plan.share or 0) * 100:.2f}"
    return {
        "team": plan.team and plan.team.name,
        "task_type": plan.task_type and plan.task_type.name,
        "how": NUMBER if plan.number is not None else SHARE,
        "amount": str(amount),
        "state": "active" if plan.is_active else "stopped",
    }
