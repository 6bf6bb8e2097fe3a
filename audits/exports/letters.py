"""Reports as mails: the pack of a month with its files, the digest of a week. The figures are those of the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from textwrap import fill

from django.conf import settings
from django.urls import reverse

from accounts.models import Team
from accounts.queries import shown_name
from audits.actions.schedules import File, Letter
from audits.domain.comparing import compare
from audits.domain.lines import Line
from audits.domain.occasions import MONTHLY_PACK
from audits.exports import wording
from audits.exports.asked import Asked
from audits.exports.comparing import sentence
from audits.exports.files import FORMATS, file_name
from audits.models import Schedule
from audits.queries.closes import close_of
from audits.queries.overview import Overview, overview
from audits.queries.reports import TrueCost, true_cost
from audits.queries.sums import Query
from audits.queries.windows import lines_of
from spend.domain.periods import Days, Month, Period
from spend.queries.zone import reporting_day
from spend.templatetags.figures import plain_money, plain_percent, plain_ratio, plural

WEEK = 7
WIDTH = 78  # characters of a line that no mail program breaks
HEADS = ("Tier", "True cost per success", "95 % interval", "Multiplier", "Token bill", "Successes")


def write(schedule: Schedule, day: date, teams: frozenset[int] | None, at: datetime) -> Letter:
    """Return what a schedule tells on this day of these teams, None for all, as the rows have it."""
    return (_pack if schedule.kind == MONTHLY_PACK else _digest)(schedule, day, teams, at)


# -- the pack of a month ----------------------------------------------------------------------------------------------


def _pack(schedule: Schedule, day: date, teams: frozenset[int] | None, at: datetime) -> Letter:
    month = Month.of(day).previous
    query, asked = _query(schedule, month, teams)
    report = true_cost(query, as_of=at)
    files = [
        File(file_name(query, name), FORMATS[name].content_type, partial(FORMATS[name].read, query, asked, at))
        for name in ("pdf", "xlsx")
    ]
    body = [
        _title(month.first_day.strftime("%B %Y"), teams),
        fill(wording.sentence(report), WIDTH),
        fill(_compared(report), WIDTH),
        _state(month, schedule),
        _table((row.names["tier"], row.line) for row in report.rows) if report.rows else "",
        f"The report: {asked.address('report', query)}",
        _foot(schedule),
    ]
    return Letter(f"Truecost: {month.first_day:%B %Y}", _text(body), files)


def _compared(report: TrueCost) -> str:
    return sentence(compare({row.names["tier"]: row.line for row in report.rows if row.names["tier"]}, None))


def _query(schedule: Schedule, month: Month, teams: frozenset[int] | None) -> tuple[Query, Asked]:
    words: Mapping[str, Sequence[str]] = {"team": [schedule.team.name]} if schedule.team else {}
    filters: dict[str, tuple[int | None, ...]] = {"team": (schedule.team.pk,)} if schedule.team else {}
    query = Query(Period(month, month), basis=schedule.basis, filters=filters, teams=teams)
    return query, Asked(words, f"schedule {schedule.name}")


def _state(month: Month, schedule: Schedule) -> str:
    close = close_of(month.first_day)
    if close is None or close.closed_at is None:
        return "This month is not closed: its figures can still change."
    known = "as reported" if schedule.basis == "reported" else "as known now, which may differ from what was reported"
    by = shown_name(close.closed_by)
    return (
        f"This month was closed on {close.closed_at:%d %B %Y} by {by}. The figures are {known}.\nDigest {close.digest}"
    )


# -- the digest of a week ---------------------------------------------------------------------------------------------


def _digest(schedule: Schedule, day: date, teams: frozenset[int] | None, at: datetime) -> Letter:
    found = overview(teams=teams, at=at, today=reporting_day(at))
    body = [
        _title(f"Week to {day:%d %B %Y}", teams),
        *_weeks(day, teams),
        *chain.from_iterable(_month(found, month) for month in (found.this, found.last)),
        _attention(found),
        f"The overview: {settings.PUBLIC_URL}{reverse('overview')}",
        _foot(schedule),
    ]
    return Letter(f"Truecost: week to {day:%d %B %Y}", _text(body))


def _weeks(day: date, teams: frozenset[int] | None) -> Iterator[str]:
    """Say what the seven days before `day` were like, and the seven before these; young tasks are still pending."""
    last, before = (Days(day - timedelta(days=age), day - timedelta(days=age - WEEK)) for age in (WEEK, 2 * WEEK))
    lines = lines_of({} if teams is None else {"team": tuple(teams)}, {last, before})
    for name, days in (("The week", last), ("The week before", before)):
        yield fill(f"{name}, from {days.first_day:%d %B}: {_in_short(lines[days])}", WIDTH)


def _in_short(line: Line) -> str:
    if not line.calls and not line.tasks and not line.true_cost:
        return "nothing."
    share = plain_percent((line.calls - line.priced_calls) / line.calls) if line.calls else "none"
    return (
        f"{plural(line.tasks, 'task')}, {line.pending:,} of them pending; {line.counted_successes:,} successful at"
        f" {plain_money(line.true_cost_per_success)} each; true cost {plain_money(line.true_cost)}, token bill"
        f" {plain_money(line.token_bill)}, incidents {plain_money(line.incident_cost)}; {share} of calls unpriced."
    )


def _month(found: Overview, month: Month) -> Iterator[str]:
    lines = found.trend.get(month, {})
    so_far = " so far" if month == found.this else ""
    total = found.months.get(month)
    if total is None or not lines:
        yield f"{month.first_day:%B %Y}{so_far}: nothing yet."
        return
    costs = f"true cost {plain_money(total.true_cost)}, token bill {plain_money(total.token_bill)}"
    yield f"{month.first_day:%B %Y}{so_far}: {costs}."
    yield _table([*lines.items(), ("All", total)])


def _attention(found: Overview) -> str:
    needs = found.attention
    unpriced = sum(each.calls for each in needs.unpriced)
    said = [
        f"{plural(unpriced, 'call')} without a known price: their cost is in no figure." if unpriced else "",
        f"{plural(needs.open_incidents, 'open incident')}: no cost until confirmed." if needs.open_incidents else "",
        *(f"{each.name} sent nothing since {each.last:%d %B}." for each in needs.silent_teams),
    ]
    points = [f"- {each}" for each in said if each]
    return "\n".join(["What needs attention:", *points]) if points else "Nothing needs attention."


# -- both -------------------------------------------------------------------------------------------------------------


def _title(of: str, teams: frozenset[int] | None) -> str:
    names = [] if teams is None else list(Team.objects.filter(pk__in=teams).values_list("name", flat=True))
    return f"{of}, {', '.join(names) or 'all teams'}"


def _foot(schedule: Schedule) -> str:
    return f"Sent by the schedule {schedule.name} of {settings.PUBLIC_URL}."


def _text(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(lines: Iterator[tuple[str | None, Line]] | Sequence[tuple[str | None, Line]]) -> str:
    """Return columns of even width, which stay readable in any mail program."""
    rows = [HEADS, *(_row(name or "unattributed", line) for name, line in lines)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    return "\n".join(_even(row, widths) for row in rows)


def _even(row: Sequence[str], widths: Sequence[int]) -> str:
    """The first column to the left, figures to the right."""
    figures = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *figures])


def _row(name: str, line: Line) -> tuple[str, ...]:
    low, high = line.true_cost_per_success_low, line.true_cost_per_success_high
    return (
        name,
        plain_money(line.true_cost_per_success),
        f"{plain_money(low)} to {plain_money(high)}" if low is not None and high is not None else "too few tasks",
        plain_ratio(line.multiplier),
        plain_money(line.token_bill),
        f"{line.counted_successes:,}",
    )
