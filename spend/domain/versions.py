"""Records in versions (R13): which of a batch are new, and which version counts, in whatever order they come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar
from uuid import UUID


class Versioned(Protocol):
    @property
    def identity(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def digest(self) -> bytes: ...


Record = TypeVar("Record", bound=Versioned)


@dataclass
class Sorted(Generic[Record]):
    """A batch against what is stored. `superseded` are identities whose stored latest version no longer counts."""

    new: list[Record] = field(default_factory=list)
    duplicates: list[Record] = field(default_factory=list)
    conflicts: list[Record] = field(default_factory=list)
    latest: dict[UUID, int] = field(default_factory=dict)
    superseded: set[UUID] = field(default_factory=set)


def sort_versions(records: Iterable[Record], stored: Mapping[UUID, Mapping[int, bytes]]) -> Sorted[Record]:
    """Compare `records` with the stored digests by identity and version, and with each other.

    The same version with the same digest is a duplicate, with another a conflict. `latest` gives, for each identity
    with a new version, the version that counts.
    """
    result: Sorted[Record] = Sorted()
    known: dict[UUID, dict[int, bytes]] = {}
    for record in records:
        versions = known.setdefault(record.identity, dict(stored.get(record.identity, {})))
        if record.version not in versions:
            versions[record.version] = record.digest
            result.new.append(record)
        elif versions[record.version] == record.digest:
            result.duplicates.append(record)
        else:
            result.conflicts.append(record)
    for record in result.new:
        latest = result.latest[record.identity] = max(known[record.identity])
        before = stored.get(record.identity)
        if before and max(before) < latest:
            result.superseded.add(record.identity)
    return result
