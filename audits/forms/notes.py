"""What finance says of a month."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import PlainForm
from accounts.models import Team
from spend.domain.periods import Month

MOST = 4_000  # characters: a note, not a paper
WHOLE = "The whole installation: seen by those who see all teams"


class Text(PlainForm):
    """A further version of a note."""

    text = forms.CharField(
        label="Note", max_length=MOST, strip=True, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What a reader of the figures should know. It is kept for ever; changes are further versions.",
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class NewNote(PlainForm):
    """A note on a month, of one team or of the whole installation."""

    month = forms.CharField(label="Month", max_length=7, widget=forms.TextInput(attrs={"type": "month"}))
    team = forms.ModelChoiceField(Team.objects.all(), label="About", required=False, empty_label=WHOLE)
    text = Text.base_fields["text"]

    def clean_month(self) -> Any:
        try:
            return Month.parse(self.cleaned_data["month"])
        except ValueError as problem:
            raise forms.ValidationError("Give a month like 2026-10.") from problem
