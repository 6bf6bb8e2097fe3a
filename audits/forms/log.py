"""What a person says of work caused by AI output. The form asks; the rules of the record (`spend.ingest`) judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, get_args
from uuid import uuid4

from django import forms

from accounts.forms import PlainForm
from audits.queries.choosing import Choice
from spend.domain.periods import Month
from spend.ingest.reading import read_item
from spend.ingest.receipt import CONFLICT
from spend.ingest.records import Activity, Cause, Item, Problem, Provenance, Verdict

MINUTES = (5, 10, 15, 30, 60)
TASK, PERIOD = "task", "period"
BOTH_TASKS = "You chose {0} and typed {1}: clear one of them."

SAVED_BEFORE = "This was saved before, with other content. Change what was saved instead, or start anew."
_MINUTES_WANTED = "Say how many minutes it took."


def words(value: str) -> str:
    """Return a word of the wire as people read it."""
    return value.replace("_", " ").capitalize()


def _choices(literal: Any, none: str = "") -> list[tuple[str, str]]:
    options = [(value, words(value)) for value in get_args(literal)]
    return [("", none), *options] if none else options


def _buttons(label: str, choices: Sequence[tuple[str, str]], *, asks: str = "") -> forms.CharField:
    """A choice as buttons that reads any text: whether it is one of them, the rules say. `asks`: why it is required."""
    return forms.CharField(
        label=label, required=bool(asks), error_messages={"required": asks}, widget=forms.RadioSelect(choices=choices)
    )


class Work(PlainForm):
    """The fields of the work itself, shared by the form of people with a login and that of a link."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    activity = _buttons("What did you do?", _choices(Activity), asks="Choose what you did.")
    quick_minutes = _buttons("Minutes", [(str(minutes), str(minutes)) for minutes in MINUTES])
    minutes = forms.CharField(
        label="Other minutes",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 6}),
    )
    verdict = _buttons("What became of the output?", _choices(Verdict, "No verdict yet"))
    cause = _buttons("Why was it needed?", _choices(Cause, "Not said"))
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def stated(self) -> dict[str, str]:
        """Return what was typed or chosen, without what was left empty."""
        return {name: value for name, value in self.cleaned_data.items() if isinstance(value, str) and value}

    def work(self) -> dict[str, Any]:
        stated = self.stated()
        minutes = stated.get("minutes") or stated.get("quick_minutes")
        names = ("activity", "verdict", "cause", "note", "role", "provenance", "reason")
        return {
            **{name: stated[name] for name in names if name in stated},
            **({"minutes": minutes} if minutes else {}),
        }

    def add_problem(self, problem: Problem) -> None:
        """Say beside each field what the rules say of it."""
        for name, sentences in problem.errors.items():
            field = self._field_of(name)
            shown = [self._sentence(field, sentence) for sentence in sentences]
            self.add_error(field if field in self.fields else None, shown)

    def _field_of(self, name: str) -> str:
        return "task_text" if name in ("task", "call") else name

    def _sentence(self, name: str, sentence: str) -> str:
        if name == "minutes" and sentence == "is required":
            return _MINUTES_WANTED
        if name == "id" and sentence == CONFLICT:
            return SAVED_BEFORE
        return f"{sentence.capitalize() if sentence.startswith('no ') else f'{self._label(name)} {sentence}'}."

    def _label(self, name: str) -> str:
        return "Task" if name == "task_text" else words(name)


