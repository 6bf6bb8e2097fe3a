"""What the holder of a signed link may say: of one task, without a login."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from audits.forms.log import Work


class LinkWork(Work):
    """The work, and a name if one likes. Whose time is asked only where nothing says it (`roles`)."""

    signer = forms.CharField(
        label="Your name", required=False, max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    def __init__(self, *args: Any, roles: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if roles:
            options = [("", ""), *((role, role) for role in roles)]
            self.fields["role"] = forms.CharField(
                label="Whose time", widget=forms.Select(attrs={"class": "form-select"}, choices=options)
            )

    @property
    def record_id(self) -> str:
        return f"link-{self.cleaned_data['client_id']}"

    @property
    def signed_by(self) -> str:
        return str(self.cleaned_data.get("signer", ""))
