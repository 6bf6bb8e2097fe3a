"""What people did about the output: reviews, fixes and redone work, each a correction in the wire format."""

from __future__ import annotations

from datetime import date, timedelta

from audits.sample.draws import Draw, Steered
from audits.sample.profiles import KINDS
from audits.sample.records import Handled, Record, Year

# Most rework happens within days; a tail comes weeks later and lands in another month (late facts).
PROMPT_DAYS = 2
LATE_SHARE = 0.08
LATE_DAYS = 21
# Some corrections name the call people looked at, not the task.
BY_CALL_SHARE = 0.04
HUMAN_PROVENANCE = (None, "self_reported", "measured")


class Reworkers:
    """The people who look at the output of a kind of work."""

    def __init__(self, year: Year) -> None:
        self.year = year
        self.logged: dict[tuple[str, str], Steered] = {}
        self.amended: dict[tuple[str, str], Steered] = {}

    def look_at(self, task: Handled, draw: Draw) -> None:
        """Log what follows from one task."""
        key = (task.kind.name, task.policy)
        rework = task.kind.rework
        if not task.known:
            self.leave(task)
        elif not task.success:
            if self.logged.setdefault(key, Steered()).draw(draw, rework.logged):
                self.reject(task, draw)
        elif self.amended.setdefault(key, Steered()).draw(draw, rework.amended):
            self.review(task, draw)
            self.amend(task, draw)
        elif not self.review(task, draw):
            self.leave(task)

    def leave(self, task: Handled) -> None:
        self.year.untouched[task.month, task.kind.name].append(task)

    def reject(self, task: Handled, draw: Draw) -> None:
        rework = task.kind.rework
        self.log(task, draw, rework.failed, rework.failed_minutes, verdict="rejected", cause=draw.one_of(rework.causes))

    def amend(self, task: Handled, draw: Draw) -> None:
        rework = task.kind.rework
        self.log(task, draw, "fix", rework.amended_minutes, verdict="amended", cause=draw.one_of(rework.causes))

    def review(self, task: Handled, draw: Draw) -> int:
        """Log the reviews before it was accepted; return how many."""
        reviews = draw.whole(draw.around(task.kind.rework.reviews, 0.6)) if task.kind.rework.reviews else 0
        for number in range(reviews):
            verdict = {"verdict": "accepted"} if number == reviews - 1 else {}
            self.log(task, draw, "review", task.kind.rework.review_minutes, number=number + 1, **verdict)
        return reviews

    def log(
        self, task: Handled, draw: Draw, activity: str, minutes: float, *, number: int = 0, **fields: object
    ) -> None:
        by_call = draw.chance(BY_CALL_SHARE)
        record: Record = {
            "id": f"{task.id}-{activity}{f'-{number}' if number else ''}",
            "team": task.kind.team,
            "worked_on": str(day_worked(task.day, self.year.until, draw)),
            "minutes": draw.minutes(minutes),
            "role": task.kind.rework.role,
            "activity": activity,
            **fields,
            **({"call": task.deciding_call} if by_call else {"task": task.id}),
        }
        provenance = draw.one_of(HUMAN_PROVENANCE)
        if provenance:
            record["provenance"] = provenance
        self.year.facts.corrections.append(record)


def day_worked(day: date, until: date, draw: Draw) -> date:
    """Return the day somebody worked on it: soon, sometimes weeks later, never after the end of the sample."""
    wait = LATE_DAYS if draw.chance(LATE_SHARE) else PROMPT_DAYS
    return min(day + timedelta(days=int(draw.random.random() * (wait + 1))), until)


def audit_month(year: Year, month: int, *, scale: float, seed: str) -> None:
    """Draw a random sample of a month's successes nobody has looked at, and log what the auditors found."""
    for kind in KINDS:
        draw = Draw(f"{seed}:audit:{kind.name}:{month}")
        wanted = max(1, round(kind.rework.audits * scale))
        for task in draw.some_of(year.untouched[month, kind.name], wanted):
            year.facts.corrections.append(audit_of(task, year.until, draw))


def audit_of(task: Handled, until: date, draw: Draw) -> Record:
    found: Record = {"verdict": "accepted"}
    if not task.success:
        found = {"verdict": "rejected", "cause": draw.one_of(task.kind.rework.causes)}
    return {
        "id": f"{task.id}-audit",
        "team": task.kind.team,
        "worked_on": str(min(task.day + timedelta(days=3), until)),
        "minutes": draw.minutes(task.kind.rework.audit_minutes),
        "role": task.kind.rework.role,
        "activity": "review",
        **found,
        "task": task.id,
        "note": "Quality audit, drawn at random (simulated).",
        "provenance": "measured",
    }
