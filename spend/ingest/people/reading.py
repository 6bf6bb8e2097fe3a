"""One row of an export as a correction, by its profile; every value passes the field rules of the wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from spend.ingest.fields import shown
from spend.ingest.people.pattern import BadPattern, compiled, found_in
from spend.ingest.people.profile import Columns, Profile, ProfileKind, SaidVerdict
from spend.ingest.people.times import day_in, minutes_in, version_at
from spend.ingest.reading import WHOLE_ITEM, read_item
from spend.ingest.records import Item, Problem

MOST_SHOWN = 30
LEAVE_OUT, WITHDRAW = "leave out", "withdraw"


@dataclass(frozen=True)
class LeftOut:
    """A row that is of no concern, by what its profile says."""

    index: int
    why: str


class NotOurs(Exception):
    """The row is to be left out; the text says why."""


def plain(heading: str) -> str:
    """Return a heading as headings are compared."""
    return " ".join(heading.replace("_", " ").replace("-", " ").casefold().split())


class Cells:
    """What a row says, by its headings. Of several columns of one heading the first that says something counts."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._cells: dict[str, str] = {}
        for heading, cell in pairs:
            if cell.strip():
                self._cells.setdefault(plain(heading), cell.strip())

    def first(self, columns: Columns) -> tuple[str, str]:
        """Return the first of the columns that says something, and what; ("", "") where none does."""
        return next(((column, said) for column in columns if (said := self._cells.get(plain(column)))), ("", ""))

    def every(self, columns: Columns) -> list[str]:
        return [said for column in columns if (said := self._cells.get(plain(column)))]

    def joined(self, columns: Columns) -> str:
        """Return the first that says something, where `A + B` is both columns together."""
        for column in columns:
            parts = [self._cells.get(plain(part), "") for part in column.split(" + ")]
            if all(parts):
                return "-".join(parts)
        return ""


@dataclass
class PeoplesRows:
    """Reads the rows of one export. `role` stands in where the profile names nobody's."""

    kind: ProfileKind
    profile: Profile
    at: datetime
    zone: ZoneInfo
    role: str = ""
    _seen: Counter[bytes] = field(default_factory=Counter)

    def read(self, index: int, cells: Cells) -> Item | Problem | LeftOut:
        errors: dict[str, list[str]] = {}
        try:
            raw = {name: value for name, value in self._values(cells, errors) if value not in ("", None)}
        except NotOurs as why:
            return LeftOut(index, str(why))
        named = cells.joined(self.profile.id)
        identity = f"{self.kind}-{named}" if self.kind != "csv" else named
        read = read_item({"id": identity if named else "row", **raw}, kind="correction", index=index, at=self.at)
        if errors or isinstance(read, Problem):
            return _refused(index, identity if named else None, errors, read)
        return read if named else self._named_by_content(index, raw, read)

    def _named_by_content(self, index: int, raw: Mapping[str, Any], read: Item) -> Item | Problem:
        """The same row twice in a file is work done twice, the same file twice is not."""
        self._seen[read.digest] += 1
        identity = f"{self.kind}-{read.digest.hex()}-{self._seen[read.digest]}"
        return read_item({**raw, "id": identity}, kind="correction", index=index, at=self.at)

    def _values(self, cells: Cells, errors: dict[str, list[str]]) -> Iterable[tuple[str, Any]]:
        attempt = _Attempts(errors)
        said = attempt("verdict", lambda: self._verdict(cells))
        yield "task", attempt("task", lambda: self.task_in(cells))
        yield "team", self.team_in(cells)
        version = attempt("version", lambda: self.version_of(cells)) or 1
        if said == WITHDRAW:
            yield "version", version + 1  # what it takes back may have been said in the same second, or without one
            yield "withdrawn", True
            return
        yield "version", version
        yield "worked_on", attempt("worked_on", lambda: self._day(cells))
        minutes = attempt("minutes", lambda: self._minutes(cells))
        yield "minutes", minutes
        yield "role", attempt("role", lambda: self._role(cells))
        yield "activity", attempt("activity", lambda: self._activity(cells))
        yield "verdict", "" if said == "none" else said
        yield "cause", attempt("cause", lambda: self._cause(cells))
        yield "note", cells.first(self.profile.note)[1]
        yield "provenance", self.profile.provenance if minutes not in (None, "0") else ""

    def task_in(self, cells: Cells) -> str:
        """Return the task that a row names. Raises NotOurs where the pattern finds none, ValueError where none is."""
        if not self.profile.task_pattern:
            named = cells.first(self.profile.task)[1]
            if self.profile.task and not named:
                raise ValueError("is required: the row names none")
            return named
        for text in cells.every(self.profile.task):
            if found := found_in(self.profile.task_pattern, text):
                return found
        raise NotOurs("names no task of the pattern")

    def team_in(self, cells: Cells) -> str:
        said = cells.first(self.profile.team)[1]
        return translated(said, self.profile.teams) or said

    def version_of(self, cells: Cells) -> int:
        updated = cells.first(self.profile.updated)[1]
        return version_at(updated, self.zone) if updated else 1

    def _verdict(self, cells: Cells) -> SaidVerdict:
        said = cells.first(self.profile.verdict)[1]
        if not said:
            return "none"
        verdict: SaidVerdict | None = translated(said, self.profile.verdicts)
        if verdict is None:
            raise ValueError(f"is not known: {shown(said)[:40]} is not in the table of verdicts")
        if verdict == LEAVE_OUT:
            raise NotOurs(f"{shown(said)[:40]} is left out")
        return verdict

    def _day(self, cells: Cells) -> str:
        said = cells.first(self.profile.worked_on)[1]
        return day_in(said, self.profile.day_order, self.zone) if said else ""

    def _minutes(self, cells: Cells) -> str:
        heading, said = cells.first(self.profile.minutes)
        return minutes_in(said, self.profile.unit, heading) if said else self.profile.minutes_otherwise

    def _role(self, cells: Cells) -> str:
        author = cells.first(self.profile.author)[1]
        role = translated(author, self.profile.roles) or self.profile.role or self.role
        if role or (self.kind == "csv" and not self.profile.roles):
            return role or author  # a CSV file of one's own may name the roles themselves
        known = f"{shown(author)[:60]} has none in the table" if author else "no column says whose work it was"
        raise ValueError(f"is not known: {known}, and none is set for all others")

    def _activity(self, cells: Cells) -> str:
        said = cells.first(self.profile.activity_column)[1]
        return translated(said, self.profile.activities) or "_".join(said.casefold().split()) or self.profile.activity

    def _cause(self, cells: Cells) -> str:
        said = cells.first(self.profile.cause)[1]
        return translated(said, self.profile.causes) or "_".join(said.casefold().split())


