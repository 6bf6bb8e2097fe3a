"""What was reported of each period, as views; and triggers that keep closed months as they are, whoever writes.

Reported is what closes froze, what is live of open months, and, in the first open month, what is live of closed
months less what was frozen of them: so late facts are in one period, once, whatever they changed.
"""

from django.db import migrations

DIMENSIONS = ("team_id", "task_type_id", "route", "first_llm_id", "tier_id", "llm_id")
UNIT_KEYS = ("level", "month", "previous_month")
ENTRY_KEYS = ("posting_month", "source_kind", "category", "nature", "traced")
CALL_SUMS = (
    "calls", "priced_calls", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens", "cost",
    "wasted", "pending_cost",
)  # fmt: skip
TASK_SUMS = (
    "tasks", "successes", "presumed", "amended", "failures", "pending", "first_pass", "judged", "value", "valued",
    "value_first_pass", "valued_first_pass", "value_judged", "valued_judged", "manual", "with_manual",
)  # fmt: skip
UNIT_SUMS = (
    "touched", "attempts", "escalated", "failed", "n", "sum_x", "sum_xx", "sum_y", "sum_xy",
    "sum_y_first_pass", "sum_xy_first_pass", "sum_y_judged", "sum_xy_judged",
)  # fmt: skip
# Of each table of months: the month that a row is of, its keys, its sums.
TABLES = {
    "calls": ("month", ("task_month", "month"), (*CALL_SUMS, "latency")),
    "tasks": ("task_month", ("task_month",), TASK_SUMS),
    "units": ("month", ("task_month", *UNIT_KEYS), UNIT_SUMS),
    "entries": ("task_month", ("task_month", *ENTRY_KEYS), ("amount", "pending")),
}
NEGATED_LATENCY = "(SELECT array_agg(-b ORDER BY i) FROM unnest(latency) WITH ORDINALITY AS u(b, i)) AS latency"

OPEN_FROM = """
CREATE FUNCTION audits_open_from() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (max(month) + interval '1 month')::date FROM audits_close WHERE state = 'closed'
$$;
CREATE VIEW audits_closesinforce AS SELECT id FROM audits_close WHERE state = 'closed';
"""


def reported(name: str, own_month: str, keys: tuple[str, ...], sums: tuple[str, ...]) -> str:
    columns = ", ".join((*DIMENSIONS, *keys, *sums))
    negated = ", ".join(NEGATED_LATENCY if column == "latency" else f"-{column} AS {column}" for column in sums)
    frozen = f"audits_closed{name} WHERE close_id IN (SELECT id FROM audits_closesinforce)"
    return f"""
CREATE VIEW audits_reported{name} AS
    SELECT period, {columns} FROM {frozen}
    UNION ALL
    SELECT GREATEST({own_month}, audits_open_from()), {columns} FROM audits_monthly{name}
    UNION ALL
    SELECT audits_open_from(), {", ".join((*DIMENSIONS, *keys))}, {negated} FROM {frozen};
"""


# Things that are counted once however many rows they have. Of those that moved since they were frozen, both what is
# and what was stand in the first open month, on two sides.
def reported_things(name: str, thing: str, keys: str, live: str) -> str:
    return f"""
CREATE VIEW audits_reported{name} AS
WITH live AS (SELECT DISTINCT {keys}, task_month FROM ({live}) AS found),
frozen AS (
    SELECT {keys}, task_month FROM audits_closed{name} WHERE close_id IN (SELECT id FROM audits_closesinforce)
    GROUP BY {keys}, task_month HAVING sum(side) > 0
),
late AS (SELECT {keys}, task_month FROM live WHERE task_month < audits_open_from()),
moved AS (
    SELECT {thing} FROM (SELECT * FROM late EXCEPT SELECT * FROM frozen) AS come
    UNION SELECT {thing} FROM (SELECT * FROM frozen EXCEPT SELECT * FROM late) AS gone
)
    SELECT period, {keys}, task_month, side FROM audits_closed{name}
        WHERE close_id IN (SELECT id FROM audits_closesinforce)
    UNION ALL
    SELECT task_month, {keys}, task_month, 1::smallint FROM live
        WHERE task_month >= audits_open_from() OR audits_open_from() IS NULL
    UNION ALL
    SELECT audits_open_from(), {keys}, task_month, 1::smallint FROM late WHERE {thing} IN (SELECT {thing} FROM moved)
    UNION ALL
    SELECT audits_open_from(), {keys}, task_month, -1::smallint FROM frozen
        WHERE {thing} IN (SELECT {thing} FROM moved);
"""


