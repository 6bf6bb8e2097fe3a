"""From corrections, incidents and fixed costs to entries (method 4 and 5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from .facts import Facts, Record
from .numbers import as_date, days, exact, month_of, nanos, share
from .reference import Model
from .tasks import Book, Call, Task, is_confirmed, names_in, read_book

CATEGORY = {
    "review": "appraisal",
    "fix": "internal_failure",
    "redo": "internal_failure",
    "repair": "internal_failure",
    "apology": "external_failure",
    "support": "external_failure",
    "prompting": "prevention",
    "upkeep": "prevention",
}


@dataclass(frozen=True, eq=False)
class Target:
    amount: int
    day: date
    rule: str
    team: str | None
    task: Task | None = None
    tier: str | None = None
    model: Model | None = None


@dataclass(frozen=True, eq=False)
class Entry:
    kind: str
    source: str
    record: Record
    category: str
    nature: str
    target: Target

    @property
    def amount(self) -> int:
        return self.target.amount

    @property
    def is_traced(self) -> bool:
        return self.target.task is not None


def entries(facts: Facts) -> list[tuple[Any, ...]]:
    """The net set of entries: kind, source, service date, rule, category, nature, team, task type, task, tier, model,
    amount. Entries that differ in nothing but the amount are one."""
    net: Counter[tuple[Any, ...]] = Counter()
    for entry in ledger(read_book(facts)):
        target, task = entry.target, entry.target.task
        key = (entry.kind, entry.source, target.day, target.rule, entry.category, entry.nature, target.team,
               task.task_type if task else None, task.name if task else None, target.tier,
               model_name(target.model))  # fmt: skip
        net[key] += entry.amount
    return sorted(((*key, amount) for key, amount in net.items()), key=lambda row: [str(field) for field in row])


@cache
def model_name(model: Model | None) -> str | None:
    if model is None:
        return None
    provider, name = model
    return f"{provider}/{name}" if provider else name


def ledger(book: Book) -> list[Entry]:
    return [
        entry
        for entry in (*of_corrections(book), *of_incidents(book), *of_fixed_costs(book))
        if entry.amount  # a part of 0 makes no entry
    ]


def of_corrections(book: Book) -> Iterator[Entry]:
    for record in book.corrections:
        day = as_date(record["worked_on"])
        if not exact(record.get("minutes") or 0):
            continue  # a verdict alone
        labour = round(exact(record["minutes"]) / 60 * book.reference.rate(record["role"], day))
        for target in place(book, record, day, labour):
            yield Entry("correction", record["id"], record, CATEGORY[record["activity"]], "labour", target)


def of_incidents(book: Book) -> Iterator[Entry]:
    for record in book.incidents:
        if not is_confirmed(record):
            continue
        day = as_date(record["occurred_on"])
        loss = (exact(record["loss_usd"]) - exact(record.get("recovered_usd") or 0)) * 10**9
        response = Fraction(0)
        if record.get("response_minutes"):
            response = exact(record["response_minutes"]) / 60 * book.reference.rate(record["role"], day)
        cash = int(loss)  # exact: money on the wire has at most nine places
        labour = round(loss + response) - cash
        for nature, amount in (("cash", cash), ("labour", labour)):
            for target in place(book, record, day, amount):
                yield Entry("incident", record["id"], record, "external_failure", nature, target)


def place(book: Book, record: Record, day: date, amount: int) -> list[Target]:
    """Split one amount of a correction or incident over its targets (the table of method 5)."""
    team = record.get("team")
    links = names_in(record)
    if links:
        parts = share(amount, [weight for _, _, weight in links])
        return [
            target
            for (kind, name, _), part in zip(links, parts, strict=True)
            for target in on_task_or_call(book, record, day, part, *book.named(record, kind, name))
        ]
    if record.get("model"):
        model = named_model(book, record["model"], record.get("provider"))
        return [Target(amount, day, "explicit", team, tier=book.reference.tier(model, day), model=model)]
    if record.get("tier"):
        return [Target(amount, day, "scope", team, tier=record["tier"])]
    return over_tiers(book, team, day, amount)


def on_task_or_call(
    book: Book, record: Record, day: date, amount: int, task: Task | None, call: Call | None
) -> list[Target]:
    if task is None:
        return [Target(amount, day, "unattributed", record.get("team"))]
    if call is not None:
        return [Target(amount, task.day, "explicit", task.team, task, call.tier, call.model)]
    by_id = sorted(task.calls, key=lambda call: call.id)
    costs = [call.cost or 0 for call in by_id]
    if book.facts.policy == "pro_rata" and any(costs):
        return [
            Target(part, task.day, "pro_rata", task.team, task, call.tier, call.model)
            for call, part in zip(by_id, share(amount, costs), strict=True)
        ]
    by = task.delivering
    return [Target(amount, task.day, "deciding", task.team, task, by.tier if by else None, by.model if by else None)]


def over_tiers(book: Book, team: str | None, day: date, amount: int) -> list[Target]:
    """Split over the delivering tiers of the team's tasks of the month of `day`, unknown last (R7)."""
    tiers: Counter[str | None] = Counter(
        task.delivering.tier if task.delivering else None
        for task in book.tasks
        if team and task.team == team and month_of(task.day) == month_of(day)
    )
    if not tiers:
        return [Target(amount, day, "unattributed", team)]
    names = sorted(tiers, key=lambda name: (name is None, name or ""))
    parts = share(amount, [tiers[name] for name in names])
    return [Target(part, day, "scope", team, tier=name) for name, part in zip(names, parts, strict=True)]


