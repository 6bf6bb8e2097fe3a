"""What all forms of ours have in common: inputs that look like the rest of the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from django import forms
from django.http import QueryDict

from accounts.domain.revising import meanwhile
from accounts.models import Role, Scope, Team, User
from accounts.queries import ROLES_OF_ALL_TEAMS

F = TypeVar("F", bound=forms.BaseForm)

_CLASSES: dict[type, str] = {
    forms.Select: "form-select",
    forms.SelectMultiple: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.RadioSelect: "",
    forms.CheckboxSelectMultiple: "",
    forms.HiddenInput: "",
}


class PlainForm(forms.Form):
    """A form to be shown with templates/_field.html, field by field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        styled(self)


def styled(form: F) -> F:
    """Give a form that is not of ours the looks of one."""
    form.label_suffix = ""
    for field in form.fields.values():
        classes = _CLASSES.get(type(field.widget), "form-control")
        if classes:
            field.widget.attrs.setdefault("class", classes)
    return form


class PasswordLinkForm(PlainForm):
    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class RevisingForm(PlainForm):
    """A form that changes what is there. It carries what its reader saw: the last to save undoes nobody silently."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, current: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        """`current` is what is there by field, as the form would show it; None where something new is made."""
        self._current = {name: _told(value) for name, value in (current or {}).items()}
        now = json.dumps(self._current) if current is not None else ""
        super().__init__(*args, **{"initial": {**(current or {}), "seen": now}, **kwargs})

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        changes = meanwhile(found.get("seen", ""), self._current)
        if changes:
            sent = cast(QueryDict, self.data).copy()
            sent[self.add_prefix("seen")] = json.dumps(self._current)
            self.data = sent
            said = ", ".join(f"{self._label(name)} was {old}, is {new}" for name, old, new in changes)
            self.add_error(None, f"Somebody else saved this meanwhile: {said}. Save again to have it your way.")
        return found

    def _label(self, name: str) -> str:
        return str(self.fields[name].label or name).lower()


def _told(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(sorted(map(str, value))) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in (None, "") else "none"


class TeamForm(RevisingForm):
    name = forms.CharField(max_length=200)
    cost_centre = forms.CharField(
        label="Cost centre", max_length=100, required=False, help_text="As the ledger has it."
    )

    def __init__(self, *args: Any, team: Team | None = None, **kwargs: Any) -> None:
        self.team = team
        current = {"name": team.name, "cost_centre": team.cost_centre} if team else None
        super().__init__(*args, current=current, **kwargs)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = Team.objects.exclude(pk=self.team.pk) if self.team else Team.objects.all()
        if others.filter(name=name).exists():
            raise forms.ValidationError("There is a team of this name already.")
        return name


class _Access(RevisingForm):
    full_name = forms.CharField(label="Full name", max_length=150, required=False)
    email = forms.EmailField(label="E-mail address", max_length=254, required=False)
    role = forms.ChoiceField(choices=Role.choices, initial=Role.VIEWER, widget=forms.RadioSelect)
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="What team leads and viewers see. Administrators and finance see all teams.",
    )  # fmt: skip
    person: User | None = None

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        others = User.objects.exclude(pk=self.person.pk) if self.person else User.objects.all()
        if email and others.filter(email__iexact=email).exists():
            raise forms.ValidationError("Somebody else has this e-mail address.")
        return email

    @property
    def sees_nothing(self) -> bool:
        given = self.cleaned_data
        return given["role"] not in ROLES_OF_ALL_TEAMS and not given["teams"]


class NewPersonForm(_Access):
    name = forms.CharField(
        label="User name", max_length=150, validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
    field_order = ["name", "full_name", "email", "role", "teams"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("Somebody has this user name already.")
        return name


class PersonForm(_Access):
    is_active = forms.BooleanField(label="May log in", required=False)

    def __init__(self, *args: Any, person: User, role: str, **kwargs: Any) -> None:
        self.person = person
        current = {
            "full_name": person.get_full_name(),
            "email": person.email,
            "role": role,
            "teams": list(person.teams.all()),
            "is_active": person.is_active,
        }
        super().__init__(*args, current=current, **kwargs)


class KeyForm(PlainForm):
    name = forms.CharField(max_length=200, help_text="What it is for: the gateway, the claims service.")
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, empty_label="All teams",
        help_text="A key of one team reaches no other. One of all teams must name a team with each record.",
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.INGEST], label="May"
    )
    expires_on = forms.DateField(
        label="Expires on", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The first day on which it no longer works. Empty: it works until it is revoked.",
    )  # fmt: skip
