from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from accounts.forms import PlainForm


class Numbers(PlainForm):
    """What a reader may change in the insurer's example."""

    claims = forms.IntegerField(label="Claims a month", min_value=1, max_value=10_000_000)
    wrong = forms.IntegerField(label="Wrongly paid a month", min_value=0, max_value=10_000_000)
    loss = forms.DecimalField(
        label="Loss of each, in dollars", min_value=Decimal(0), max_value=Decimal(10**9), decimal_places=2
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "claims" in found and "wrong" in found and found["wrong"] > found["claims"]:
            self.add_error("wrong", "No more claims can be paid wrongly than there are.")
        return found
