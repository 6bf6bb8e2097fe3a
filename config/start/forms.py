from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.forms import PlainForm
from accounts.models import Team, User

SCALES = [("1.0", "A whole year: 85,000 calls, half a minute"), ("0.1", "A tenth of it: a few seconds")]


class TeamForm(PlainForm):
    name = forms.CharField(label="Name of the team", max_length=200, help_text="A cost centre, such as Claims.")
    cost_centre = forms.CharField(label="Cost centre", max_length=100, required=False)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Team.objects.filter(name=name).exists():
            raise forms.ValidationError("There is a team of this name.")
        return name


class KeyForm(PlainForm):
    """A key that posts facts of one team and reads them back."""

    team = forms.ModelChoiceField(Team.objects.all(), label="Whose calls it posts", empty_label=None)


class SampleForm(PlainForm):
    scale = forms.ChoiceField(label="How much", choices=SCALES, initial=SCALES[0][0], widget=forms.RadioSelect)


class AdministratorForm(PlainForm):
    """The first person of an installation."""

    name = forms.CharField(
        label="User name", max_length=150, validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    password = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label="Password again", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "password" in found:
            if found["password"] != found.get("again"):
                self.add_error("again", "The two passwords differ.")
            self._check(found["password"], User(username=found.get("name", "")))
        return found

    def _check(self, password: str, user: User) -> None:
        try:
            validate_password(password, user)
        except forms.ValidationError as problem:
            self.add_error("password", problem)
