"""What rules, alerts and their mails say, in plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import assert_never

from audits.domain.watching import MEASURES, Happened, Unit

UNITS: dict[Unit, str] = {"money": "USD", "ratio": "times", "percent": "percent"}
_WINDOWS = {"month": "month to date", "last_month": "last complete month"}


def shown(value: Decimal | None, unit: Unit) -> str:
    """Show a figure rounded for people: $12.35, 3.20x, 4.5%."""
    if value is None:
        return "unknown"
    if unit == "money":
        places = 2 if abs(value) >= 1 or not value else 4
        sign = "-" if value < 0 else ""
        return f"{sign}${_rounded(abs(value), places):,}"
    if unit == "ratio":
        return f"{_rounded(value, 2):,}\N{MULTIPLICATION SIGN}"
    if unit == "percent":
        return f"{_rounded(value * 100, 1):,}%"
    assert_never(unit)


def figure_said(value: Decimal | None, measure: str) -> str | None:
    """Return a figure in full as people type it and the API tells it: dollars, times, or percent."""
    if value is None:
        return None
    scaled = Decimal(value) * (100 if MEASURES[measure].unit == "percent" else 1)
    return f"{scaled.normalize():f}"


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Said:
    """All that the texts of an alert are made of. `scope` as people call it: Claims, frontier, all work."""

    rule: str
    measure: str
    scope: str
    comparison: str
    threshold: Decimal
    clear: Decimal
    window: str
    days: int | None

    @property
    def unit(self) -> Unit:
        return MEASURES[self.measure].unit

    @property
    def condition(self) -> str:
        """Say when it is raised: True cost per success above $2.00, month to date, Claims."""
        window = f"last {self.days} days" if self.window == "days" else _WINDOWS[self.window]
        return f"{MEASURES[self.measure].label} {self.comparison} {self.limit}, {window}, {self.scope}"

    @property
    def limit(self) -> str:
        return shown(self.threshold, self.unit)


@dataclass(frozen=True, slots=True)
class Text:
    subject: str
    body: str


_SUBJECTS: dict[Happened, str] = {"raised": "Alert", "reminded": "Still raised", "cleared": "Cleared"}


def mail_of(
    said: Said, happened: Happened, *, value: Decimal | None, first_day: date, end_day: date, rows: str, alert: str
) -> Text:
    """Return the mail about what happened; `rows` and `alert` are addresses. No value: what it would look like."""
    figure, is_over = "(the figure)" if value is None else shown(value, said.unit), happened == "cleared"
    limit = f"clear of {shown(said.clear, said.unit)}" if is_over else f"{said.comparison} {said.limit}"
    lines = [
        f"{MEASURES[said.measure].label} of {said.scope} is {figure}, {limit}.",
        f"Days: {first_day} to {end_day - timedelta(days=1)}.",
        f"Rule: {said.rule} ({said.condition}).",
        "",
        "What it is made of:",
        rows,
        "",
        "The alert:" if is_over else "Acknowledge it, and its weekly reminders end:",
        alert,
    ]
    return Text(f"{_SUBJECTS[happened]}: {said.rule}, {figure}", "\n".join(lines) + "\n")
