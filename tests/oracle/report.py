"""The report: where each thing falls under a lens, filters, rows, total, coverage (method 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, NamedTuple

from .columns import Fallen, Try, Unit, columns, spent
from .facts import Facts, Record
from .ledger import Entry, ledger, model_name
from .numbers import as_date, month_of, ratio
from .reference import Model
from .tasks import Book, Call, Task, names_in, read_book


class Place(NamedTuple):
    """The dimensions of a thing."""

    tier: str | None
    model: str | None
    team: str | None
    task_type: str | None
    route: str | None
    month: str


@dataclass(frozen=True)
class Query:
    first: str = "2026-10"
    last: str = "2026-10"
    by: tuple[str, ...] = ("tier",)
    lens: str = "responsible"
    basis: str = "restated"
    success: str = "final"
    filters: Record = field(default_factory=dict)  # dimension -> name, None for unattributed

    def names(self, dimension: str) -> bool:
        return dimension in self.by or dimension in self.filters

    def has(self, place: Place) -> bool:
        wanted = all(getattr(place, name) == value for name, value in self.filters.items())
        return wanted and self.first <= place.month <= self.last


def report(facts: Facts, **query: Any) -> Record:
    """Rows, total and coverage. Money is nano-dollars, ratios are fractions, ends of intervals floats.

    No month is closed yet, so both bases agree: an entry's posting period is the month of its service date.
    """
    return report_of(read_book(facts), Query(**query))


def report_of(book: Book, query: Query) -> Record:
    fallen: dict[tuple[str | None, ...], Fallen] = {}
    whole = Fallen()
    entries = ledger(book)
    for place, kind, thing in chain(things(book, entries, query), parts(book, entries, query)):
        if query.has(place):
            key = tuple(getattr(place, name) for name in query.by)
            for row in (fallen.setdefault(key, Fallen()), whole):
                getattr(row, kind).append(thing)
    # The total names no tier or model unless a filter does: there a task is a whole.
    whole.units, whole.touched = [], []
    for place, kind, thing in parts(book, entries, replace(query, by=())):
        if query.has(place):
            getattr(whole, kind).append(thing)
    keys = sorted(fallen, key=lambda key: [(name is None, name or "") for name in key])
    return {
        "rows": [
            dict(zip(query.by, key, strict=True)) | columns(fallen[key], query.lens, query.success) for key in keys
        ],
        "total": columns(whole, query.lens, query.success),
        "coverage": coverage(book, query, whole),
    }


def things(book: Book, entries: list[Entry], query: Query) -> Iterator[tuple[Place, str, Any]]:
    """Everything there is, with where it falls and which list of a row takes it."""
    for task in book.tasks:
        yield place_of_task(task, query), "tasks", task
    for call in book.calls.values():
        yield place_of_call(call, query), "calls", call
    for entry in entries:
        yield place_of_entry(entry, query), "entries", entry
    for task in book.tasks:
        for place, each in tries(task, query):
            yield place, "tries", each


# -- where a thing falls (method 6) ---------------------------------------------------------------------------------


def placed(task: Task, query: Query, tier: str | None, model: Model | None, month: str) -> Place:
    """Of something that belongs to a task: in the route lens at the task's entry tier and first model."""
    if query.lens == "route":
        tier, model = (task.first.tier, task.first.model) if task.first else (None, None)
    return Place(tier, model_name(model), task.team, task.task_type, task.route, month)


def place_of_task(task: Task, query: Query) -> Place:
    by = task.delivering
    return placed(task, query, by.tier if by else None, by.model if by else None, month_of(task.day))


def place_of_call(call: Call, query: Query) -> Place:
    return placed(call.task, query, call.tier, call.model, call.month)


def place_of_entry(entry: Entry, query: Query) -> Place:
    target = entry.target
    if target.task:
        return placed(target.task, query, target.tier, target.model, month_of(target.day))
    return Place(target.tier, model_name(target.model), target.team, None, None, month_of(target.day))


# -- what a task is to a tier or model: tries (method 2), tasks touched (R16), units of the interval (R17) ---------


def parts(book: Book, entries: list[Entry], query: Query) -> Iterator[tuple[Place, str, Any]]:
    of_task: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.target.task:
            of_task.setdefault(id(entry.target.task), []).append(entry)
    for task in book.tasks:
        for call in task.calls:
            yield standing(place_of_call(call, query), task, query), "touched", task
        if task.status != "pending":
            yield from units(task, of_task.get(id(task), []), query)


