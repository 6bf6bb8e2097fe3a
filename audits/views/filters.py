"""The form above a list: what it can be narrowed down by, filled in as it is; and what is in force, to be dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audits.queries import lists
from audits.queries.asking import LENSES
from audits.queries.choices import Choices
from audits.queries.lists.asking import BY_INTEGRATION, BY_LINK
from audits.queries.reports import UNATTRIBUTED
from audits.queries.sums import FILTERS
from audits.views.links import Words, link

LABELS = {
    "q": "Name begins with", "from": "From", "to": "To", "team": "Team", "tier": "Tier", "model": "Model",
    "task_type": "Task type", "route": "Route", "task": "Task", "state": "State", "decided_by": "Decided by",
    "first_pass": "First pass", "judged": "Judged", "tried": "Tries", "tries_of": "Tries of", "purpose": "Purpose",
    "status": "Status", "priced": "Priced", "wasted": "Wasted", "other_months": "Task of another month",
    "counted": "In reports", "category": "Category", "source": "Source", "nature": "Nature", "rule": "Rule",
    "traced": "Traced to a task", "reversals": "Reversals", "activity": "Activity", "verdict": "Verdict",
    "cause": "Cause", "who": "Logged by", "provenance": "Minutes are", "lens": "Lens", "basis": "Basis",
    "late": "After the close", "named": "Names its task", "since": "Since",
     "severity": "Severity", "linked": "Found what it names",
}  # fmt: skip
# What stands beside the period and the team; the rest is folded.
_FIRST = {
    "calls": ("tier", "status", "priced"),
    "tasks": ("tier", "state", "decided_by"),
    "corrections": ("verdict", "cause", "activity"),
    "entries": ("category", "source", "rule"),
    "incidents": ("status", "severity", "tier"),
}
_KEPT = ("route", "tries_of", "basis")  # no field of the form, like words of any text: they come with a link, and stay
_NO_USE = {"corrections": {"lens", "basis"}, "incidents": {"lens", "basis"}}


def label_of(name: str) -> str:
    return LABELS.get(name, name.replace("_", " ").capitalize())


@dataclass(frozen=True)
class Field:
    """A choice of the form; `options` are pairs of value and what is shown."""

    name: str
    options: list[tuple[str, str]]
    chosen: list[str]

    @property
    def label(self) -> str:
        return label_of(self.name)

    @property
    def many(self) -> bool:
        return len(self.chosen) > 1


def form(kind: str, words: Words, found: Choices, reader: str) -> dict[str, Any]:
    """Return the form of a list."""
    own = [name for name, options in lists.WORDS[kind].items() if (options or name == "who") and name not in _KEPT]
    kept = [name for name in (*_KEPT, *lists.WORDS[kind]) if name not in own and name != "q"]
    names = [*FILTERS, *own, *(() if kind in _NO_USE else ("lens",))]
    fields = {
        name: Field(name, _options(kind, name, found, reader, words), list(words.get(name, ()))) for name in names
    }
    first = ("team", *_FIRST[kind])
    return {
        "first": [fields[name] for name in first],
        "more": [field for name, field in fields.items() if name not in first],
        "is_open": any(name in words for name in fields if name not in first),
        "kept": [(name, value) for name in kept for value in words.get(name, ())],
        **{name: words.get(name, [""])[-1] for name in ("from", "to", "q")},
    }


def _options(kind: str, name: str, found: Choices, reader: str, words: Words) -> list[tuple[str, str]]:
    if name in FILTERS:
        return [(each, each) for each in (*found.names[name], UNATTRIBUTED)]
    if name == "lens":
        return [(each, each) for each in LENSES[1:]]
    if name == "who":
        known = {reader: "me", BY_LINK: "by link", BY_INTEGRATION: "an integration"}
        return list(({who: who for who in words.get("who", ())} | known).items())
    return [(value, value.replace("_", " ")) for value in lists.WORDS[kind][name]]


def in_force(kind: str, words: Words) -> list[dict[str, Any]]:
    """Return what the list is narrowed down to, each with the address of the list without it."""
    known = (*lists.REPORT_WORDS, *lists.WORDS[kind])
    return [
        {
            "name": name,
            "label": label_of(name),
            "values": [value.replace("_", " ") if lists.WORDS[kind].get(name) else value for value in words[name]],
            "drop": link(kind, without(words, name, "cursor")),
        }
        for name in known
        if name in words
    ]


def without(words: Words, *names: str) -> Words:
    """Leave words out; without a beginning there is no end."""
    gone = {*names, "to"} if "from" in names else {*names, "from"} if "to" in names else {*names}
    return {name: values for name, values in words.items() if name not in gone}
