"""What somebody types to close a month, and to open it again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django import forms

from accounts.forms import PlainForm
from spend.domain.money import to_nanos
from spend.domain.periods import Month

_WAIVE = "waive_"
NOTHING: Mapping[str, str] = {}
MOST = 2_000  # characters of a reason


class DraftForm(PlainForm):
    """A reason for each thing that blocks: `waive` are their titles by rule of the checklist."""

    def __init__(self, *args: Any, waive: Mapping[str, str] = NOTHING, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for rule, title in waive.items():
            self.fields[f"{_WAIVE}{rule}"] = forms.CharField(
                label=f"Why it can be closed all the same: {title.lower()}", max_length=MOST,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text="Kept with the close, for whoever asks later.",
            )  # fmt: skip

    @property
    def can_waive(self) -> bool:
        return any(name.startswith(_WAIVE) for name in self.fields)

    @property
    def waivers(self) -> dict[str, str]:
        """The reasons by rule of the checklist, once it is valid."""
        return {name.removeprefix(_WAIVE): text for name, text in self.cleaned_data.items() if name.startswith(_WAIVE)}


class SignForm(DraftForm):
    """The month in full, so that nobody signs by a slip; a reason where something was to be looked at."""

    confirm = forms.CharField(label="Month", widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 7}))
    reason = forms.CharField(
        label="Why it can be signed all the same", max_length=MOST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the close, for whoever asks later.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, month: Month, needs_reason: bool, waive: Mapping[str, str] = NOTHING, **kwargs: Any
    ) -> None:
        super().__init__(*args, waive=waive, **kwargs)
        self.month = month
        self.fields["confirm"].help_text = f"Type {month} to sign."
        if not needs_reason:
            del self.fields["reason"]

    def clean_confirm(self) -> str:
        given = str(self.cleaned_data["confirm"]).strip()
        if given != str(self.month):
            raise forms.ValidationError(f"Type {self.month}, the month that is closed.")
        return given


class AccrualForm(PlainForm):
    """What is accrued of the rework still to come: the proposal, another amount with a reason, or nothing."""

    PROPOSED, OTHER, NONE = "proposed", "other", "none"

    choice = forms.ChoiceField(label="Accrue", widget=forms.RadioSelect)
    amount = forms.DecimalField(
        label="Amount in USD", min_value=Decimal("0.01"), max_value=Decimal(1_000_000_000), decimal_places=2,
        required=False, help_text="For another amount.",
    )  # fmt: skip
    why = forms.CharField(
        label="Why this amount", max_length=MOST, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For another amount. Kept with the close.",
    )  # fmt: skip

    def __init__(self, *args: Any, proposed: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(self.PROPOSED, f"{proposed}, as proposed")] if proposed else []
        choice = cast(forms.ChoiceField, self.fields["choice"])
        choice.choices = [*offered, (self.OTHER, "Another amount"), (self.NONE, "Nothing")]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("choice") == self.OTHER:
            for name, problem in (("amount", "Name the amount."), ("why", "Say why it is this amount.")):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, problem)
        return said

    @property
    def nanos(self) -> int | None:
        """The amount, None for what is proposed, once it is valid."""
        choice = self.cleaned_data["choice"]
        return None if choice == self.PROPOSED else to_nanos(self.cleaned_data["amount"]) if choice == self.OTHER else 0


class ReopenForm(PlainForm):
    reason = forms.CharField(
        label="Why", max_length=MOST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept on the trail, with your name.",
    )  # fmt: skip
