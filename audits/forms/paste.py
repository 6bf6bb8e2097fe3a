"""A table of rework from a spreadsheet: pasted or as a file, and what stands in for empty cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from django import forms

from accounts.forms import PlainForm
from spend.ingest.human_cells import DAY_FIRST, MONTH_FIRST
from spend.ingest.pasted import LONGEST, decoded
from spend.ingest.records import Activity

MOST_BYTES = 2 * LONGEST  # UTF-16 takes two for each character
_ORDERS = [("", "Doubtful: mark it"), (DAY_FIRST, "Day first: 5 October"), (MONTH_FIRST, "Month first: 10 May")]


class Paste(PlainForm):
    """`roles` have a labour rate; `teams` may be written for."""

    text = forms.CharField(
        label="Rows of a spreadsheet",
        required=False,
        strip=False,
        max_length=LONGEST,
        help_text="Copy them there and paste them here, with or without the row of headings.",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "wrap": "off"}),
    )
    file = forms.FileField(
        label="Or a CSV file",
        required=False,
        help_text="Parted by comma, semicolon or tab; in UTF-8, UTF-16 or Windows-1252.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    order = forms.CharField(label="05/10/2026 is", required=False, widget=forms.Select(choices=_ORDERS))
    activity = forms.CharField(label="Activity", required=False)
    role = forms.CharField(label="Whose time", required=False)
    team = forms.CharField(label="Team", required=False)

    def __init__(self, *args: Any, roles: Sequence[str], teams: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in {"activity": get_args(Activity), "role": roles, "team": teams}.items():
            choices = [("", "as each row says"), *((option, option) for option in options)]
            self.fields[name].widget = forms.Select(attrs={"class": "form-select"}, choices=choices)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(f"The file has {file.size:,} bytes; at most {MOST_BYTES:,} are taken.")
        return file

    def table(self) -> str:
        """Return the text of the file, else what was pasted."""
        file = self.cleaned_data.get("file")
        return decoded(file.read()) if file else str(self.cleaned_data.get("text") or "")

    def defaults(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("activity", "role", "team")}
