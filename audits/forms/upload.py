"""An export of people's work as a file: of which tool, whose time and which team where it does not say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.forms import PlainForm
from audits.forms.paste import MOST_BYTES
from spend.ingest.pasted import LONGEST, decoded
from spend.ingest.people.profile import PROFILE_KINDS

_TITLES = {"github": "GitHub reviews", "jira": "Jira worklogs", "zendesk": "Zendesk time", "csv": "Another CSV"}


class Upload(PlainForm):
    """`roles` have a labour rate; `teams` may be written for. `text` carries a file that was seen already."""

    profile = forms.ChoiceField(
        label="What it is", choices=[(kind, _TITLES[kind]) for kind in PROFILE_KINDS], widget=forms.RadioSelect
    )
    file = forms.FileField(
        label="The export",
        help_text="A CSV file with its headings; parted by comma, semicolon or tab.",
        error_messages={"required": "Choose a file."},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    text = forms.CharField(required=False, strip=False, max_length=LONGEST, widget=forms.HiddenInput)
    role = forms.CharField(label="Whose time, where the mapping does not say", required=False)
    team = forms.CharField(label="Team, where it does not say", required=False)

    def __init__(self, *args: Any, roles: Sequence[str], teams: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, nothing, options in (("role", "as the mapping says", roles), ("team", "of the task", teams)):
            choices = [("", nothing), *((option, option) for option in options)]
            self.fields[name].widget = forms.Select(attrs={"class": "form-select"}, choices=choices)
        self.fields["file"].required = not self.data.get("text")
        self._teams = teams

    def clean_team(self) -> str:
        team = str(self.cleaned_data["team"])
        if team and team not in self._teams:
            raise forms.ValidationError("There is no such team.")
        return team

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(
                f"The file has {file.size:,} bytes; at most {MOST_BYTES:,} are taken here. The command"
                " import_corrections --profile takes files of any size."
            )
        return file

    def export(self) -> str:
        """Return the text of the file, else of the one that was seen before."""
        file = self.cleaned_data.get("file")
        return decoded(file.read())[:LONGEST] if file else str(self.cleaned_data["text"])