def named_model(book: Book, name: str, provider: str | None) -> Model:
    """A model as a period entry or fixed cost names it: `name`, or `provider/name`."""
    for key in book.reference.rows:
        if not provider and name == f"{key[0]}/{key[1]}":
            return key
    return book.reference.model(provider, name)


# -- fixed costs (R8) ---------------------------------------------------------------------------------------------


def of_fixed_costs(book: Book) -> Iterator[Entry]:
    for record in book.reference.section("fixed_costs"):
        category = {"compute": "fixed_compute", "prevention": "prevention"}[record.get("kind") or "compute"]
        amount, nature = amount_of_fixed_cost(book, record)
        for target in targets_of_fixed_cost(book, record, booked_days(record, amount, book.facts.as_of)):
            yield Entry("fixed_cost", record["name"], record, category, nature, target)


def amount_of_fixed_cost(book: Book, record: Record) -> tuple[int, str]:
    if not record.get("hours"):
        return nanos(record["amount"]), "cash"
    return round(exact(record["hours"]) * book.reference.rate(record["role"], as_date(record["from"]))), "labour"


def booked_days(record: Record, amount: int, as_of: date) -> dict[date, int]:
    """What each day that counts books: its share, or on the day of abandonment all that was left."""
    span = days(as_date(record["from"]), as_date(record["to"]))
    abandoned = as_date(record["abandoned_on"]) if record.get("abandoned_on") else None
    booked: dict[date, int] = {}
    for day, part in zip(span, share(amount, [1] * len(span)), strict=True):
        at = min(day, abandoned) if abandoned else day
        if at <= as_of:
            booked[at] = booked.get(at, 0) + part
    return booked


def targets_of_fixed_cost(book: Book, record: Record, booked: dict[date, int]) -> Iterator[Target]:
    team = record.get("team")
    if record.get("model"):
        model = named_model(book, record["model"], record.get("provider"))
        for day, amount in booked.items():
            yield Target(amount, day, "explicit", team, tier=book.reference.tier(model, day), model=model)
    elif record.get("tier"):
        for day, amount in booked.items():
            yield Target(amount, day, "scope", team, tier=record["tier"])
    elif team:
        for month in sorted({month_of(day) for day in booked}):
            of_month = {day: amount for day, amount in booked.items() if month_of(day) == month}
            yield from over_tiers(book, team, max(of_month), sum(of_month.values()))
    else:
        for day, amount in booked.items():
            yield Target(amount, day, "unattributed", None)