class Log(Work):
    """All that somebody with a login can say. `teams` are the names they may write for, `roles` those with a rate."""

    about = _buttons("What was it?", [(TASK, "One task"), (PERIOD, "A whole month")], asks="Choose one.")
    task_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    task_text = forms.CharField(label="Task", required=False, strip=True)
    team = forms.CharField(label="Team", required=False)
    tier = forms.CharField(label="Tier", required=False)
    model = forms.CharField(label="Model", required=False)
    month = forms.CharField(label="Month", required=False, widget=forms.TextInput(attrs={"type": "month"}))
    role = forms.CharField(label="Whose time", error_messages={"required": "Choose whose time it was."})
    worked_on = forms.CharField(
        label="Worked on",
        widget=forms.TextInput(attrs={"type": "date"}),
        error_messages={"required": "Say on which day."},
    )
    provenance = _buttons("How are the minutes known?", _choices(Provenance), asks="Choose one.")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label="Why do you change it?", required=False)

    def __init__(
        self,
        *args: Any,
        teams: Sequence[str],
        roles: Sequence[str],
        tiers: Sequence[str],
        models: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.teams = teams
        for name, options in {"team": teams, "role": roles, "tier": tiers, "model": models}.items():
            none = {"role": "", "tier": "Any tier", "model": "Any model"}.get(name, "")
            only = name in ("team", "role") and len(options) == 1
            choices = [(option, option) for option in options]
            self.fields[name].widget = forms.Select(
                attrs={"class": "form-select"}, choices=choices if only else [("", none), *choices]
            )

    @property
    def is_period(self) -> bool:
        return bool(self["about"].value() == PERIOD)

    def _field_of(self, name: str) -> str:
        return "month" if name == "worked_on" and self.is_period else super()._field_of(name)

    def record(self, chosen: Choice | None, today: date) -> dict[str, Any]:
        """Return the record as the API would be sent it; `chosen` is the task of `task_key`."""
        subject = self._period(today) if self.cleaned_data["about"] == PERIOD else self._task(chosen)
        return {"id": f"log-{self.cleaned_data['client_id']}", **self.work(), **subject}

    def _task(self, chosen: Choice | None) -> dict[str, Any]:
        stated = self.stated()
        day = {"worked_on": stated["worked_on"]} if "worked_on" in stated else {}
        if chosen is None:
            named = {"task": stated["task_text"]} if "task_text" in stated else {}
            return {**day, **named, **self._team(stated)}
        return {**day, **({"task": chosen.id} if chosen.id else {"call": chosen.call}), "team": chosen.team}

    def _period(self, today: date) -> dict[str, Any]:
        """A whole month is dated to its last day, the running one to today."""
        stated = self.stated()
        scope: dict[str, str] = {name: stated[name] for name in ("tier", "model") if name in stated}
        last = _last_day(stated.get("month", ""))
        is_running = last is not None and Month.of(last) == Month.of(today)
        return {"worked_on": str(today if is_running else last), **scope, **self._team(stated)}

    def _team(self, stated: Mapping[str, str]) -> dict[str, str]:
        team = stated.get("team") or (self.teams[0] if len(self.teams) == 1 else "")
        return {"team": team} if team else {}

    def item(self, raw: dict[str, Any], at: datetime) -> Item | None:
        """Return the record read by the rules; None where they refuse it, which the fields then say."""
        read = read_item(raw, kind="correction", index=0, at=at)
        if isinstance(read, Item):
            return read
        self.add_problem(read)
        return None

    def check_subject(self, chosen: Choice | None) -> None:
        """Something typed that is not what was chosen would be silently lost."""
        typed = self.cleaned_data.get("task_text", "")
        named = (chosen.id or chosen.call or "") if chosen else ""
        if self.cleaned_data["about"] == PERIOD:
            if _last_day(self.stated().get("month", "")) is None:
                self.add_error("month", "Choose the month.")
        elif chosen is None and not typed:
            self.add_error("task_text", "Choose a task, or type its id.")
        elif chosen is not None and typed and typed.casefold() not in named.casefold():
            self.add_error("task_text", BOTH_TASKS.format(named, typed))


def _last_day(month: str) -> date | None:
    """Return the last day of `2026-10`, None where the text is no month."""
    try:
        return Month.parse(month).end_day - timedelta(days=1)
    except ValueError:
        return None


def new_id() -> str:
    """Return the hidden id of a form that was not sent yet: what is sent twice is one record."""
    return str(uuid4())
