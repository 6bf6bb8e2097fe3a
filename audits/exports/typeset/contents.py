"""What the PDF says, as texts and shares of a length: the template only sets it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from audits.actions.packs import Pack, View
from audits.domain.lines import Line
from audits.exports.asked import Asked
from audits.exports.axis import ticks
from audits.exports.bars import LABELS, Bar, bars
from audits.exports.colours import colour, part_colours
from audits.exports.describing import SIMULATED, described, noted, of_tiers, uncertain
from audits.exports.wording import certainty, period_name, sentence
from audits.queries.claims import Claim
from audits.queries.parts import PARTS
from audits.queries.reports import UNATTRIBUTED, Row, TrueCost
from spend.domain.money import to_dollars
from spend.queries.zone import reporting_zone
from spend.templatetags.figures import DASH, plain_money, plain_percent, plain_ratio, plural

MOST_ROWS = 40  # four pages hold no more
MOST_NOTES = 4
_LONGEST_NAME = 34
_LONGEST_TEXT = 600
_RUN = re.compile(r"(\S{16})(?=\S)")
_HEADS = (
    "Tasks", "Successes", "Token bill", "True cost", "Tokens\nper task", "True cost\nper success", "Multiplier",
    "Final\nyield", "Attempt\nfail rate",
)  # fmt: skip


def contents(pack: Pack, asked: Asked) -> dict[str, Any]:
    """Return all that the template shows."""
    report, view = pack.asked_for, pack.views[0]
    shown = bars(report, view.parts)
    return {
        "title": f"True cost of AI work, {period_name(report.query.period)}",
        "simulated": SIMULATED if pack.is_simulated else "",
        "sentence": _cut(sentence(report), _LONGEST_TEXT),
        "tiers": _cut(of_tiers(pack), _LONGEST_TEXT),
        "stamp": _stamp(report),
        "cards": _cards(report),
        "chart": _chart(shown, report),
        "tables": [_table(each) for each in ([view] if view.by == ("tier",) else [view, pack.by("tier")])],
        "claims": [_claim(claim) for claim in pack.claims][:MOST_ROWS],
        "coverage": _coverage(report),
        "noted": _notes(pack),
        "uncertain": [_cut(text, _LONGEST_TEXT) for text in uncertain(report)],
        "described": [[label, _cut(text, _LONGEST_TEXT)] for label, text in described(pack, asked).items()],
        "colours": {name: colour(f"--{name}") for name in ("ink", "ink-soft", "line", "accent", "bar-error",
                                                           "bar-token-only", "warn-paper", "warn-ink")},
    }  # fmt: skip


def _notes(pack: Pack) -> list[str]:
    """Return the latest notes by finance, as many as four pages hold."""
    shown = [_cut(text, _LONGEST_TEXT) for text in noted(pack)][-MOST_NOTES:]
    left_out = len(pack.notes) - len(shown)
    return [*shown, *([f"And {plural(left_out, 'earlier note')}; the workbook has all."] if left_out else [])]


def _stamp(report: TrueCost) -> str:
    local = report.as_of.astimezone(reporting_zone())
    return f"As of {local:%Y-%m-%d %H:%M} {reporting_zone()}, {report.query.lens} lens, {report.query.basis}, USD"


def _cards(report: TrueCost) -> list[list[str]]:
    total, pending = report.total, report.total.pending
    return [
        ["True cost per successful task", plain_money(total.true_cost_per_success), certainty(total)],
        ["Token cost per task", plain_money(total.token_cost_per_task), "what a token dashboard shows"],
        ["Multiplier", plain_ratio(total.multiplier), "true cost / compute"],
        ["True cost", plain_money(total.true_cost),
         f"{plain_money(total.cash)} cash, {plain_money(total.labour)} labour"],
        ["Token bill", plain_money(total.token_bill), plural(total.calls, "call")],
        ["Successes", f"{total.successes:,}",
         f"of {plural(total.tasks, 'task')}; {plain_percent(report.coverage.presumed_share)} presumed,"
         f" {plain_percent(pending / total.tasks if total.tasks else None)} of tasks pending"],
    ]  # fmt: skip


def _chart(shown: Sequence[Bar], report: TrueCost) -> dict[str, Any]:
    longest = max((max(bar.total, bar.high or 0, bar.token_only or 0) for bar in shown), default=0)
    marks, end = ticks(longest)
    hidden = sum(1 for row in report.rows if row.line.counted_successes) - len(shown)
    colours = part_colours()
    return {
        "legend": [[LABELS[part], colours[part]] for part in PARTS],
        "ticks": [[mark / end, plain_money(mark) if mark else "$0"] for mark in marks],
        "bars": [_bar(bar, end, list(colours.values())) for bar in shown],
        "hidden": f"The {len(shown)} dearest of {len(shown) + hidden} rows with a success." if hidden else "",
    }


def _bar(bar: Bar, end: int, colours: Sequence[str]) -> dict[str, Any]:
    return {
        "label": _label(bar.label.split(" · ")),
        "parts": [[max(part, 0) / end, shade] for part, shade in zip(bar.parts, colours, strict=True)],
        "tokens": (bar.token_only or 0) / end,
        "low": None if bar.low is None else bar.low / end,
        "high": None if bar.high is None else bar.high / end,
        "total": plain_money(bar.total, 4) + ("+" if bar.incomplete else ""),
    }


def _table(view: View) -> dict[str, Any]:
    """Return the dearest rows, in the order of the page."""
    report = view.report
    dearest = {id(row) for row in sorted(report.rows, key=lambda row: -row.line.true_cost)[:MOST_ROWS]}
    rows = [row for row in report.rows if id(row) in dearest]
    left_out = len(report.rows) - len(rows)
    by = " and ".join(name.replace("_", " ") for name in view.by)
    return {
        "title": f"By {by}",
        "heads": [by.capitalize(), *_HEADS],
        "rows": [[_name(row), *_figures(row.line)] for row in rows],
        "total": ["Total", *_figures(report.total)],
        "left_out": f"Without {plural(left_out, 'row')} of lower cost; the workbook has all." if left_out else "",
    }


def _name(row: Row) -> str:
    return _label([name or UNATTRIBUTED for name in row.names.values()])


def _label(names: Sequence[str]) -> str:
    return " · ".join(_short(name) for name in names)


def _short(name: str) -> str:
    """Cut a name and say where it may be broken: one without spaces would run over its neighbours."""
    return _RUN.sub("\\1\N{ZERO WIDTH SPACE}", _cut(name, _LONGEST_NAME))


def _figures(line: Line) -> list[str]:
    low, high = line.true_cost_per_success_low, line.true_cost_per_success_high
    places = 2 if high and to_dollars(high) >= 1 else 4
    ends = "" if low is None or high is None else f"\n{plain_money(low, places)} to {plain_money(high, places)}"
    mark = "+" if line.incomplete else ""
    return [
        f"{line.tasks:,}",
        f"{line.successes:,}",
        f"{plain_money(line.token_bill, 2)}{mark if line.token_bill is not None else ''}",
        f"{plain_money(line.true_cost, 2)}{mark}",
        plain_money(line.token_cost_per_task, 4),
        f"{plain_money(line.true_cost_per_success, 4)}{ends}",
        plain_ratio(line.multiplier, 2),
        plain_percent(line.final_yield),
        plain_percent(line.attempt_fail_rate),
    ]


def _claim(claim: Claim) -> list[str]:
    ends = claim.ends
    return [
        _short(claim.tier or UNATTRIBUTED),
        plain_percent(claim.claimed),
        plain_percent(claim.measured),
        DASH if ends is None else f"{plain_percent(ends[0])} to {plain_percent(ends[1])}",
        f"{claim.attempts:,}",
    ]


def _coverage(report: TrueCost) -> list[list[str]]:
    known = report.coverage
    return [
        ["Calls priced", plain_percent(known.calls_priced)],
        ["Tasks judged", plain_percent(known.tasks_judged)],
        ["Successes presumed", plain_percent(known.presumed_share)],
        ["Corrections linked", plain_percent(known.corrections_linked)],
        ["Incidents linked", plain_percent(known.incidents_linked)],
        ["Cost of no tier", plain_money(known.unattributed_cost)],
    ]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
