"""The months at the top of the overview: the last full one and the one so far, each against the month before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from audits.domain.comparing import LEAST_SUCCESSES, Change, Withheld, change
from audits.domain.lines import Line
from audits.queries.overview import Overview
from audits.views.links import Words, link
from audits.views.wording import certainty
from spend.domain.periods import Month
from spend.templatetags.figures import plain_money, plain_percent, plain_ratio, plural

_MUCH = Fraction(5, 100)  # of the tasks pending: then the figures still move


@dataclass(frozen=True)
class Figure:
    label: str
    value: Any
    kind: str
    href: str
    change: str = ""
    note: str = ""
    incomplete: bool = False


@dataclass(frozen=True)
class Panel:
    """A month: `main` is the cost of a success, None where there is nothing at all."""

    title: str
    about: str
    href: str
    main: Figure | None = None
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def panels(found: Overview) -> list[Panel]:
    """Return the last full month and the month so far."""
    days = (found.this.end_day - found.this.first_day).days
    so_far = f"so far: day {found.today.day} of {days}"
    return [
        _panel(found, found.last, "the last full month", whole=True),
        _panel(found, found.this, so_far, whole=False),
    ]


def name_of(month: Month) -> str:
    return f"{month.first_day:%B %Y}"


def words_of_month(month: Month) -> Words:
    return {"from": [str(month)], "to": [str(month)]}


def _panel(found: Overview, month: Month, about: str, *, whole: bool) -> Panel:
    words, line, before = words_of_month(month), found.months.get(month), found.months.get(month.previous)
    panel = Panel(name_of(month), about, link("report", words))
    if line is None or not (line.calls or line.tasks or line.true_cost):
        return panel
    past = f"{month.previous.first_day:%B}"
    compared = _against({f"{month.first_day:%B}": line, past: before}, found.severity) if before else ""
    sure = certainty(line) if line.successes else "no successful task yet"
    main = Figure(
        "True cost per successful task", line.true_cost_per_success, "money", link("entries", words), compared,
        sure, line.incomplete and line.successes > 0,
    )  # fmt: skip
    return Panel(
        panel.title, panel.about, panel.href, main, _figures(line, before, past, words, whole), _notes(line, whole)
    )


def _figures(line: Line, before: Line | None, past: str, words: Words, whole: bool) -> list[Figure]:
    """Totals of a part of a month are not held against a whole one."""
    bill = _moved(line.token_bill, before.token_bill, past) if before and whole else ""
    cost = _moved(line.true_cost, before.true_cost, past) if before and whole else ""
    times = f"{plain_ratio(before.multiplier)} in {past}" if before and before.multiplier else ""
    calls, entries = link("calls", words), link("entries", words)
    return [
        Figure("Token bill", line.token_bill, "money", calls, bill, plural(line.calls, "call"), line.incomplete),
        Figure("True cost", line.true_cost, "money", entries, cost, plural(line.tasks, "task"), line.incomplete),
        Figure("Multiplier", line.multiplier, "ratio", entries, times, "true cost / compute"),
    ]


def _against(lines: Mapping[str, Line], severity: Fraction | None) -> str:
    """Say how the cost of a success moved, or why it is not said: never a direction within the reach of chance."""
    now, before = lines.values()
    past = list(lines)[1]
    if now.true_cost_per_success is None or before.true_cost_per_success is None:
        return ""
    was = f"{past}'s {plain_money(before.true_cost_per_success)}"
    found = change(lines, severity)
    if isinstance(found, Withheld):
        return f"not compared with {was}: {_WHY[found.reason].format(**_shares(found))}"
    return _moved_beyond_chance(found, was)


def _moved_beyond_chance(found: Change, was: str) -> str:
    if found.direction == 0 or found.share is None:
        return f"not distinguishable from {was}"
    return f"{plain_percent(abs(found.share))} {'above' if found.direction > 0 else 'below'} {was}, beyond chance"


_WHY = {
    "few": f"fewer than {LEAST_SUCCESSES} successes",
    "unpriced": "too many calls without a price",
    "coverage": "{first} of its tasks have an outcome or verdict, {second} had",
}


def _shares(found: Withheld) -> dict[str, str]:
    shares = [plain_percent(float(share), 0) for share in found.found.values()]
    return {"first": shares[0], "second": shares[-1]}


def _moved(now: int | None, before: int | None, past: str) -> str:
    if now is None or not before:
        return ""
    return f"{(now - before) / before:+.1%} on {past}".replace("-", "\N{MINUS SIGN}")


def _notes(line: Line, whole: bool) -> list[str]:
    notes = [] if whole else ["Totals are compared once the month is over."]
    if line.tasks and Fraction(line.pending, line.tasks) > _MUCH:
        notes.append(
            f"{plain_percent(line.pending / line.tasks, 0)} of the tasks are pending: these figures still move."
        )
    if line.incomplete:
        missing = plural(line.calls - line.priced_calls, "call")
        notes.append(f"{missing} without a known price: amounts marked + are lower bounds.")
    return notes
