"""A StandardLoggingPayload as it came: whatever is not of the kind expected is as good as not there."""

from __future__ import annotations

from spend.ingest.fields import described
from spend.ingest.json_text import Unreadable

Payload = dict[str, object]
Fields = dict[str, object]

_TAG_SIGNS = (":", "=")


class Unfit(ValueError):
    """A value of the payload that cannot be read: the words follow the payload's own name of it."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name


def payload_of(value: object) -> Payload:
    """Return what one entry of a body says. Raises ValueError with the reason where it is no payload at all."""
    if isinstance(value, Unreadable):
        raise ValueError(value.sentence)
    if not isinstance(value, dict):
        raise ValueError(f"must be an object, not {described(value)}")
    if "startTime" not in value:
        raise ValueError("is no StandardLoggingPayload of LiteLLM: it has no startTime")
    return value


def part(payload: Payload, *names: str) -> Payload:
    """Return the object at `names`, an empty one where there is none."""
    found: object = payload
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def text(payload: Payload, name: str) -> str | None:
    """Return what stands there as text, None where it is empty or none."""
    found = payload.get(name)
    return found if isinstance(found, str) and found else None


def look_up(payload: Payload, path: str) -> object:
    """Return what a mapping names: a dotted path, or `tags.NAME` for what stands behind the tag `NAME:`."""
    head, _, name = path.partition(".")
    if head == "tags" and "tags" not in payload:
        return _tagged(payload.get("request_tags"), name)
    return _at(payload, path)


def _at(found: object, path: str) -> object:
    """Return what is at a path; a key may have dots itself, and then stands for the whole rest."""
    while isinstance(found, dict):
        if path in found:
            return found[path]
        head, _, path = path.partition(".")
        found = found.get(head)
    return None


def _tagged(tags: object, name: str) -> str | None:
    if not isinstance(tags, list):
        return None
    for tag in tags:
        if isinstance(tag, str) and tag.startswith(name) and tag[len(name) : len(name) + 1] in _TAG_SIGNS:
            return tag[len(name) + 1 :]
    return None
