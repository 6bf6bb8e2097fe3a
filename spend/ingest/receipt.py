"""What became of a batch of records."""

from __future__ import annotations

from dataclasses import dataclass, field

from spend.ingest.records import Problem

CONFLICT = "was sent before with other content"


@dataclass
class Receipt:
    """Counts of a batch: `accepted` are new, `duplicates` were there already, `rejected` says why for each other."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[Problem] = field(default_factory=list)

    def reject(self, index: int, external_id: str | None, name: str, reason: str) -> None:
        self.rejected.append(Problem(index, external_id, {name: [reason]}))

    def merge(self, other: Receipt) -> None:
        """Add the counts of a later batch of the same input."""
        self.accepted += other.accepted
        self.duplicates += other.duplicates
        self.rejected += other.rejected
