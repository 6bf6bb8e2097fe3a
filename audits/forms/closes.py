"""What somebody types to close a month, and to open it again."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms import PlainForm
from spend.domain.periods import Month

MOST = 2_000  # characters of a reason


class SignForm(PlainForm):
    """The month in full, so that nobody signs by a slip; a reason where something was to be looked at."""

    confirm = forms.CharField(label="Month", widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 7}))
    reason = forms.CharField(
        label="Why it can be signed all the same", max_length=MOST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the close, for whoever asks later.",
    )  # fmt: skip

    def __init__(self, *args: Any, month: Month, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.month = month
        self.fields["confirm"].help_text = f"Type {month} to sign."
        if not needs_reason:
            del self.fields["reason"]

    def clean_confirm(self) -> str:
        given = str(self.cleaned_data["confirm"]).strip()
        if given != str(self.month):
            raise forms.ValidationError(f"Type {self.month}, the month that is closed.")
        return given


class ReopenForm(PlainForm):
    reason = forms.CharField(
        label="Why", max_length=MOST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept on the trail, with your name.",
    )  # fmt: skip
