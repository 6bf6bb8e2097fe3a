"""What came over the wire, and which of it counts: duplicates, versions, withdrawn records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

Record = dict[str, Any]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Facts:
    """Wire records (DESIGN 4.1), each with `team` (the last three may lack it), and reference data (DESIGN 4.5.1)."""

    calls: Iterable[Record]
    outcomes: Iterable[Record]
    corrections: Iterable[Record]
    incidents: Iterable[Record]
    reference: Record
    zone: str
    as_of: date
    policy: str = "deciding"
    reporting_environments: tuple[str, ...] = ("production",)
    acceptance_days: int = 14
    catalogue: list[Record] = field(default_factory=list)  # [{provider, name, from, input, ..., service_tier}]


def distinct_calls(facts: Facts) -> list[Record]:
    """Calls by (team, id): a resend is the same call (R13)."""
    seen: dict[tuple[str, str], Record] = {}
    for call in facts.calls:
        seen.setdefault((call["team"], call["id"]), call)
    return list(seen.values())


def counts(call: Record, facts: Facts) -> bool:
    """Whether the environment of a call enters reports (R18)."""
    return not call.get("environment") or call["environment"] in facts.reporting_environments


def latest(records: Iterable[Record], name: str) -> list[Record]:
    """The highest version of each record by (team as given, `name`), withdrawn ones left out (R13)."""
    highest: dict[tuple[str | None, str], Record] = {}
    for record in records:
        key = (record.get("team"), record[name])
        if key not in highest or version(record) > version(highest[key]):
            highest[key] = record
    return [record for record in highest.values() if not record.get("withdrawn")]


def version(record: Record) -> int:
    return int(record.get("version") or 1)


def find(named: dict[tuple[str, str], Thing], team: str | None, name: str) -> Thing | None:
    """The task or call of that name in `team`; without a team, in the one team that has it (R12)."""
    if team:
        return named.get((team, name))
    found = [thing for (_, own), thing in named.items() if own == name]
    if len(found) > 1:
        raise ValueError(f"{name!r} is in several teams: no valid fact names it without a team")
    return found[0] if found else None