ACTIVE_INCIDENTS = """
    SELECT e.source, e.traced, e.team_id, e.task_type_id, COALESCE(s.route, '') AS route, s.first_llm_id, e.tier_id,
        e.llm_id, date_trunc('month', e.service_date)::date AS task_month
    FROM audits_entry e LEFT JOIN audits_taskstate s ON s.task_key = e.task_key
    WHERE e.source_kind = 'incident' AND e.reverses_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM audits_entry r WHERE r.reverses_id = e.id)
"""
COVERED = """
CREATE VIEW audits_coveredrecords AS
    SELECT 'correction' AS kind, k.identity AS record, k.worked_on AS day, true AS names, false AS is_open,
        EXISTS (SELECT 1 FROM spend_task t WHERE t.id = k.task_key)
            OR EXISTS (SELECT 1 FROM spend_call c WHERE c.id = k.call_key AND c.counted) AS known,
        CASE WHEN k.team_id IS NULL THEN '{}'::int[] ELSE ARRAY[k.team_id] END AS teams
    FROM audits_correction k WHERE k.latest AND NOT k.withdrawn AND (k.task_name <> '' OR k.call_name <> '')
    UNION ALL
    SELECT 'incident', i.identity, i.occurred_on, i.status = 'confirmed' AND bool_or(l.id IS NOT NULL),
        i.status = 'open',
        i.status = 'confirmed' AND bool_or(l.id IS NOT NULL) AND bool_and(t.id IS NOT NULL OR c.id IS NOT NULL),
        ARRAY(SELECT DISTINCT unnest(array_remove(array_agg(COALESCE(i.team_id, t.team_id, c.team_id)), NULL))
            ORDER BY 1)
    FROM audits_incident i LEFT JOIN audits_incidentlink l ON l.incident_id = i.id
    LEFT JOIN spend_task t ON t.id = l.key AND NOT l.is_call
    LEFT JOIN spend_call c ON c.id = l.key AND l.is_call AND c.counted
    WHERE i.latest AND NOT i.withdrawn GROUP BY i.id;
"""
LIVE_RECORDS = "SELECT *, date_trunc('month', day)::date AS task_month FROM audits_coveredrecords"

VIEWS = "\n".join(
    [
        OPEN_FROM,
        *(reported(name, *columns) for name, columns in TABLES.items()),
        reported_things("incidents", "source", f"source, traced, {', '.join(DIMENSIONS)}", ACTIVE_INCIDENTS),
        COVERED,
        reported_things("records", "record", "kind, record, teams, names, known, is_open", LIVE_RECORDS),
    ]
)
NO_VIEWS = "\n".join(
    [
        "DROP VIEW audits_reportedrecords; DROP VIEW audits_coveredrecords; DROP VIEW audits_reportedincidents;",
        *(f"DROP VIEW audits_reported{name};" for name in TABLES),
        "DROP VIEW audits_closesinforce; DROP FUNCTION audits_open_from();",
    ]
)

FROZEN = ("calls", "tasks", "units", "entries", "incidents", "records")
KEEP = """
CREATE FUNCTION closed_months_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a close froze never changes: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION only_drafts_freeze() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added a JOIN audits_close c ON c.id = a.close_id WHERE c.state <> 'draft') THEN
        RAISE EXCEPTION 'a signed close takes no more rows' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION closed_months_take_no_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added WHERE posting_month < audits_open_from()) THEN
        RAISE EXCEPTION 'the month is closed: entries are posted from % on', audits_open_from()
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER closed_months_take_no_entries AFTER INSERT ON audits_entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION closed_months_take_no_entries();

CREATE FUNCTION closes_go_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    opened audits_close;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'a signed close stays' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a close begins as a draft' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'draft' THEN
        RETURN NEW;
    ELSIF OLD.state = 'draft' AND NEW.state = 'closed' THEN
        IF NEW.first_month < audits_open_from() THEN
            RAISE EXCEPTION 'months are closed in their order' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    ELSIF OLD.state = 'closed' AND NEW.state = 'reopened' THEN
        opened := OLD;
        opened.state := NEW.state;
        opened.reopened_at := NEW.reopened_at;
        opened.reopened_by := NEW.reopened_by;
        opened.reopen_reason := NEW.reopen_reason;
        IF opened IS DISTINCT FROM NEW OR EXISTS (
            SELECT 1 FROM audits_close WHERE state = 'closed' AND month > OLD.month
        ) THEN
            RAISE EXCEPTION 'only the latest close is reopened, and nothing else of it changes'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a signed close stays' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER closes_go_one_way BEFORE INSERT OR UPDATE OR DELETE ON audits_close
    FOR EACH ROW EXECUTE FUNCTION closes_go_one_way();
CREATE TRIGGER closes_are_never_truncated BEFORE TRUNCATE ON audits_close
    FOR EACH STATEMENT EXECUTE FUNCTION closed_months_stay();
""" + "".join(
    f"""
CREATE TRIGGER closed_{name}_never_change BEFORE UPDATE OR DELETE ON audits_closed{name}
    FOR EACH ROW EXECUTE FUNCTION closed_months_stay();
CREATE TRIGGER closed_{name}_are_never_truncated BEFORE TRUNCATE ON audits_closed{name}
    FOR EACH STATEMENT EXECUTE FUNCTION closed_months_stay();
CREATE TRIGGER closed_{name}_come_with_drafts AFTER INSERT ON audits_closed{name} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION only_drafts_freeze();
"""
    for name in FROZEN
)
REVOKE = f"""
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'truecost_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {", ".join(f"audits_closed{name}" for name in FROZEN)} FROM truecost_app;
        REVOKE TRUNCATE ON audits_close FROM truecost_app;
    END IF;
END $$;
"""
RELEASE = "\n".join(
    [
        *(
            f"DROP TRIGGER closed_{name}_{what} ON audits_closed{name};"
            for name in FROZEN
            for what in ("never_change", "are_never_truncated", "come_with_drafts")
        ),
        "DROP TRIGGER closes_are_never_truncated ON audits_close; DROP TRIGGER closes_go_one_way ON audits_close;",
        "DROP TRIGGER closed_months_take_no_entries ON audits_entry; DROP FUNCTION closed_months_take_no_entries();",
        "DROP FUNCTION closes_go_one_way(); DROP FUNCTION only_drafts_freeze(); DROP FUNCTION closed_months_stay();",
    ]
)


class Migration(migrations.Migration):
    dependencies = [("audits", "0016_closes")]

    operations = [migrations.RunSQL(VIEWS, NO_VIEWS), migrations.RunSQL(KEEP + REVOKE, RELEASE)]