class _Attempts:
    """Reads a value, or notes why it cannot be read."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self._errors = errors

    def __call__(self, name: str, read: Any) -> Any:
        try:
            return read()
        except ValueError as problem:
            self._errors.setdefault(name, []).append(str(problem))
            return None


def translated(said: str, table: Mapping[str, Any]) -> Any:
    """Return what the table makes of a word, whatever its case; None where it does not have it."""
    if not said:
        return None
    return table.get(said) or {word.casefold(): meant for word, meant in table.items()}.get(said.casefold())


def _refused(index: int, identity: str | None, errors: dict[str, list[str]], read: Item | Problem) -> Problem:
    """Put together what could not be read and what the rules refuse of the rest."""
    told = dict(errors)
    if isinstance(read, Problem):
        identity = read.id if identity else None
        for name, sentences in read.errors.items():
            told.setdefault(name, sentences)
    return Problem(index, identity, told)


def heading_faults(headings: Iterable[str], profile: Profile) -> list[tuple[str, str]]:
    """Return what a file cannot do without and does not have, and what is wrong with the pattern."""
    has = {plain(heading) for heading in headings}
    faults = []
    needed = {"worked_on": profile.worked_on}
    if profile.task:
        needed["task"] = profile.task
    if not profile.minutes_otherwise:
        needed["minutes"] = profile.minutes
    for name, columns in needed.items():
        if not any(plain(column) in has for column in columns):
            wanted = ", ".join(columns) or "none is named"
            faults.append((name, f"has no column in the file: the mapping looks for {wanted}"))
    if faults and has:
        faults.append((WHOLE_ITEM, f"has the columns {', '.join(sorted(map(shown, has))[:MOST_SHOWN])}"))
    if profile.task_pattern:
        try:
            compiled(profile.task_pattern)
        except BadPattern as problem:
            faults.append(("task_pattern", str(problem)))
    return faults or ([] if has else [(WHOLE_ITEM, "has no heading")])
