"""What all forms of ours have in common: inputs that look like the rest of the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any, TypeVar, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts import actions, queries, second_factor
from accounts.domain.revising import meanwhile
from accounts.models import Attempt, Role, Scope, Team, User
from accounts.queries import ROLES_OF_ALL_TEAMS, TOO_MANY

F = TypeVar("F", bound=forms.BaseForm)

_CLASSES: dict[type, str] = {
    forms.Select: "form-select",
    forms.SelectMultiple: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.RadioSelect: "",
    forms.CheckboxSelectMultiple: "",
    forms.HiddenInput: "",
}


def _input(autocomplete: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": autocomplete})


def _password(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete})


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


class LoginForm(AuthenticationForm):
    """Django's own, in our words."""

    error_messages = {**AuthenticationForm.error_messages, "invalid_login": "This name and password do not fit."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name or e-mail"
        styled(self)


class CodeForm(PlainForm):
    code = forms.CharField(
        label="Code",
        max_length=20,
        help_text="Six digits from your app, or one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


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
            raise ValidationError("There is a team of this name already.")
        return name


class _Access(RevisingForm):
    first_name = forms.CharField(label="First name", max_length=150, required=False)
    last_name = forms.CharField(label="Last name", max_length=150, required=False)
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
            raise ValidationError("Somebody else has this e-mail address.")
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
    field_order = ["name", "first_name", "last_name", "email", "role", "teams"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError("Somebody has this user name already.")
        return name


class PersonForm(_Access):
    is_active = forms.BooleanField(label="May log in", required=False)

    def __init__(self, *args: Any, person: User, role: str, **kwargs: Any) -> None:
        self.person = person
        current = {
            "first_name": person.first_name,
            "last_name": person.last_name,
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


class NameForm(PlainForm):
    first_name = forms.CharField(max_length=150, required=False, widget=_input("given-name"))
    last_name = forms.CharField(max_length=150, required=False, widget=_input("family-name"))


class ProofForm(PlainForm):
    """Asks for the password, or for a code of those who have none here; wrong ones count as they do at log-in."""

    proof = forms.CharField(label="Your password", widget=_password("current-password"))

    def __init__(self, *args: Any, person: User, address: str, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.address, self.at = person, address, at
        if not person.has_usable_password():
            if second_factor.is_set_up(person):
                self.fields["proof"] = deepcopy(CodeForm.declared_fields["code"])
            else:
                del self.fields["proof"]
        styled(self)

    def clean_proof(self) -> str:
        given: str = self.cleaned_data["proof"]
        by_password = self.person.has_usable_password()
        kind = Attempt.Kind.PASSWORD if by_password else Attempt.Kind.CODE
        who = {"name": self.person.username, "address": self.address if by_password else ""}
        if queries.is_blocked(kind, **who, at=self.at):
            raise ValidationError(TOO_MANY, code="too_many")
        if by_password and self.person.check_password(given):
            return given
        if not by_password and second_factor.accepts(person=self.person, code=given, at=self.at):
            return given
        actions.note_attempt(kind, **who, at=self.at)
        raise ValidationError("This is not your password." if by_password else "This code is wrong.")


class SetUpForm(ProofForm):
    field_order = ("code", "proof")
    code = forms.CharField(
        label="Code that the app shows now",
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class EmailForm(ProofForm):
    field_order = ("email", "proof")
    email = forms.EmailField(
        label="New e-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if queries.has_email(email):
            raise ValidationError("This address belongs to an account already.")
        return email


class PasswordForm(ProofForm):
    """What the new one must be, Django's SetPasswordForm says."""

    new_password1 = forms.CharField(label="New password", strip=False, widget=_password("new-password"))
    new_password2 = forms.CharField(label="New password again", strip=False, widget=_password("new-password"))
