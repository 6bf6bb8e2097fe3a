"""What was billed beyond logged calls, by the dimensions of reports, where finance decided that it be shown there.

`audits_monthlybills`: of each provider's month that was decided `allocate`, billed less computed, split over the
month's rows of that provider by computed cost, by largest remainder (spend/domain/money.split; a test holds the two
together); of one decided `leave`, or without computed cost, one row of no dimension. Computed cost is that of the days
which bills with amounts in the month are of. `audits_monthlybilledcalls`: monthly rows of calls with these amounts as rows beside
them. The reported ones follow the pattern of migration 0017: frozen, live, and in the first open month what moved.
"""

from django.db import migrations

DIMENSIONS = "team_id, task_type_id, route, first_llm_id, tier_id, llm_id"
SUMS = (
    "calls, priced_calls, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, cost, wasted, pending_cost"
)
AS_SUMS = "0, 0, 0, 0, 0, 0, amount, 0, 0"  # a bill has a cost and no calls
NO_LATENCY = "array_fill(0::bigint, ARRAY[70])"
FROZEN = "audits_closedbills WHERE close_id IN (SELECT id FROM audits_closesinforce)"

CREATE = f"""
CREATE VIEW audits_monthlybills AS
WITH decided AS (
    SELECT provider, month, choice FROM (
        SELECT DISTINCT ON (provider, month) provider, month, choice
        FROM audits_reconciliationdecision ORDER BY provider, month, id DESC
    ) latest WHERE choice <> 'accept'
), lines AS (
    SELECT l.provider, date_trunc('month', l.day)::date AS month, l.bill_id, b.first_day, b.end_day, l.amount_nanos
    FROM spend_billline l JOIN spend_bill b ON b.id = l.bill_id
    WHERE b.superseded_at IS NULL AND l.amount_nanos IS NOT NULL
), billed AS (
    SELECT provider, month, sum(amount_nanos) AS amount FROM lines JOIN decided USING (provider, month)
    GROUP BY provider, month
), days AS (
    SELECT DISTINCT bills.provider, day::date AS day
    FROM (SELECT DISTINCT provider, month, bill_id, first_day, end_day FROM lines) bills
    JOIN decided USING (provider, month)
    CROSS JOIN LATERAL generate_series(
        GREATEST(first_day, month), LEAST(end_day, (month + interval '1 month')::date) - 1, interval '1 day'
    ) AS day
), computed AS (
    SELECT days.provider, date_trunc('month', c.day)::date AS month, sum(c.cost) AS amount
    FROM audits_dailycalls c JOIN spend_llm l ON l.id = c.llm_id
    JOIN days ON days.provider = l.provider AND days.day = c.day
    GROUP BY 1, 2
), difference AS (
    SELECT provider, month, choice, billed.amount - COALESCE(computed.amount, 0) AS amount
    FROM billed JOIN decided USING (provider, month) LEFT JOIN computed USING (provider, month)
), weights AS (
    SELECT l.provider, m.month, {DIMENSIONS.replace("team_id", "m.team_id")}, sum(m.cost) AS cost
    FROM audits_monthlycalls m JOIN spend_llm l ON l.id = m.llm_id
    JOIN decided d ON d.provider = l.provider AND d.month = m.month AND d.choice = 'allocate'
    GROUP BY l.provider, m.month, {DIMENSIONS.replace("team_id", "m.team_id")} HAVING sum(m.cost) > 0
), shares AS (
    SELECT w.*, d.amount, div(abs(d.amount) * w.cost, sum(w.cost) OVER month_of) AS part,
        mod(abs(d.amount) * w.cost, sum(w.cost) OVER month_of) AS remainder
    FROM weights w JOIN difference d USING (provider, month)
    WINDOW month_of AS (PARTITION BY w.provider, w.month)
), ranked AS (
    SELECT *, abs(amount) - sum(part) OVER (PARTITION BY provider, month) AS left_over,
        row_number() OVER (PARTITION BY provider, month ORDER BY remainder DESC, {DIMENSIONS}) AS place
    FROM shares
)
SELECT month, month AS task_month, {DIMENSIONS}, sign(amount) * (part + (place <= left_over)::int) AS amount FROM ranked
UNION ALL
SELECT month, month, NULL, NULL, '', NULL, NULL, NULL, amount FROM difference d
WHERE choice = 'leave' OR NOT EXISTS (SELECT 1 FROM weights w WHERE (w.provider, w.month) = (d.provider, d.month));

CREATE VIEW audits_reportedbills AS
    SELECT period, {DIMENSIONS}, task_month, month, amount FROM {FROZEN}
    UNION ALL
    SELECT GREATEST(month, audits_open_from()), {DIMENSIONS}, task_month, month, amount FROM audits_monthlybills
    UNION ALL
    SELECT audits_open_from(), {DIMENSIONS}, task_month, month, -amount FROM {FROZEN};

CREATE VIEW audits_monthlybilledcalls AS
    SELECT {DIMENSIONS}, {SUMS}, latency, task_month, month, 0::numeric AS bill_difference FROM audits_monthlycalls
    UNION ALL
    SELECT {DIMENSIONS}, {AS_SUMS}, {NO_LATENCY}, task_month, month, amount FROM audits_monthlybills WHERE amount <> 0;
CREATE VIEW audits_reportedbilledcalls AS
    SELECT period, {DIMENSIONS}, {SUMS}, latency, task_month, month, 0::numeric AS bill_difference
    FROM audits_reportedcalls
    UNION ALL
    SELECT period, {DIMENSIONS}, {AS_SUMS}, {NO_LATENCY}, task_month, month, amount
    FROM audits_reportedbills WHERE amount <> 0;
"""
KEEP = """
CREATE TRIGGER closed_bills_never_change BEFORE UPDATE OR DELETE ON audits_closedbills
    FOR EACH ROW EXECUTE FUNCTION closed_months_stay();
CREATE TRIGGER closed_bills_are_never_truncated BEFORE TRUNCATE ON audits_closedbills
    FOR EACH STATEMENT EXECUTE FUNCTION closed_months_stay();
CREATE TRIGGER closed_bills_come_with_drafts AFTER INSERT ON audits_closedbills REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION only_drafts_freeze();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'truecost_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audits_closedbills FROM truecost_app;
    END IF;
END $$;
"""
DROP = """
DROP VIEW audits_reportedbilledcalls; DROP VIEW audits_monthlybilledcalls;
DROP VIEW audits_reportedbills; DROP VIEW audits_monthlybills;
"""
RELEASE = """
DROP TRIGGER closed_bills_never_change ON audits_closedbills;
DROP TRIGGER closed_bills_are_never_truncated ON audits_closedbills;
DROP TRIGGER closed_bills_come_with_drafts ON audits_closedbills;
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0018_bills_as_closed"), ("spend", "0012_bills_and_their_lines")]

    operations = [migrations.RunSQL(CREATE, DROP), migrations.RunSQL(KEEP, RELEASE)]
