"""Calls with their price and tier; tasks with their shape (method 1, 2) and status (method 3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from zoneinfo import ZoneInfo

from .facts import Facts, Record, counts, distinct_calls, find, latest
from .numbers import as_date, as_instant, day_in, exact, month_of, nanos
from .reference import BUCKETS, Model, Reference

HARSHNESS = {"accepted": 0, "amended": 1, "rejected": 2}
UNKNOWN = "unattributed"


@dataclass(eq=False)
class Call:
    wire: Record
    at: datetime
    day: date
    model: Model
    tier: str | None
    cost: int | None
    tokens: dict[str, int]
    task: Task = field(init=False)

    @property
    def id(self) -> str:
        return self.wire["id"]

    @cached_property
    def month(self) -> str:
        return month_of(self.day)

    @property
    def is_attempt(self) -> bool:
        return (self.wire.get("purpose") or "attempt") == "attempt"

    @property
    def is_ok(self) -> bool:
        return (self.wire.get("status") or "ok") == "ok"


@dataclass(eq=False)
class Task:
    """A task and everything that names it; what is computed is computed on demand from that."""

    team: str
    name: str  # of a task of one call that named none: the id of that call, by which no record can name it
    is_named: bool
    calls: list[Call]
    facts: Facts
    reference: Reference
    outcome: Record | None = None
    corrections: list[tuple[Record, Call | None]] = field(default_factory=list)  # with the call it names
    invalidated: bool = False

    @cached_property
    def day(self) -> date:
        return self.calls[0].day

    @cached_property
    def task_type(self) -> str | None:
        named = [self.outcome or {}, *(call.wire for call in self.calls)]
        return next((record["task_type"] for record in named if record.get("task_type")), None)

    @cached_property
    def attempts(self) -> list[Call]:
        return [call for call in self.calls if call.is_attempt]

    @cached_property
    def route(self) -> str | None:
        tiers: list[str] = []
        for call in self.attempts:
            if (call.tier or UNKNOWN) not in tiers:
                tiers.append(call.tier or UNKNOWN)
        return ">".join(tiers) if tiers else None

    @cached_property
    def first(self) -> Call | None:
        return self.attempts[0] if self.attempts else None

    @cached_property
    def deciding(self) -> Call | None:
        """R2."""
        finals = [call for call in self.calls if call.wire.get("final")]
        answers = finals or [call for call in self.attempts if call.is_ok]
        return answers[-1] if answers else None

    @cached_property
    def delivering(self) -> Call | None:
        return self.deciding or (self.attempts[-1] if self.attempts else None)

    @cached_property
    def value(self) -> int | None:
        stated = (self.outcome or {}).get("value_usd")
        if stated is None:
            stated = self.type_row.get("value")
        return None if stated is None else nanos(stated)

    @cached_property
    def manual_cost(self) -> int | None:
        minutes, role = self.type_row.get("manual_minutes"), self.type_row.get("role")
        if minutes is None or not role:
            return None
        return round(exact(minutes) / 60 * self.reference.rate(role, self.day))

    @property
    def type_row(self) -> Record:
        return self.reference.task_types.get(self.task_type or "", {})

    # -- status (method 3) ----------------------------------------------------------------------------------------

    @cached_property
    def verdicts(self) -> list[tuple[date, int]]:
        """(worked on, harshness) of the verdicts that count for the task, the deciding one last (R3)."""
        counting = [record for record, call in self.corrections if call in (None, self.deciding)]
        return sorted(
            (as_date(record["worked_on"]), HARSHNESS[record["verdict"]]) for record in counting if record.get("verdict")
        )

    @cached_property
    def is_over(self) -> bool:
        """Whether the acceptance window has closed (R4)."""
        last = self.delivering or self.calls[-1]
        days = self.type_row.get("acceptance_days")
        days = self.facts.acceptance_days if days is None else int(days)
        return (self.facts.as_of - last.day).days > days

    @cached_property
    def verdict_and_rule(self) -> tuple[str, str]:
        if self.invalidated:
            return "failure", "incident"
        if self.verdicts:
            return ("failure" if self.verdicts[-1][1] == HARSHNESS["rejected"] else "success"), "verdict"
        if self.outcome:
            return self.outcome["outcome"], "outcome"
        if self.is_over:
            return ("success" if self.deciding else "failure"), "window"
        return "pending", "none"

    @property
    def status(self) -> str:
        return self.verdict_and_rule[0]

    @property
    def is_presumed(self) -> bool:
        return self.verdict_and_rule == ("success", "window")

    @property
    def is_judged(self) -> bool:
        return bool(self.outcome or self.verdicts)

    @cached_property
    def is_first_pass(self) -> bool:
        changed = any(harshness > 0 for _, harshness in self.verdicts)
        reworked = any(
            record.get("activity") in ("fix", "redo") and exact(record.get("minutes") or 0) > 0
            for record, _ in self.corrections
        )
        return self.status == "success" and not changed and not reworked

    def counts_as(self, success: str) -> bool:
        """Whether it is a success by the definition asked for (method 7)."""
        if self.status != "success":
            return False
        return {"final": True, "first_pass": self.is_first_pass, "judged": not self.is_presumed}[success]


@dataclass
class Book:
    """All calls that count and the tasks they make, with outcomes, corrections and incidents linked."""

    facts: Facts
    reference: Reference
    tasks: list[Task]
    calls: dict[tuple[str, str], Call]
    corrections: list[Record]
    incidents: list[Record]

    @cached_property
    def named_tasks(self) -> dict[tuple[str, str], Task]:
        return {(task.team, task.name): task for task in self.tasks if task.is_named}

    def named(self, record: Record, kind: str, name: str) -> tuple[Task | None, Call | None]:
        """The task and, where the record names a call, the call; (None, None) when it is not known."""
        if kind == "task":
            return find(self.named_tasks, record.get("team"), name), None
        call = find(self.calls, record.get("team"), name)
        return (call.task, call) if call else (None, None)


def read_book(facts: Facts) -> Book:
    reference = Reference(facts.reference, facts.catalogue)
    zone = ZoneInfo(facts.zone)
    calls = [priced(wire, reference, zone) for wire in distinct_calls(facts) if counts(wire, facts)]
    book = Book(
        facts,
        reference,
        tasks_of(calls, facts, reference),
        {(call.wire["team"], call.id): call for call in calls},
        latest(facts.corrections, "id"),
        latest(facts.incidents, "id"),
    )
    link(book, latest(facts.outcomes, "task"))
    return book


def priced(wire: Record, reference: Reference, zone: ZoneInfo) -> Call:
    at = as_instant(wire["occurred_at"])
    day = day_in(at, zone)
    model = reference.model(wire.get("provider"), wire["model"])
    tokens = {name: int(wire.get(f"{name}_tokens") or 0) for name in BUCKETS}
    return Call(wire, at, day, model, reference.tier(model, day), cost_of(wire, tokens, model, day, reference), tokens)


def cost_of(wire: Record, tokens: dict[str, int], model: Model, day: date, reference: Reference) -> int | None:
    """Method 1 and R10: what the caller reported, else tokens x price, else unpriced."""
    price = reference.price(model, wire.get("service_tier") or "standard", day)
    if wire.get("cost_usd") is not None:
        reported = nanos(wire["cost_usd"])
        if reported or not any(tokens.values()) or (price and price[1]):
            return reported
    if price is None or all(wire.get(f"{name}_tokens") is None for name in BUCKETS):
        return None
    cost = Fraction(0)
    for name, used in tokens.items():
        if used:
            per_token = price[0][name]
            if per_token is None:
                return None
            cost += used * per_token
    return round(cost)


def tasks_of(calls: list[Call], facts: Facts, reference: Reference) -> list[Task]:
    """Group calls into tasks, each sorted by time, then id. A call that names no task is a task of one call."""
    grouped: dict[tuple[str, str, bool], list[Call]] = {}
    for call in calls:
        name = call.wire.get("task")
        grouped.setdefault((call.wire["team"], name or call.id, bool(name)), []).append(call)
    tasks = []
    for (team, name, is_named), own in grouped.items():
        task = Task(team, name, is_named, sorted(own, key=lambda call: (call.at, call.id)), facts, reference)
        tasks.append(task)
        for call in own:
            call.task = task
    return tasks


def link(book: Book, outcomes: list[Record]) -> None:
    for outcome in outcomes:
        task = find(book.named_tasks, outcome.get("team"), outcome["task"])
        if task:
            task.outcome = outcome
    for correction in book.corrections:
        for kind, name, _ in names_in(correction):
            task, call = book.named(correction, kind, name)
            if task:
                task.corrections.append((correction, call))
    for incident in book.incidents:
        if is_confirmed(incident) and incident.get("invalidates_output", True):
            invalidate(book, incident)


def invalidate(book: Book, incident: Record) -> None:
    """Fail every task that the incident names, whatever the weight."""
    for kind, name, _ in names_in(incident):
        task, _ = book.named(incident, kind, name)
        if task:
            task.invalidated = True


def is_confirmed(incident: Record) -> bool:
    return (incident.get("status") or "confirmed") == "confirmed"


def names_in(record: Record) -> list[tuple[str, str, Fraction]]:
    """(task or call, its id, weight) of everything a correction or incident names, sorted by id."""
    links = []
    for kind in ("task", "call"):
        if record.get(kind):
            links.append((kind, record[kind], Fraction(1)))
        for row in record.get(f"{kind}s") or []:
            weight = row.get("weight")
            links.append((kind, row[kind], Fraction(1) if weight is None else exact(weight)))
    return sorted(links, key=lambda row: row[1])
