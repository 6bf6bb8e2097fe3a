"""Entries of the ledger, newest first: what the costs of a report are made of."""

from __future__ import annotations

from audits.queries.lists import months, reading
from audits.queries.lists.asking import Listing
from audits.queries.lists.calls import ENTRY_TIER, MODEL
from audits.queries.lists.naming import of_task
from audits.queries.lists.reading import MOST_ADDED, PAGE, Order, Page, Sums, Where

_SAME = {"team": "e.team_id", "task_type": "e.task_type_id", "route": "COALESCE(s.route, '')"}
_DIMENSIONS = {
    "responsible": {**_SAME, "tier": "e.tier_id", "model": "e.llm_id"},
    "route": {
        **_SAME,
        "tier": f"CASE WHEN e.traced THEN {ENTRY_TIER} ELSE e.tier_id END",
        "model": "CASE WHEN e.traced THEN s.first_llm_id ELSE e.llm_id END",
    },
}
_FROM = "audits_entry e LEFT JOIN audits_taskstate s ON s.task_key = e.task_key"
_SOURCE = """
    CASE e.source_kind
        WHEN 'correction' THEN (SELECT k.external_id FROM audits_correction k WHERE k.identity = e.source AND k.latest)
        WHEN 'incident' THEN (SELECT i.external_id FROM audits_incident i WHERE i.identity = e.source AND i.latest)
        WHEN 'accrual' THEN to_char(e.service_date, '"Accrual of "YYYY-MM')
        ELSE (SELECT f.name FROM audits_fixedcost f WHERE f.identity = e.source)
    END
"""
_SOURCE_BEGINS = (
    "e.source IN (SELECT identity FROM audits_correction WHERE external_id LIKE %(begins)s UNION ALL"
    " SELECT identity FROM audits_incident WHERE external_id LIKE %(begins)s UNION ALL"
    " SELECT identity FROM audits_fixedcost WHERE name LIKE %(begins)s)"
)
_PAGE = f"""
SELECT e.id, e.posted_at, e.service_date, e.posting_month, e.category, e.nature, e.amount_nanos, e.rule, e.traced,
    e.policy_version, e.source_kind AS source, {_SOURCE} AS source_id, team.name AS team, tier.name AS tier,
    {MODEL.format("llm")} AS model, kind.name AS task_type, e.task_key,
    CASE WHEN NOT task.implicit THEN task.external_id END AS task, call.external_id AS call, e.reverses_id AS reverses,
    (SELECT r.id FROM audits_entry r WHERE r.reverses_id = e.id) AS reversed_by, e.state
FROM (
    SELECT e.*, s.state FROM {_FROM} WHERE {{where}} ORDER BY {{order}} LIMIT %(limit)s
) e
LEFT JOIN spend_task task ON task.id = e.task_key
LEFT JOIN spend_call call ON call.id = e.call_key
LEFT JOIN accounts_team team ON team.id = e.team_id
LEFT JOIN spend_tier tier ON tier.id = e.tier_id
LEFT JOIN spend_llm llm ON llm.id = e.llm_id
LEFT JOIN spend_tasktype kind ON kind.id = e.task_type_id
ORDER BY {{order}}
"""
_LATE = "e.posting_month > date_trunc('month', e.service_date)"
_ORDER = Order((("e.id", "id", int),))


def entries(listing: Listing, *, cursor: str | None = None, limit: int = PAGE) -> Page:
    """Return a page of entries, the last posted first."""
    where = _where(listing)
    begin = reading.opened(cursor, _ORDER)
    reading.after(where, begin, _ORDER)
    return reading.page(_PAGE.format(where=where, order=_ORDER.sql(begin)), where, _ORDER, begin, limit)


def sums_of_entries(listing: Listing) -> Sums:
    """Return how many entries there are, from how many sources, and what they add up to."""
    where = _where(listing)
    amount = months.amount_of_entries(listing)
    counted = f"SELECT e.source, e.amount_nanos FROM {_FROM} WHERE {where} LIMIT %(most)s"
    sql = (
        "SELECT count(*) AS entries, count(DISTINCT source) AS sources,"
        f" COALESCE(sum(amount_nanos), 0) AS amount_nanos FROM ({counted}) AS own"
    )
    found: Sums = {**reading.whole_sums(sql, {**where.params, "most": MOST_ADDED + 1})}
    if (found["entries"] or 0) > MOST_ADDED:
        found = dict.fromkeys(found)
    return found if amount is None else found | {"amount_nanos": amount}


def _where(listing: Listing) -> Where:
    when = "e.posting_month" if listing.basis == "reported" else "e.service_date"
    where = reading.asked(listing, _DIMENSIONS[listing.lens], when)
    columns = {"category": "e.category", "source": "e.source_kind", "nature": "e.nature", "rule": "e.rule"}
    reading.said(where, listing, columns)
    if states := listing.only.get("state"):  # an entry without task has none
        where.add("e.traced AND s.state = ANY(%(states)s)", states=list(states))
    reading.yes_no(where, listing, {"traced": "e.traced", "reversals": "e.reverses_id IS NOT NULL", "late": _LATE})
    of_task(where, listing, "e.task_key", or_else=_SOURCE_BEGINS)
    if listing.source:
        where.add("e.source = %(source)s", source=listing.source)
    return where
