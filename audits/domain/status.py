"""Whether a task succeeded, who says so, and until when the question is open. The rules: docs/method.md, 3."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple
from uuid import UUID

from spend.domain.tasks import Shape

ACCEPTED = "accepted"
AMENDED = "amended"
REJECTED = "rejected"
SUCCESS = "success"
FAILURE = "failure"
PENDING = "pending"

State = Literal["success", "failure", "pending"]
DecidedBy = Literal["incident", "verdict", "outcome", "window", "none"]

_HARSHNESS = {ACCEPTED: 0, AMENDED: 1, REJECTED: 2}
_REWORK = {"fix", "redo"}


class Verdict(NamedTuple):
    """What a human said of a task's output; `call` when the record named one call of it."""

    worked_on: date
    verdict: str
    call: UUID | None = None


class Status(NamedTuple):
    """Where a task stands. `changes_on` is the day on which a pending task becomes presumed, or None for never."""

    state: State
    decided_by: DecidedBy
    presumed: bool = False
    first_pass: bool = False
    amended: bool = False
    judged: bool = False
    changes_on: date | None = None


def status_of(
    *,
    shape: Shape,
    invalidated: bool,
    verdicts: Sequence[Verdict],
    reworked: bool,
    outcome: str | None,
    acceptance_days: int,
    today: date,
) -> Status:
    """Return where the task stands at the end of `today`; the first rule that matches wins.

    `invalidated`: it, or any call of it, is named by a confirmed incident that invalidates output. `verdicts`: all
    on the task and its calls. `reworked`: minutes of `is_rework` on the task or any call of it. `outcome`: None or
    empty when nobody reported one.
    """
    counting = [verdict for verdict in verdicts if verdict.call is None or verdict.call == shape.deciding]
    clean = not reworked and all(verdict.verdict == ACCEPTED for verdict in counting)
    judged = bool(outcome) or bool(counting)
    if invalidated:
        return Status("failure", "incident", judged=judged)
    if counting:
        return _settled(_latest(counting).verdict != REJECTED, "verdict", clean)
    if outcome:
        return _settled(outcome == SUCCESS, "outcome", clean)
    if (today - shape.window_from).days > acceptance_days:
        return _presumed(shape, clean)
    return Status("pending", "none", changes_on=_first_day_after(shape.window_from, acceptance_days))


def is_rework(activity: str, minutes: Decimal) -> bool:
    """Return whether a correction changed what the model gave, so that its task did not pass at first."""
    return activity in _REWORK and minutes > 0


def _latest(verdicts: Sequence[Verdict]) -> Verdict:
    """R3: the latest by day; of one day, the harsher."""
    return max(verdicts, key=lambda verdict: (verdict.worked_on, _HARSHNESS[verdict.verdict]))


def _settled(success: bool, decided_by: DecidedBy, clean: bool) -> Status:
    if not success:
        return Status("failure", decided_by, judged=True)
    return Status("success", decided_by, first_pass=clean, amended=not clean, judged=True)


def _presumed(shape: Shape, clean: bool) -> Status:
    """R4: silence is consent, but a task that no call decided is presumed failed (R2)."""
    if shape.deciding is None:
        return Status("failure", "window")
    return Status("success", "window", presumed=True, first_pass=clean, amended=not clean)


def _first_day_after(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days + 1)
    except OverflowError:
        return None  # a window that outlasts the calendar never ends
