"""What a person says of an incident. The form asks; the rules of the record (`spend.ingest`) judge."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args
from uuid import uuid4

from django import forms

from accounts.forms import PlainForm
from spend.ingest.pasted_links import read_links
from spend.ingest.reading import read_item
from spend.ingest.receipt import CONFLICT
from spend.ingest.records import IncidentStatus, Item, Problem, Severity

TASKS, CALLS, SCOPE, NOTHING = "tasks", "calls", "scope", "nothing"
SUBJECTS = [(TASKS, "Tasks"), (CALLS, "Calls"), (SCOPE, "A tier or model"), (NOTHING, "Nothing more is known")]
SHOWN = 5  # sentences of one field; ten thousand links may each have one

SAVED_BEFORE = "It was saved before, or changed meanwhile, with other content. Open it from the list and change that."
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_LABELS = {"loss_usd": "loss", "recovered_usd": "recovered", "tasks": "tasks", "calls": "calls", "id": "it"}
_FLAGS = {"yes": True, "no": False}
_FIELD_OF = {"tasks": "names", "calls": "names"}


def _buttons(label: str, options: Sequence[tuple[str, str]], *, asks: str) -> forms.CharField:
    """A choice as buttons that reads any text: whether it is one of them, the rules say. `asks`: why it is required."""
    return forms.CharField(
        label=label, error_messages={"required": asks}, widget=forms.RadioSelect(choices=list(options))
    )


def _words(literal: Any) -> list[tuple[str, str]]:
    return [(value, value.capitalize()) for value in get_args(literal)]


def _typed(label: str, *, kind: str = "text", help_text: str = "", required: bool = False, **attrs: Any) -> Any:
    widget = forms.TextInput(attrs={"type": kind, "autocomplete": "off", **attrs})
    return forms.CharField(label=label, required=required, help_text=help_text, widget=widget)


def dollars(text: str) -> str:
    """Return an amount of US dollars as the rules read it: without the sign, and without commas between thousands."""
    plain = text.removeprefix("$").strip()
    return plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain


class IncidentForm(PlainForm):
    """All that a person can say. `teams` are the names they may write for; none to choose from when it is changed."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=1, max_value=10**9, widget=forms.HiddenInput)
    title = _typed("What happened?", required=True, maxlength=200)
    severity = _buttons("Severity", _words(Severity), asks="Choose how severe it is.")
    status = _buttons("Status", _words(IncidentStatus), asks="Choose where it stands.")
    occurred_on = _typed("Occurred on", kind="date", required=True)
    discovered_on = _typed("Discovered on", kind="date")
    loss_usd = _typed("Loss, USD", required=True, inputmode="decimal", help_text="Credits, refunds, wrong payouts.")
    recovered_usd = _typed("Recovered, USD", inputmode="decimal", help_text="What came back of it.")
    response_minutes = _typed("Response, minutes", inputmode="decimal", help_text="People's time on it.")
    role = forms.CharField(label="Whose time", required=False)
    invalidates_output = _buttons(
        "Does it make failures of the tasks it names?", [("yes", "Yes"), ("no", "No")], asks="Choose one."
    )
    about = _buttons("What caused it?", SUBJECTS, asks="Choose one.")
    team = forms.CharField(label="Team", required=False)
    names = forms.CharField(
        label="Their ids, one a line",
        required=False,
        strip=False,
        help_text="Up to 10,000, pasted from anywhere; a weight may follow after a tab, a semicolon or a comma. "
        "Without weights they share it evenly.",
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "none"}),
    )
    tier = forms.CharField(label="Tier", required=False)
    model = forms.CharField(label="Model", required=False)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    reason = forms.CharField(label="Why do you change it?", required=False)

    def __init__(self, *args: Any, choices: Mapping[str, Sequence[str]], sees_all: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = list(choices["team"])
        none = {"team": "No one team" if sees_all else "", "role": "", "tier": "No tier", "model": "No model"}
        for name, options in choices.items():
            only = name == "team" and len(options) == 1 and not sees_all
            listed = [(option, option) for option in options]
            self.fields[name].widget = forms.Select(
                attrs={"class": "form-select"}, choices=listed if only else [("", none[name]), *listed]
            )

    def raw(self) -> dict[str, Any]:
        """Return the record as the API would be sent it; what was left empty is absent."""
        said = {name: value for name, value in self.cleaned_data.items() if isinstance(value, str) and value.strip()}
        kept = (
            "title", "severity", "status", "occurred_on", "discovered_on", "response_minutes", "role", "note", "reason",
        )  # fmt: skip
        return {
            "id": f"incident-{self.cleaned_data['client_id']}",
            **{name: said[name] for name in kept if name in said},
            **{name: dollars(said[name]) for name in ("loss_usd", "recovered_usd") if name in said},
            "invalidates_output": _FLAGS.get(said["invalidates_output"], said["invalidates_output"]),
            **self._subject(said),
            **({"team": said["team"]} if "team" in said else {}),
        }

    def _subject(self, said: Mapping[str, str]) -> dict[str, Any]:
        about = said["about"]
        if about in (TASKS, CALLS):
            return {about: [link.as_sent(about.removesuffix("s")) for link in read_links(said.get("names", ""))]}
        return {name: said[name] for name in ("tier", "model") if about == SCOPE and name in said}

    def item(self, at: datetime, **more: Any) -> Item | None:
        """Return the record read by the rules; None where something is wrong with it, which the fields then say."""
        if not self.is_valid():
            return None
        read = read_item({**self.raw(), **more}, kind="incident", index=0, at=at)
        if isinstance(read, Problem):
            self.add_problem(read)
            return None
        self._check_subject(read)
        return None if self.errors else read

    def _check_subject(self, item: Item) -> None:
        """Nothing where something was chosen would be silently attributed to nobody."""
        record: Any = item.record
        about = self.cleaned_data["about"]
        if about in (TASKS, CALLS) and not getattr(record, about):
            self.add_error("names", "Name at least one, or choose that nothing more is known.")
        if about == SCOPE and not (record.tier or record.model):
            self.add_error("tier", "Choose a tier or a model.")

    def add_problem(self, problem: Problem) -> None:
        """Say beside each field what the rules say of it."""
        for name, sentences in problem.errors.items():
            field = _FIELD_OF.get(name, name)
            shown = [_sentence(name, sentence) for sentence in sentences[:SHOWN]]
            if len(sentences) > SHOWN:
                shown.append(f"And {len(sentences) - SHOWN:,} more.")
            self.add_error(field if field in self.fields else None, shown)


def _sentence(name: str, sentence: str) -> str:
    if name == "id" and sentence == CONFLICT:
        return SAVED_BEFORE
    return f"{_LABELS.get(name, name.replace('_', ' ')).capitalize()} {sentence}."


class Decision(PlainForm):
    """Why an incident is confirmed, dismissed, reopened or withdrawn; `version` is the one that was looked at."""

    version = forms.IntegerField(min_value=1, max_value=10**9, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why?", max_length=4_000, widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})
    )

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason
        self.fields["reason"].error_messages["required"] = "Say why: it stays with the incident."


def new_id() -> str:
    """Return the hidden id of a form that was not sent yet: what is sent twice is one incident."""
    return str(uuid4())
