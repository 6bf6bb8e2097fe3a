"""What a file would change, as values: computed before anything is written, and printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from spend.domain.reference.records import Record, Reference, over


@dataclass(frozen=True)
class Change:
    """A record as it is (None: it is not there yet) and as it shall be."""

    before: Record | None
    after: Record

    @property
    def verb(self) -> str:
        if self.before is None:
            return "added"
        return "unchanged" if self.before == self.after else "changed"

    @property
    def details(self) -> list[tuple[str, str, str]]:
        """Return (field, as it is, as it shall be), in words."""
        return list(_details(self.before, self.after))

    def __str__(self) -> str:
        sign = {"added": "+", "changed": "~", "unchanged": "="}[self.verb]
        pairs = ((name, new if self.before is None else f"{old} -> {new}") for name, old, new in self.details)
        details = ", ".join(f"{name} {what}" for name, what in pairs)
        return f"{sign} {self.after.section}: {self.after.label}" + (f": {details}" if details else "")


def difference(current: Reference, wanted: Reference, *, whole: bool = False) -> list[Change]:
    """Return a change for each record of `wanted`, unchanged ones included; what only `current` has is left alone.

    With `whole`, a record is all there is to say: what it leaves open is open (see `records.over`).
    """
    known = {(type(record), *record.key): record for record in current.records()}
    changes = []
    for record in wanted.records():
        before = known.get((type(record), *record.key))
        changes.append(Change(before, record if before is None or whole else over(record, before)))
    return changes


def effective(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that change something."""
    return [change for change in changes if change.verb != "unchanged"]


def as_it_is(changes: Iterable[Change]) -> dict[str, str]:
    """Return what is there of the records that `changes` are about, in words: empty where they are new."""
    return {
        f"{record.label}, {part.name}": shown(getattr(record, part.name))
        for record in (change.before for change in changes)
        if record is not None
        for part in fields(record)  # type: ignore[arg-type]
        if part.name not in record.key_fields
    }


def summary(changes: Iterable[Change]) -> str:
    count = Counter(change.verb for change in changes)
    if not (count["added"] or count["changed"]):
        return f"no changes ({count['unchanged']} unchanged)"
    return f"{count['added']} added, {count['changed']} changed, {count['unchanged']} unchanged"


def _details(before: Record | None, after: Record) -> Iterator[tuple[str, str, str]]:
    """Yield the fields that a new record gives, or in which a changed one differs."""
    for name in (part.name for part in fields(after)):  # type: ignore[arg-type]
        if name in after.key_fields:
            continue
        new = getattr(after, name)
        if before is None and new is not False and new not in (None, "", ()):
            yield name, "none", shown(new)
        elif before is not None and getattr(before, name) != new:
            yield name, shown(getattr(before, name)), shown(new)


def shown(value: object) -> str:
    """Return a value as people read it."""
    if value is None or value == "":
        return "none"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return value.isoformat() if isinstance(value, date) else str(value)
