"""All that is known of one task: its calls, what was said of it, what it cost. Bounded, however many calls it has."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from audits.models import Entry, TaskState
from audits.queries import lists
from audits.queries.lists import Listing
from audits.queries.lists.reading import Row, rows_of
from spend.models import Call, Outcome, TaskType

CALLS_SHOWN = 100  # the newest; the list of calls has the others
RECORDS_SHOWN = 100


@dataclass(frozen=True)
class Story:
    """`calls` and `entries` in order of time; `corrections` and `incidents` those naming the task or a call of it.

    `deciding` is the call whose output was used, None where none was; `count` how many calls there are; `parts` what
    each category of entries adds up to, in nanos.
    """

    task: Row
    calls: list[Row]
    count: int
    deciding: Row | None
    outcome: Outcome | None
    corrections: list[Row]
    incidents: list[Row]
    entries: list[Row]
    parts: list[Row]
    acceptance_days: int | None

    @property
    def cost_nanos(self) -> int:
        """Its priced calls and its entries."""
        return (self.task["cost_nanos"] or 0) + int(self.task["entries_nanos"])

    @property
    def is_cut(self) -> bool:
        """Whether there are more calls than are told of here."""
        return self.count > len(self.calls)


def story_of(key: UUID, *, teams: frozenset[int] | None, reader: int | None = None) -> Story | None:
    """Return the story of a task, None where there is none and where it is a neighbour's."""
    task = lists.task_of(key, teams=teams)
    if task is None:
        return None

    def its(kind: str, **only: tuple[str, ...]) -> Listing:
        return Listing(kind, only=only, teams=teams, task_key=key, reader=reader)

    calls = lists.calls(its("calls", counted=("all",)), limit=CALLS_SHOWN).rows[::-1]
    return Story(
        task=task,
        calls=calls,
        count=_count(key, calls),
        deciding=_deciding(key, calls, its("calls", counted=("all",))),
        outcome=Outcome.objects.filter(task_key=key, latest=True, withdrawn=False).first(),
        corrections=lists.corrections(its("corrections"), limit=RECORDS_SHOWN).rows[::-1],
        incidents=lists.incidents(its("incidents"), limit=RECORDS_SHOWN).rows[::-1],
        entries=lists.entries(its("entries"), limit=2 * RECORDS_SHOWN).rows[::-1],
        parts=_parts(key),
        acceptance_days=_acceptance_days(task["task_type"]),
    )


def _count(key: UUID, calls: list[Row]) -> int:
    if len(calls) < CALLS_SHOWN:
        return len(calls)
    return Call.objects.filter(task_id=key).aggregate(calls=Count("*"))["calls"]  # type: ignore[no-any-return]


def _deciding(key: UUID, calls: list[Row], listing: Listing) -> Row | None:
    """The call that decided, whether or not it is among those told of."""
    wanted = TaskState.objects.filter(task_key=key).values_list("deciding_call", flat=True).first()
    found = next((call for call in calls if call["key"] == wanted), None)
    if found or wanted is None:
        return found
    name = Call.objects.filter(pk=wanted).values_list("external_id", flat=True)[0]
    more = lists.calls(Listing(**{**vars(listing), "only": {"q": (name,), "counted": ("all",)}}))
    return next((call for call in more.rows if call["key"] == wanted), None)


def _acceptance_days(task_type: str | None) -> int | None:
    return TaskType.objects.filter(name=task_type).values_list("acceptance_days", flat=True).first()


def _parts(key: UUID) -> list[Row]:
    return rows_of(
        f"SELECT category, sum(amount_nanos) AS amount_nanos FROM {Entry._meta.db_table} WHERE task_key = %(key)s"
        " GROUP BY category HAVING sum(amount_nanos) <> 0 ORDER BY category",
        {"key": key},
    )
