"""What finance says of a provider's bills: a decision on a month, and how far bills may differ."""

from __future__ import annotations

from decimal import Decimal

from django import forms

from accounts.forms import PlainForm
from spend.domain.money import to_dollars, to_nanos
from spend.domain.reconciling.months import REASON_LENGTH, Choice, Tolerance

# Choice -> what it is called, and what it means.
CHOICES: dict[Choice, tuple[str, str]] = {
    "accept": ("Accept", "Reports stay as computed; the difference is stated here."),
    "allocate": (
        "Allocate",
        "The difference is spread over teams and tiers by what their calls of this provider cost; no call changes.",
    ),
    "leave": ("Leave it shown", "The difference stands in reports as an unattributed row: billed, not logged."),
}
_PERCENT = Decimal(100)


class DecisionForm(PlainForm):
    choice = forms.ChoiceField(
        label="What becomes of the difference",
        choices=[(choice, label) for choice, (label, _) in CHOICES.items()],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Reason", max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Kept with your name. A later decision is added; this one stays on record.",
    )  # fmt: skip


class ToleranceForm(PlainForm):
    absolute = forms.DecimalField(label="Amount, USD", min_value=0, max_digits=11, decimal_places=2)
    share = forms.DecimalField(label="Share of the bill, %", min_value=0, max_value=100, max_digits=7, decimal_places=4)
    rounding = forms.DecimalField(
        label="The provider rounds to, USD", min_value=0, max_digits=12, decimal_places=9,
        help_text="Per model, kind of token and day.",
    )  # fmt: skip

    @classmethod
    def showing(cls, tolerance: Tolerance) -> ToleranceForm:
        return cls(
            initial={
                "absolute": _plain(to_dollars(tolerance.absolute)),
                "share": _plain(tolerance.share * _PERCENT),
                "rounding": _plain(to_dollars(tolerance.rounding)),
            }
        )

    def tolerance(self) -> Tolerance:
        said = self.cleaned_data
        return Tolerance(to_nanos(said["absolute"]), said["share"] / _PERCENT, to_nanos(said["rounding"]))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
