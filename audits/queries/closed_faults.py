"""What `verify` looks for in closes: frozen rows and heads as they were signed, and figures that follow from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from audits.models import Close
from audits.queries.closes import digest_of, fingerprints_of, source_of
from spend.store import raw_cursor


def altered(today: date) -> Iterator[str]:
    """Every close that was signed, reopened ones too, holds what its digest was taken of."""
    before: dict[str, Close] = {"": Close()}
    for close in Close.objects.exclude(state=Close.DRAFT).order_by("closed_at", "pk"):
        inputs = close.inputs or {}
        if digest_of(close) != close.digest:
            yield f"close {close.pk} of {close.month:%Y-%m}: its inputs do not make its digest"
        for name, found in fingerprints_of(close).items():
            if inputs.get(name) != found:
                yield f"close {close.pk} of {close.month:%Y-%m}: its {name} are not what was signed"
        if inputs.get("previous") not in before:
            yield f"close {close.pk} of {close.month:%Y-%m}: the close before it is not there"
        before[close.digest] = close


def without_a_close(today: date) -> Iterator[str]:
    """Closes in force follow on one another: none was taken out from among them."""
    expected = None
    for close in Close.objects.filter(state=Close.CLOSED).order_by("month"):
        if expected is not None and close.first_month != expected:
            yield f"close {close.pk} begins with {close.first_month:%Y-%m}, not with {expected:%Y-%m}"
        expected = close.month_after


def unposted(today: date) -> Iterator[str]:
    """What a close and those before it reported of the ledger is what was posted for these months until then."""
    for close in Close.objects.filter(state=Close.CLOSED).order_by("month"):
        last = (close.inputs or {}).get("last_entry", 0)
        with raw_cursor() as cursor:
            cursor.execute(_UNPOSTED, {"month": close.month, "last": last, "end": close.month_after})
            for team, category, frozen, posted in cursor:
                yield (
                    f"up to {close.month:%Y-%m} {frozen} nano-dollars of {category} were reported of team {team},"
                    f" {posted} posted"
                )


_UNPOSTED = """
SELECT COALESCE(f.team_id, e.team_id), COALESCE(f.category, e.category), COALESCE(f.amount, 0), COALESCE(e.amount, 0)
FROM (
    SELECT team_id, category, sum(amount) AS amount FROM audits_closedentries
    WHERE close_id IN (SELECT id FROM audits_closesinforce) AND period <= %(month)s GROUP BY 1, 2
) f FULL JOIN (
    SELECT team_id, category, sum(amount_nanos) AS amount FROM audits_entry
    WHERE service_date < %(end)s AND id <= %(last)s GROUP BY 1, 2
) e ON e.category = f.category AND COALESCE(e.team_id, 0) = COALESCE(f.team_id, 0)
WHERE COALESCE(f.amount, 0) <> COALESCE(e.amount, 0)
"""

# The period of an entry is its own month, or the first open one when it was posted. A close has all entries up to its
# last one, and a month opened again takes back what was adjusted for it meanwhile: of the closes that an entry came
# after, only those still in force put it into a later period.
# What the FOCUS file of a closed month adds up to is what was reported of it: calls and the ledger.
UNCHARGED = """
SELECT COALESCE(c.period, r.period), COALESCE(c.amount, 0), COALESCE(r.amount, 0)
FROM (
    SELECT period, sum(amount) AS amount FROM audits_closedcharges
    WHERE close_id IN (SELECT id FROM audits_closesinforce) GROUP BY 1
) c FULL JOIN (
    SELECT period, sum(amount) AS amount FROM (
        SELECT close_id, period, cost AS amount FROM audits_closedcalls
        UNION ALL SELECT close_id, period, amount FROM audits_closedentries
    ) each WHERE close_id IN (SELECT id FROM audits_closesinforce) GROUP BY 1
) r ON r.period = c.period
WHERE COALESCE(c.amount, 0) <> COALESCE(r.amount, 0)
"""
MISPOSTED = """
SELECT COALESCE(r.period, e.period), COALESCE(r.team_id, e.team_id), COALESCE(r.amount, 0), COALESCE(e.amount, 0)
FROM (SELECT period, team_id, sum(amount) AS amount FROM audits_reportedentries GROUP BY 1, 2) r
FULL JOIN (
    SELECT GREATEST(date_trunc('month', service_date)::date, (
        SELECT max(c.month + interval '1 month')::date FROM audits_close c
        WHERE c.state = 'closed' AND (c.inputs ->> 'last_entry')::bigint < audits_entry.id
    )) AS period, team_id, sum(amount_nanos) AS amount FROM audits_entry GROUP BY 1, 2
) e ON e.period = r.period AND COALESCE(e.team_id, 0) = COALESCE(r.team_id, 0)
WHERE COALESCE(r.amount, 0) <> COALESCE(e.amount, 0)
"""
_MISPLACED = """
SELECT id, posting_month, period FROM (
    SELECT e.id, e.posting_month, GREATEST(date_trunc('month', e.service_date)::date, (
        SELECT max(c.month + interval '1 month')::date FROM audits_close c
        WHERE c.state <> 'draft' AND (c.inputs ->> 'last_entry')::bigint < e.id
            AND (c.state = 'closed' OR e.id <= c.reopened_after)
    )) AS period FROM audits_entry e
) each WHERE posting_month <> period AND NOT EXISTS (
    SELECT FROM audits_close WHERE state = 'reopened' AND reopened_after IS NULL
)
"""


def misplaced(today: date) -> Iterator[str]:
    """Postings stay where they were made: each in its own month, or in the first that was open at the time.

    Says nothing where a month was reopened by a version that did not keep where the ledger stood.
    """
    with raw_cursor() as cursor:
        cursor.execute(_MISPLACED)
        for entry, posted, period in cursor:
            yield f"entry {entry} is posted in {posted:%Y-%m}, {period:%Y-%m} was open for it"


def accruals(today: date) -> Iterator[str]:
    """What a close accrued is in its ledger, and nothing of it is left over after the reversal."""
    for close in Close.objects.exclude(state=Close.DRAFT).order_by("pk"):
        with raw_cursor() as cursor:
            cursor.execute(_ACCRUED, [source_of(close)])
            [(posted, left)] = cursor.fetchall()
        if (int(posted), int(left)) != (close.accrued or 0, 0):
            yield (
                f"close {close.pk} of {close.month:%Y-%m} accrues {close.accrued or 0} nano-dollars: {posted} were"
                f" posted, {left} not taken back"
            )


_ACCRUED = """
SELECT COALESCE(sum(amount_nanos) FILTER (WHERE reverses_id IS NULL), 0), COALESCE(sum(amount_nanos), 0)
FROM audits_entry WHERE source_kind = 'accrual' AND source = %b
"""
UNBALANCED = """
SELECT name, reported, restated FROM (
    SELECT 'calls' AS name, (SELECT sum(cost) FROM audits_reportedcalls) AS reported,
        (SELECT sum(cost) FROM audits_monthlycalls) AS restated
    UNION ALL SELECT 'tasks', (SELECT sum(tasks) FROM audits_reportedtasks),
        (SELECT sum(tasks) FROM audits_monthlytasks)
    UNION ALL SELECT 'successes', (SELECT sum(successes) FROM audits_reportedtasks),
        (SELECT sum(successes) FROM audits_monthlytasks)
    UNION ALL SELECT 'entries', (SELECT sum(amount) FROM audits_reportedentries),
        (SELECT sum(amount) FROM audits_monthlyentries)
    UNION ALL SELECT 'bills', (SELECT sum(amount) FROM audits_reportedbills),
        (SELECT sum(amount) FROM audits_monthlybills)
) each WHERE COALESCE(reported, 0) <> COALESCE(restated, 0)
"""
