"""What a report was asked for and what stands in its way, as pairs and sentences for files."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from accounts.queries import shown_name
from audits.actions.packs import Pack
from audits.domain.comparing import compare
from audits.exports.asked import Asked
from audits.exports.comparing import CAVEAT, sentence
from audits.exports.wording import as_billed, incidents, period_name
from audits.queries.reports import UNATTRIBUTED, TrueCost
from spend.domain.periods import Month, Period
from spend.queries.zone import reporting_zone
from spend.templatetags.figures import plain_money, plain_percent, plural

SIMULATED = "Simulated data: these figures are of the sample organisation, not of real work."
_LENSES = {
    "responsible": "responsible: a cost sits with the tier that caused it",
    "route": "route: all cost of a task sits with the tier it began with",
}
_BASES = {
    "restated": "restated: costs by the day they belong to",
    "reported": "reported: costs by the month they were booked in",
}
_SUCCESSES = {
    "final": "every task that stayed successful",
    "first_pass": "a task successful with no human change",
    "judged": "a task successful by outcome or verdict, not presumed",
}
_STANDINGS = {
    "open": "not closed: figures can still change",
    "draft": "not closed: a draft waits for its signature",
    "partly closed": "partly closed: the rest can still change",
    "closed": "closed",
}
_BILLS = {
    "computed": "computed: logged calls by our prices",
    "billed": "billed: as providers billed it, where finance decided so; else computed",
}
_OTHER_SUCCESSES = "Tiers are compared by all tasks that stayed successful; this report counts fewer of them."


def described(pack: Pack, asked: Asked) -> dict[str, str]:
    """Return what the report is of, by label."""
    report = pack.asked_for
    query = report.query
    local = report.as_of.astimezone(reporting_zone())
    return {
        "Period": period_name(query.period),
        "Rows by": " and ".join(name.replace("_", " ") for name in query.by),
        "Lens": _LENSES[query.lens],
        "Basis": _BASES[query.basis],
        **dict(_closes(pack, asked)),
        "Success is": _SUCCESSES[query.success],
        "Token bill": _BILLS[query.bill],
        **{f"Only {name.replace('_', ' ')}": names for name, names in asked.filters().items()},
        "Teams": "all" if query.teams is None else "those of the person or key that asked",
        "Currency": "USD",
        "Reporting zone": str(reporting_zone()),
        "As of": f"{local:%Y-%m-%d %H:%M:%S}",
        "Attribution policy": settings.ATTRIBUTION_POLICY,
        "Exported by": asked.by_whom,
        "Same report": asked.address("report", query, {"by": [",".join(query.by)]}),
    }


def _closes(pack: Pack, asked: Asked) -> Iterator[tuple[str, str]]:
    """Say where the months stand, and of each close who signed it and, for who sees all teams, its digest."""
    standing = pack.asked_for.closed
    yield "Months", _STANDINGS[standing]
    for close in pack.closes:
        months = period_name(Period(Month.of(close.first_month), Month.of(close.month)))
        by = shown_name(close.closed_by, is_reader=close.closed_by == asked.by_whom)
        at = f" on {close.closed_at.astimezone(reporting_zone()):%Y-%m-%d %H:%M}" if close.closed_at else ""
        text = f"signed by {by}{at}, token bill {close.basis}"
        if pack.asked_for.query.teams is None:
            text += f", SHA-256 {close.digest}"
        yield f"Close of {months}", text


def of_tiers(pack: Pack) -> str:
    """Say which tier costs less per success, or why nobody can."""
    if pack.asked_for.query.success != "final":
        return _OTHER_SUCCESSES
    lines = {row.names["tier"]: row.line for row in pack.by("tier").report.rows}
    return sentence(compare({name: line for name, line in lines.items() if name}, None))


def noted(pack: Pack) -> Iterator[str]:
    """Say what finance noted on the months, each with its month, team and author."""
    for note in pack.notes:
        yield f"{note.month}, {note.team or 'all teams'}: {note.text} ({note.by}, {note.at:%Y-%m-%d})"


def uncertain(report: TrueCost) -> Iterator[str]:
    """Say what the figures do not hold, most important first."""
    total, known = report.total, report.coverage
    yield from as_billed(report)
    yield f"Incidents: {incidents(report)} (95 %). The interval of the cost of a success leaves incidents out."
    if known.unpriced_calls:
        yield f"{plural(known.unpriced_calls, 'call')} without a known price: costs are a lower bound."
    if total.pending:
        yield (
            f"{plural(total.pending, 'task')} of {plural(total.tasks, 'task')} still pending, with"
            f" {plain_money(total.pending_cost)} of cost: in no yield and in no cost of a success."
        )
    if known.presumed_share:
        yield (
            f"{plain_percent(known.presumed_share)} of the successes are presumed: the acceptance window passed and"
            " nobody said how they went."
        )
    if known.tasks_judged is not None and known.tasks_judged < 1:
        yield f"{plain_percent(known.tasks_judged)} of the tasks have an outcome or a verdict."
    if known.unattributed_cost:
        yield f"{plain_money(known.unattributed_cost)} could be given to no tier: its row reads {UNATTRIBUTED}."
    if known.open_incidents:
        yield f"{plural(known.open_incidents, 'open incident')}: no cost until confirmed."
    if known.other_months_token_bill:
        yield f"{plain_money(known.other_months_token_bill)} of the token bill are of tasks of other months."
    yield CAVEAT
