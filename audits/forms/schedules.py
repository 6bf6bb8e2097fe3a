"""What goes out by mail, to whom and when."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings

from accounts.forms import PlainForm
from accounts.models import Role, Team, User
from audits.domain.occasions import KINDS, MONTHLY_PACK, WEEKDAYS
from audits.models import Schedule

WORKING_DAYS = 20


class ScheduleForm(PlainForm):
    """A new schedule, or one to change."""

    name = forms.CharField(max_length=100)
    kind = forms.ChoiceField(label="What", choices=list(KINDS.items()), widget=forms.RadioSelect)
    weekday = forms.TypedChoiceField(
        label="Day of the week", choices=list(enumerate(WEEKDAYS)), coerce=int, required=False,
        help_text="Of a weekly digest.",
    )  # fmt: skip
    working_day = forms.IntegerField(
        label="Working day of the month", min_value=1, max_value=WORKING_DAYS, required=False,
        help_text="Of a monthly pack, which is of the month before. From Monday to Friday; holidays are not known.",
    )  # fmt: skip
    at = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    zone = forms.CharField(label="Zone", max_length=64, help_text="A name like Europe/Berlin.")
    team = forms.ModelChoiceField(
        Team.objects.all(), label="About", required=False, empty_label="All teams that whoever gets it may see"
    )
    basis = forms.ChoiceField(
        label="Figures",
        choices=[("restated", "As known then"), ("reported", "As reported, closed months as signed")],
        help_text="Of a monthly pack; a digest is as known then.",
    )
    roles = forms.MultipleChoiceField(
        label="To everybody who is", choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True).order_by("username"), label="And to", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    is_active = forms.BooleanField(label="It goes out", required=False, initial=True)

    def __init__(self, *args: Any, schedule: Schedule, **kwargs: Any) -> None:
        self.schedule = schedule
        super().__init__(*args, initial=_initial(schedule), **kwargs)

    def clean_name(self) -> Any:
        name = self.cleaned_data["name"]
        if Schedule.objects.filter(name=name).exclude(pk=self.schedule.pk).exists():
            raise forms.ValidationError("There is a schedule of this name.")
        return name

    def clean_zone(self) -> Any:
        zone = self.cleaned_data["zone"]
        if zone not in available_timezones():
            raise forms.ValidationError("This is no time zone. Give a name like Europe/Berlin or UTC.")
        return zone

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        wanted = "working_day" if said.get("kind") == MONTHLY_PACK else "weekday"
        if "kind" in said and wanted in said and said[wanted] in (None, ""):
            self.add_error(wanted, "Say on which day.")
        if "roles" in said and "people" in said and not said["roles"] and not said["people"]:
            self.add_error("roles", "Choose a role or a person.")
        return said

    def schedule_as_said(self) -> tuple[Schedule, list[User]]:
        """Return the schedule with what was said, not saved yet, and the people it names."""
        said, schedule = self.cleaned_data, self.schedule
        for name in ("name", "kind", "at", "zone", "team", "basis", "roles", "is_active"):
            setattr(schedule, name, said[name])
        schedule.day = said["working_day"] if said["kind"] == MONTHLY_PACK else said["weekday"]
        return schedule, list(said["people"])


def _initial(schedule: Schedule) -> dict[str, Any]:
    if schedule._state.adding:
        return {
            "kind": MONTHLY_PACK, "working_day": 3, "weekday": 0, "at": "07:00", "zone": settings.REPORTING_TIME_ZONE,
            "basis": "restated", "roles": [Role.FINANCE], "is_active": True,
        }  # fmt: skip
    return {
        "name": schedule.name, "kind": schedule.kind, "at": schedule.at, "zone": schedule.zone, "team": schedule.team,
        "working_day": schedule.day if schedule.kind == MONTHLY_PACK else 3,
        "weekday": schedule.day if schedule.kind != MONTHLY_PACK else 0,
        "basis": schedule.basis, "roles": schedule.roles, "people": schedule.people.all(),
        "is_active": schedule.is_active,
    }  # fmt: skip
