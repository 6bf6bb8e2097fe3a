"""Read one record field by field, so that every bad field is named at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from spend.ingest import fields
from spend.ingest.fields import Repeated, described, shown
from spend.ingest.identity import digest_of
from spend.ingest.records import Item, Kind, Problem, Withdrawal
from spend.ingest.rules import RULES, Rules

# The key of errors that are of the item as a whole, not of one of its fields.
WHOLE_ITEM = "record"
MOST_UNKNOWN = 20  # fields that are named in an answer, of those that an item should not have


def read_item(raw: object, *, kind: Kind, index: int, at: datetime) -> Item | Problem:
    """Read what JSON (numbers as int or Decimal) says of one record; null is the same as absent."""
    rules = RULES[kind]
    if not isinstance(raw, dict):
        return refused(index, [(WHOLE_ITEM, f"must be an object, not {described(raw)}")])
    given = {name: value for name, value in raw.items() if value is not None}
    faults = [(shown(name), "is given twice") for name in raw.names[:MOST_UNKNOWN]] if isinstance(raw, Repeated) else []
    unknown = islice((name for name in raw if name not in rules.readers), MOST_UNKNOWN)
    faults += [(shown(name), f"is not a field of {_a(kind)}") for name in unknown]
    values, bad_values = _read_fields(given, rules, at)
    faults += bad_values
    if faults:
        return refused(index, faults, given.get(rules.identity))
    if values.pop("withdrawn", False):
        withdrawal = Withdrawal(kind=kind, id=values.pop(rules.identity), **values)
        return Item(index, withdrawal, digest_of(withdrawal))
    record = rules.struct(**values)
    if faults := [fault for check in rules.checks for fault in check(record)]:
        return refused(index, faults, given[rules.identity])
    return Item(index, record, digest_of(record))


def _read_fields(
    given: Mapping[str, object], rules: Rules, at: datetime
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """A withdrawal needs its identity only; whatever else comes with it is not looked at."""
    withdrawn = given.get("withdrawn") is True and "withdrawn" in rules.readers
    required = (rules.identity,) if withdrawn else rules.required
    faults = [(name, "is required") for name in required if name not in given]
    values: dict[str, Any] = {}
    for name, value in given.items():
        read = rules.readers.get(name)
        if read is None or (withdrawn and name not in (rules.identity, "team", "version", "withdrawn", "reason")):
            continue
        try:
            values[name] = read(value, at)
        except ValueError as error:
            faults.append((name, str(error)))
    return values, faults


def refused(index: int, faults: Iterable[tuple[str, str]], identity: object = None) -> Problem:
    """Collect faults by field; `identity` is shown only where it is good enough to be shown."""
    errors: dict[str, list[str]] = {}
    for name, sentence in faults:
        errors.setdefault(name, []).append(sentence)
    return Problem(index, identity if isinstance(identity, str) and fields.is_name(identity) else None, errors)


def _a(kind: Kind) -> str:
    return f"an {kind}" if kind in ("outcome", "incident") else f"a {kind}"
