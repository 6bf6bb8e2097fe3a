"""SQL that finds the days of closed months whose charges are not as they were frozen."""

from __future__ import annotations

from audits.domain.charges import FIXED_COMPUTE, FIXED_LABOUR, FIXED_PREVENTION, OF_CALLS, TOKENS

GROUP = "team_id, task_type_id, tier_id, llm_id"
# What an entry of the ledger is charged as; fixed costs one by one.
METER = (
    "CASE WHEN source_kind <> 'fixed_cost' THEN category"
    f" WHEN nature = 'labour' THEN CASE category WHEN 'fixed_compute' THEN '{FIXED_LABOUR}' ELSE category END"
    f" WHEN category = 'fixed_compute' THEN '{FIXED_COMPUTE}' ELSE '{FIXED_PREVENTION}' END"
)
SOURCE = "CASE WHEN source_kind = 'fixed_cost' AND nature = 'cash' THEN source END"

_OF_CALLS = ", ".join(f"'{meter}'" for meter in OF_CALLS)
_TOKENS = ", ".join(f"'{kind}'" for kind in TOKENS)
_LIVE_CALLS = ", ".join(
    ["('calls', cost, (calls - priced_calls)::numeric)", *(f"('{kind}', 0, {kind}_tokens)" for kind in TOKENS)]
)
_CALL_SUMS = ("cost", "calls", "priced_calls", *(f"{kind}_tokens" for kind in TOKENS))

# Months first: few rows say which of all closed ones moved at all.
MOVED_DAYS = f"""
WITH months AS MATERIALIZED (
    SELECT month FROM audits_reportedcalls WHERE period = %(first)s AND month < %(first)s
    GROUP BY month, {GROUP} HAVING {" OR ".join(f"sum({name}) <> 0" for name in _CALL_SUMS)}
    UNION
    SELECT task_month FROM audits_reportedentries WHERE period = %(first)s AND task_month < %(first)s
    GROUP BY task_month, {GROUP}, category, source_kind, nature HAVING sum(amount) <> 0
), each AS (
    SELECT day, {GROUP}, k.meter, NULL::uuid AS source, k.amount, k.counted FROM audits_dailycalls
    CROSS JOIN LATERAL (VALUES {_LIVE_CALLS}) AS k(meter, amount, counted)
    WHERE day < %(first)s AND date_trunc('month', day)::date IN (SELECT month FROM months)
    UNION ALL
    SELECT service_date, {GROUP}, {METER}, {SOURCE}, amount_nanos, 0 FROM audits_entry
    WHERE service_date < %(first)s AND date_trunc('month', service_date)::date IN (SELECT month FROM months)
    UNION ALL
    SELECT day, {GROUP}, k.meter, source, k.amount, k.counted FROM audits_closedcharges
    CROSS JOIN LATERAL (VALUES
        (CASE WHEN meter IN ({_OF_CALLS}) THEN 'calls' ELSE meter END, -amount, -unpriced::numeric),
        (CASE WHEN meter IN ({_TOKENS}) THEN meter ELSE '' END, 0,
            CASE WHEN meter IN ({_TOKENS}) THEN -quantity ELSE 0 END)
    ) AS k(meter, amount, counted)
    WHERE close_id IN (SELECT id FROM audits_closesinforce)
        AND date_trunc('month', day)::date IN (SELECT month FROM months)
)
SELECT DISTINCT day FROM (
    SELECT day FROM each GROUP BY day, {GROUP}, meter, source HAVING sum(amount) <> 0 OR sum(counted) <> 0
) moved ORDER BY day
"""
