"""The arithmetic of seals: a mark for each event, a digest for each day, each day's made with the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

_ID, _MARK = 8, 32


@dataclass(frozen=True)
class Event:
    """An event as the database tells it: `before` and `after` are its text of them. Equal in all = equal marks."""

    id: int
    at: datetime
    transaction: int
    action: str
    object: str
    key: str
    before: str | None
    after: str | None
    actor_kind: str
    actor: str
    person_id: int | None
    role: str
    address: str
    request: str
    reason: str


@dataclass(frozen=True)
class Seal:
    day: date
    events: int
    marks: bytes
    content: bytes
    previous: bytes
    digest: bytes
    is_dropped: bool = False


def mark_of(event: Event) -> bytes:
    """Return the digest of all that an event says; every field with its length before it, so that no two read alike."""
    at = event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    fields: tuple[object, ...] = (
        event.id, at, event.transaction, event.action, event.object, event.key, event.before, event.after,
        event.actor_kind, event.actor, event.person_id, event.role, event.address, event.request, event.reason,
    )  # fmt: skip
    text = ",".join("-" if field is None else f"{len(str(field))}:{field}" for field in fields)
    return hashlib.sha256(text.encode()).digest()


def sealed(day: date, marks: Sequence[tuple[int, bytes]], previous: bytes) -> Seal:
    """Return the seal of a day: of its events (id, mark) in order, after the digest of the sealed day before."""
    joined = b"".join(number.to_bytes(_ID, "big") + mark for number, mark in marks)
    content = hashlib.sha256(joined).digest()
    return Seal(day, len(marks), joined, content, previous, digest_of(day, len(marks), content, previous))


def digest_of(day: date, events: int, content: bytes, previous: bytes) -> bytes:
    return hashlib.sha256(f"{day.isoformat()},{events},{content.hex()},{previous.hex()}".encode()).digest()


def marks_in(seal: Seal) -> dict[int, bytes]:
    """Return the mark of each event that was sealed, by its id."""
    size = _ID + _MARK
    rows = (seal.marks[start : start + size] for start in range(0, len(seal.marks), size))
    return {int.from_bytes(row[:_ID], "big"): row[_ID:] for row in rows}


def broken_seals(seals: Iterable[Seal]) -> Iterator[str]:
    """Say which seals, in order of their days, were changed, and where one is missing."""
    previous = b""
    for seal in seals:
        if seal.previous != previous:
            yield f"the seal of {seal.day} does not follow from the sealed day before it"
        if seal.digest != digest_of(seal.day, seal.events, seal.content, seal.previous):
            yield f"the seal of {seal.day} was changed"
        elif not seal.is_dropped and hashlib.sha256(seal.marks).digest() != seal.content:
            yield f"the marks in the seal of {seal.day} were changed"
        previous = seal.digest


def broken_events(seal: Seal, found: Iterable[tuple[int, bytes]]) -> Iterator[str]:
    """Say which events of a sealed day were changed, removed or inserted; `found` are ids and marks made anew."""
    wanted = marks_in(seal)
    for number, mark in found:
        if number not in wanted:
            yield f"event {number} was inserted into {seal.day} after it was sealed"
        elif wanted.pop(number) != mark:
            yield f"event {number} of {seal.day} was changed after it was sealed"
    for number in wanted:
        yield f"event {number} of {seal.day} was removed after it was sealed"