def standing(place: Place, task: Task, query: Query) -> Place:
    """Where the part of a task stands to which a thing belongs: without the tier and model that are not named.

    Where both are named, a model's part stands under the tier it delivered with, else that of its first call.
    """
    tier = place.tier if query.names("tier") else None
    model = place.model if query.names("model") else None
    if tier and model and query.lens == "responsible":
        own = [call for call in (task.delivering, *task.calls) if call and model_name(call.model) == model]
        tier = own[0].tier if own else tier
    return Place(tier, model, place.team, place.task_type, place.route, place.month)


def tries(task: Task, query: Query) -> Iterator[tuple[Place, Try]]:
    """Pairs (task, tier), or (task, model) where rows or filters name the model."""
    first_of: dict[Any, Call] = {}
    for call in task.attempts:
        first_of.setdefault(tried(call, query), call)
    for what, call in first_of.items():
        delivered = task.delivering is not None and tried(task.delivering, query) == what
        failed = delivered and task.status == "failure"
        where = placed(task, query, call.tier, call.model, month_of(task.day))
        yield standing(where, task, query), Try(not delivered, failed)


def tried(call: Call, query: Query) -> Any:
    return call.model if query.names("model") else call.tier


def units(task: Task, entries: list[Entry], query: Query) -> Iterator[tuple[Place, str, Unit]]:
    """The part of a task in each month; it is a unit where it has a call, an entry, a try, or the task itself."""
    found: dict[Place, list[int]] = {}

    def part(place: Place) -> list[int]:
        return found.setdefault(standing(place, task, query), [0, 0])

    for call in task.calls:
        part(place_of_call(call, query))[0] += call.cost or 0
    for entry in entries:
        part(place_of_entry(entry, query))[0] += entry.amount if entry.kind != "incident" else 0
    for place, _ in tries(task, query):
        part(place)
    part(place_of_task(task, query))[1] += task.counts_as(query.success)
    for place, (x, y) in found.items():
        yield place, "units", Unit(x, y)


# -- coverage ---------------------------------------------------------------------------------------------------------


def coverage(book: Book, query: Query, whole: Fallen) -> Record:
    corrections = [record for record in book.corrections if is_dated_in(book, record, record["worked_on"], query)]
    incidents = [record for record in book.incidents if is_dated_in(book, record, record["occurred_on"], query)]
    confirmed = [record for record in incidents if (record.get("status") or "confirmed") == "confirmed"]
    row = columns(whole, query.lens, query.success)
    return {
        "calls_priced": ratio(row["priced_calls"], row["calls"]),
        "unpriced_calls": row["calls"] - row["priced_calls"],
        "tasks_judged": ratio(row["judged"], row["tasks"]),
        "presumed_share": ratio(row["presumed"], row["successes"]),
        "corrections_linked": linked_share(book, corrections),
        "incidents_linked": linked_share(book, confirmed),
        "unattributed_cost": sum(
            entry.amount for entry in whole.entries if place_of_entry(entry, query).tier is None
        ),
        "other_months_token_bill": spent(
            call for call in whole.calls if not query.first <= month_of(call.task.day) <= query.last
        ),
        "open_incidents": sum(record.get("status") == "open" for record in incidents),
    }  # fmt: skip


def is_dated_in(book: Book, record: Record, day: Any, query: Query) -> bool:
    """By the record's own date; of the filters only the team's holds: the record's, else that of a task it names."""
    if not query.first <= month_of(as_date(day)) <= query.last:
        return False
    teams = {record["team"]} if record.get("team") else {task.team for task in named_tasks(book, record) if task}
    return "team" not in query.filters or query.filters["team"] in (teams or {None})


def linked_share(book: Book, records: Iterable[Record]) -> Any:
    """Of the records that name a task or call, the share of which all names are known."""
    naming = [record for record in records if names_in(record)]
    return ratio(sum(all(named_tasks(book, record)) for record in naming), len(naming))


def named_tasks(book: Book, record: Record) -> list[Task | None]:
    return [book.named(record, kind, name)[0] for kind, name, _ in names_in(record)]
