"""Rules that watch a figure: when one raises an alert, when it clears, when it stays silent. docs/alerts.md.

A figure that wobbles about its threshold must not send a mail each hour. So an alert is raised only after it was
passed in several evaluations in a row, stands a day at least, and clears only once the figure was beyond the clear
threshold in as many. What is not enough data neither raises nor clears.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

Unit = Literal["money", "ratio", "percent"]
Scope = Literal["team", "tier", "task_type", "provider", "budget"]
Happened = Literal["raised", "reminded", "cleared"]

IN_A_ROW = 2  # evaluations; one may have fallen into a batch of calls whose outcomes were still on their way
SLOT = timedelta(hours=1)  # evaluations count once in each
STANDS = timedelta(days=1)
REMINDER = timedelta(days=7)

COMPARISONS = {"above": "Above", "below": "Below"}
WINDOWS = {"month": "Month to date", "days": "Last days", "last_month": "Last complete month"}


@dataclass(frozen=True, slots=True)
class Measure:
    """What can be watched. `sampled` names what `minimum` counts; `scopes` are what it can be narrowed to."""

    label: str
    unit: Unit
    sampled: str
    scopes: tuple[Scope, ...]
    windows: tuple[str, ...] = tuple(WINDOWS)


_OF_TASKS: tuple[Scope, ...] = ("team", "tier", "task_type")
MEASURES: dict[str, Measure] = {
    "true_cost_per_success": Measure("True cost per success", "money", "successes", _OF_TASKS),
    "multiplier": Measure("Multiplier", "ratio", "calls", _OF_TASKS),
    "incident_loss": Measure("Incident loss", "money", "", _OF_TASKS),
    "unpriced_share": Measure("Unpriced share", "percent", "calls", _OF_TASKS),
    "capture_rate": Measure("Capture rate", "percent", "", ("provider",), ("last_month",)),
    "budget_share": Measure("Budget share", "percent", "", ("budget",), ("month",)),
    "budget_forecast": Measure("Budget forecast", "percent", "", ("budget",), ("month",)),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond `threshold` is bad; clear is what lies beyond `clear` on the other side, or on it."""

    comparison: str
    threshold: Decimal
    clear: Decimal
    minimum: int

    def is_passed(self, value: Decimal) -> bool:
        return value > self.threshold if self.comparison == "above" else value < self.threshold

    def is_clear(self, value: Decimal) -> bool:
        return value <= self.clear if self.comparison == "above" else value >= self.clear


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure as it was found. `value` None: there is none; `sample`: how many successes or calls it rests on."""

    value: Decimal | None
    sample: int

    def is_enough(self, minimum: int) -> bool:
        return self.value is not None and self.sample >= minimum


@dataclass(frozen=True, slots=True)
class State:
    """Where a rule stands. `raised_at` None: not raised; `told_at`: when people last heard of what is raised."""

    evaluated_at: datetime | None = None
    beyond: int = 0
    back: int = 0
    raised_at: datetime | None = None
    told_at: datetime | None = None
    is_acknowledged: bool = False


def step(state: State, reading: Reading, limits: Limits, at: datetime) -> tuple[State, Happened | None]:
    """Return where the rule stands after a reading, and what happened. A second one in its slot counts for nothing."""
    if state.evaluated_at is not None and slot_of(at) <= slot_of(state.evaluated_at):
        return state, None
    seen = _counted(replace(state, evaluated_at=at), reading, limits)
    if seen.raised_at is None:
        if seen.beyond >= IN_A_ROW:
            return replace(seen, raised_at=at, told_at=at, is_acknowledged=False), "raised"
        return seen, None
    if seen.back >= IN_A_ROW and at - seen.raised_at >= STANDS:
        return replace(seen, raised_at=None, told_at=None, is_acknowledged=False), "cleared"
    if seen.beyond and not seen.is_acknowledged and seen.told_at is not None and at - seen.told_at >= REMINDER:
        return replace(seen, told_at=at), "reminded"
    return seen, None


def slot_of(at: datetime) -> datetime:
    """Return the hour in which evaluations count once."""
    return at.replace(minute=0, second=0, microsecond=0)


def _counted(state: State, reading: Reading, limits: Limits) -> State:
    """Go on counting what came in a row; what is not enough data breaks no row and begins none."""
    if reading.value is None or not reading.is_enough(limits.minimum):
        return state
    return replace(
        state,
        beyond=state.beyond + 1 if limits.is_passed(reading.value) else 0,
        back=state.back + 1 if limits.is_clear(reading.value) else 0,
    )


@dataclass(frozen=True, slots=True)
class Spell:
    """From the day on which an alert is raised, with the value then, to the day on which it is cleared, if it is."""

    raised_on: date
    value: Decimal
    cleared_on: date | None


def spells(readings: Mapping[date, Reading], limits: Limits) -> list[Spell]:
    """Return when an alert would have been raised and cleared, had each day shown all day what it showed at its end."""
    found: list[Spell] = []
    state = State()
    for day, reading in sorted(readings.items()):
        for hour in range(24):
            state, happened = step(state, reading, limits, datetime.combine(day, time(hour), UTC))
            if happened == "raised" and reading.value is not None:
                found.append(Spell(day, reading.value, None))
            elif happened == "cleared":
                found[-1] = replace(found[-1], cleared_on=day)
    return found
