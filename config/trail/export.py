"""Events as CSV: every field, `before` and `after` as JSON, and the mark by which a line can be proved."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from audits.exports.plain import safe
from trail.models import Event

COLUMNS = (
    "id", "at", "action", "object", "key", "before", "after", "reason", "actor_kind", "actor", "person_id", "address",
    "request", "transaction", "role", "mark",
)  # fmt: skip


def lines(events: Iterable[Event]) -> Iterator[str]:
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow(COLUMNS)
    for event in events:
        yield writer.writerow([_cell(name, getattr(event, name)) for name in COLUMNS])


class _Line:
    """Hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _cell(name: str, value: Any) -> Any:
    if value is None:
        return ""
    if name in ("before", "after"):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    if name == "mark":
        return bytes(value).hex()
    return value.isoformat() if name == "at" else safe(value) if isinstance(value, str) else value
