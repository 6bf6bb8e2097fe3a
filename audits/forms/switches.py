"""What people say of a switch: between what, since when, what it took, or that it is none. Pages and API fill it in."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms import RevisingForm
from accounts.models import Team
from audits.forms.budgets import MonthField
from audits.models import Switch
from spend.domain.money import to_dollars, to_nanos
from spend.models import Llm, TaskType, Tier

COUNTS, DISMISSED = "counts", "dismissed"


class SwitchForm(RevisingForm):
    """`teams`: names of those whose switches somebody may speak of."""

    team = forms.ModelChoiceField(Team.objects.none(), to_field_name="name", empty_label=None)
    task_type = forms.ModelChoiceField(
        TaskType.objects.all(), label="Task type", required=False, to_field_name="name", empty_label="unattributed"
    )
    month = MonthField(label="Since month")
    before = forms.CharField(label="From tier or model", max_length=400)
    after = forms.CharField(label="To tier or model", max_length=400)
    cost = forms.DecimalField(
        label="What switching cost, USD", min_value=Decimal(0), max_digits=16, decimal_places=2, initial=Decimal(0),
        help_text="Migration, prompts, tests. It says after how many months it is paid back.",
    )  # fmt: skip
    note = forms.CharField(max_length=500, required=False)
    state = forms.ChoiceField(
        label="Is it one?", choices=[(COUNTS, "It is a switch"), (DISMISSED, "It is none")], initial=COUNTS,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, teams: Sequence[str], switch: Switch | None = None, **kwargs: Any) -> None:
        self.switch = switch
        super().__init__(*args, current=_current(switch) if switch else None, **kwargs)
        for name in ("before", "after"):
            self.fields[name].widget.attrs["list"] = "known"
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101 - for mypy
        team.queryset = Team.objects.filter(name__in=teams)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        before, after = (_named(said.get(name)) for name in ("before", "after"))
        for name, found in (("before", before), ("after", after)):
            if said.get(name) and found is None:
                self.add_error(name, "There is no tier or model of this name.")
        if before and after and type(before) is not type(after):
            self.add_error("after", "A switch is between two tiers, or between two models.")
        if before and before == after:
            self.add_error("after", "Is the same as before.")
        return said | {"before": before, "after": after}

    def made(self) -> Switch:
        """Return the switch as it is said now, unsaved."""
        said, switch = self.cleaned_data, self.switch or Switch()
        switch.team, switch.task_type, switch.month = said["team"], said["task_type"], said["month"].first_day
        is_tier = isinstance(said["after"], Tier)
        switch.tier_before, switch.tier_after = (said["before"], said["after"]) if is_tier else (None, None)
        switch.llm_before, switch.llm_after = (None, None) if is_tier else (said["before"], said["after"])
        switch.cost, switch.note = to_nanos(said["cost"]), said["note"]
        switch.dismissed = said["state"] == DISMISSED
        return switch


def _named(name: str | None) -> Tier | Llm | None:
    """Find a tier, else a model called `provider/name`."""
    if not name:
        return None
    provider, _, rest = name.partition("/")
    return Tier.objects.filter(name=name).first() or Llm.objects.filter(provider=provider, name=rest).first()


def _current(switch: Switch) -> dict[str, Any]:
    return {
        "team": switch.team.name,
        "task_type": switch.task_type.name if switch.task_type else "",
        "month": f"{switch.month:%Y-%m}",
        "before": switch.before,
        "after": switch.after,
        "cost": f"{to_dollars(int(switch.cost)):.2f}",
        "note": switch.note,
        "state": DISMISSED if switch.dismissed else COUNTS,
    }
