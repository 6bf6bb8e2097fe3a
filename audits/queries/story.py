"""All that is known of one task: its calls, what was said of it, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from audits.queries import lists
from audits.queries.lists import AT_MOST, Listing
from audits.queries.lists.reading import Row
from spend.models import Outcome


@dataclass(frozen=True)
class Story:
    """`calls` and `entries` in order of time; `corrections` and `incidents` those naming the task or a call of it."""

    task: Row
    calls: list[Row]
    outcome: Outcome | None
    corrections: list[Row]
    incidents: list[Row]
    entries: list[Row]

    @property
    def cost_nanos(self) -> int:
        """Its priced calls and its entries."""
        return (self.task["cost_nanos"] or 0) + int(self.task["entries_nanos"])


def story_of(key: UUID, *, teams: frozenset[int] | None, reader: int | None = None) -> Story | None:
    """Return the story of a task, None where there is none and where it is a neighbour's."""
    task = lists.task_of(key, teams=teams)
    if task is None:
        return None

    def its(kind: str, **only: tuple[str, ...]) -> Listing:
        return Listing(kind, only=only, teams=teams, task_key=key, reader=reader)

    return Story(
        task=task,
        calls=lists.calls(its("calls", counted=("all",)), limit=AT_MOST).rows[::-1],
        outcome=Outcome.objects.filter(task_key=key, latest=True, withdrawn=False).first(),
        corrections=lists.corrections(its("corrections"), limit=AT_MOST).rows[::-1],
        incidents=lists.incidents(its("incidents"), limit=AT_MOST).rows[::-1],
        entries=lists.entries(its("entries"), limit=AT_MOST).rows[::-1],
    )
