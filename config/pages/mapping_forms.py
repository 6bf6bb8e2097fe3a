"""The form of a mapping, made from its fields; the mapping's own types say what is wrong with it."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from django import forms

from accounts.forms import PlainForm
from config.pages.mapping_words import GROUPS_OF_CALLS, GROUPS_OF_PEOPLE, ORDERS, REST, label_of, word_of
from spend.ingest.people.pattern import BadPattern, compiled
from spend.ingest.people.profile import Profile
from spend.ingest.rule_text import LONGEST, BadLine, choices_of, fields_of, meanings_of, read, shape_of, told
from spend.queries.mappings import Rules

SAMPLE_BYTES = 1_000_000
_PLACE = re.compile(r"(.*?)(?: - at .*?`\$\.(\w+).*)?", re.DOTALL)
_NOT_MINUTES = "Must be a number of minutes such as 12."
_MINUTES = re.compile(r"[0-9]{1,5}(\.[0-9]{1,4})?")


class RulesForm(PlainForm):
    """Shows `rules` and reads them back as `wanted`; a sample may come along."""

    sample = forms.CharField(
        label="A sample", required=False, strip=False, max_length=SAMPLE_BYTES,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "wrap": "off"}),
    )  # fmt: skip
    sample_file = forms.FileField(label="Or a file", required=False, widget=forms.FileInput())
    wanted: Rules

    def __init__(self, *args: Any, rules: Rules, kind: str, hint: str, **kwargs: Any) -> None:
        self.kind = kind
        self._type = type(rules)
        self._rules = [
            field for field in fields_of(self._type) if kind == "github" or not _only_github(self._type, field)
        ]
        super().__init__(*args, initial=self._shown(rules), **kwargs)
        self.fields["sample"].help_text = hint
        for field in self._rules:
            self.fields[field.name] = self._input(field)

    def groups(self) -> list[tuple[str, list[tuple[forms.BoundField, bool]]]]:
        """Return the fields of the mapping by what they are about, each with whether its lines are long."""
        grouped = GROUPS_OF_PEOPLE if self._type is Profile else GROUPS_OF_CALLS
        named = {name for _, names in grouped for name in names}
        rest = tuple(field.name for field in self._rules if field.name not in named)
        there = {field.name: shape_of(field) == "rules" for field in self._rules}
        shown = [
            (title, [(self[name], there[name]) for name in names if name in there])
            for title, names in (*grouped, (REST, rest))
        ]
        return [group for group in shown if group[1]]

    def of_sample(self) -> list[forms.BoundField]:
        return [self["sample"], self["sample_file"]]

    def _shown(self, rules: Rules) -> dict[str, Any]:
        built = msgspec.to_builtins(rules)
        return {
            field.name: built[field.name] if shape_of(field) == "flag" else told(built[field.name])
            for field in self._rules
        }

    def _input(self, field: Any) -> forms.Field:
        label, hint = label_of(field.name, is_profile=self._type is Profile)
        shape = shape_of(field)
        if shape == "choice":
            words = [
                (one, ORDERS.get(one, one) if field.name == "day_order" else word_of(one))
                for one in choices_of(field.type)
            ]
            return forms.ChoiceField(
                label=label, required=False, help_text=hint, choices=words,
                widget=forms.Select(attrs={"class": "form-select"}),
            )  # fmt: skip
        if shape == "flag":
            return forms.BooleanField(label=label, required=False, help_text=hint)
        if shape == "text":
            attrs = {"class": "form-control", "autocomplete": "off", "spellcheck": "false"}
            widget: forms.Widget = forms.TextInput(attrs=attrs)
            return forms.CharField(label=label, required=False, help_text=hint, max_length=LONGEST, widget=widget)
        if meanings := meanings_of(field):
            hint = f"{hint} One of: {', '.join(meanings)}."
        rows = min(8, max(2, len(str(self.initial.get(field.name, "")).splitlines())))
        attrs = {"class": "form-control", "rows": str(rows), "spellcheck": "false", "wrap": "off"}
        return forms.CharField(
            label=label, required=False, help_text=hint, max_length=LONGEST, widget=forms.Textarea(attrs=attrs)
        )

    def clean_sample_file(self) -> Any:
        file = self.cleaned_data["sample_file"]
        if file and file.size > SAMPLE_BYTES:
            raise forms.ValidationError(f"The sample has {file.size:,} bytes; at most {SAMPLE_BYTES:,} are taken.")
        return file

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        raw: dict[str, Any] = {}
        for field in self._rules:
            value = given.get(field.name)
            try:
                raw[field.name] = read(value or "", field) if shape_of(field) not in ("flag", "choice") else value
            except BadLine as problem:
                self.add_error(field.name, str(problem))
        self._check(raw)
        if not self.errors:
            self._make(raw)
        return given

    def _check(self, raw: dict[str, Any]) -> None:
        """What the types cannot say."""
        if pattern := raw.get("task_pattern"):
            try:
                compiled(pattern)
            except BadPattern as problem:
                self.add_error("task_pattern", f"It {problem}.")
        if (minutes := raw.get("minutes_otherwise")) and not _MINUTES.fullmatch(minutes):
            self.add_error("minutes_otherwise", _NOT_MINUTES)

    def _make(self, raw: dict[str, Any]) -> None:
        try:
            self.wanted = msgspec.convert(raw, self._type)
        except msgspec.ValidationError as problem:
            found = _PLACE.fullmatch(str(problem))
            name = found[2] if found and found[2] in self.fields else None
            self.add_error(name, f"{found[1] if found else problem}.")

    def sample_bytes(self) -> bytes:
        """Return the file, else what was pasted."""
        file = self.cleaned_data.get("sample_file")
        return bytes(file.read()) if file else str(self.cleaned_data.get("sample") or "").encode(errors="replace")


def _only_github(kind: type[Rules], field: Any) -> bool:
    return kind is Profile and field.name == "outcomes"
