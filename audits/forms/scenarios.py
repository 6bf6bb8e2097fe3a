"""What somebody calls a scenario that they save."""

from __future__ import annotations

from django import forms

from accounts.forms import PlainForm


class ScenarioForm(PlainForm):
    name = forms.CharField(max_length=100)
    note = forms.CharField(max_length=500, required=False, help_text="What it is for, from when on it is to be.")
