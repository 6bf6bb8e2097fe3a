"""The database writes the trail by itself, and lets nobody change it.

Statement triggers with transition tables: one for each INSERT, UPDATE and DELETE, whoever sends it (ORM, bulk, COPY,
psql), at a fraction of what row triggers cost. They ask for no session setting that could switch them off; `follow`
(trail/store.py) puts them on each tracked table and enables them ALWAYS, under `session_replication_role` too.
"""

from django.db import migrations

WRITTEN = r"""
-- What of a row goes into the trail: not what is `unrecorded`, and of secrets only that they changed.
CREATE FUNCTION trail_row(r jsonb, hidden text[], unrecorded text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN hidden = '{}' THEN r - unrecorded ELSE (r - unrecorded) || coalesce((
        SELECT jsonb_object_agg(h, 'hidden:' || left(encode(sha256(convert_to(h || '|' || (r ->> h), 'UTF8')), 'hex'), 16))
        FROM unnest(hidden) h WHERE r ->> h IS NOT NULL), '{}') END
$$;

-- Every field with its length before it, so that no two events read alike. The same in trail/domain/chain.py.
CREATE FUNCTION trail_mark(e trail_event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(string_agg(coalesce(char_length(t) || ':' || t, '-'), ',' ORDER BY n), 'UTF8'))
    FROM unnest(ARRAY[e.id::text, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.transaction::text, e.action, e.object,
        e.key, e.before::text, e.after::text, e.actor_kind, e.actor, e.person_id::text, e.role, e.address, e.request,
        e.reason]) WITH ORDINALITY u(t, n)
$$;

-- An event as it would be written now; `told` is who does it, from where and why, as the application says.
CREATE FUNCTION trail_made(told jsonb, action text, object text, key text, before jsonb, after jsonb)
RETURNS trail_event LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE e trail_event;
BEGIN
    e.id := nextval('trail_event_id_seq');
    e.at := clock_timestamp();
    e.transaction := pg_current_xact_id()::text::bigint;
    e.action := action; e.object := object; e.key := key; e.before := before; e.after := after;
    e.actor_kind := coalesce(told ->> 'kind', '');
    e.actor := coalesce(told ->> 'name', '');
    e.person_id := (told ->> 'person')::bigint;
    e.role := session_user;
    e.address := coalesce(told ->> 'address', '');
    e.request := coalesce(told ->> 'request', '');
    e.reason := coalesce(nullif(told ->> 'reason', ''), (
        SELECT string_agg(value, ' ' ORDER BY name) FROM jsonb_each_text(after) a(name, value)
        WHERE name IN ('reason', 'reopen_reason', 'withdrawn_because') AND value <> coalesce(before ->> name, '')), '');
    e.mark := trail_mark(e);
    RETURN e;
END $$;

-- Who seals a day waits until all who write its events have committed.
CREATE FUNCTION trail_told() RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1953653100, 0);
    RETURN coalesce(nullif(current_setting('truecost.trail', true), ''), '{}')::jsonb;
END $$;

-- Arguments: the column of the key, the hidden columns, the unrecorded ones.
CREATE FUNCTION trail_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' SET bytea_output = 'hex' AS $$
DECLARE
    told jsonb := trail_told();
    pk text := TG_ARGV[0];
    hidden text[] := TG_ARGV[1];
    unrecorded text[] := TG_ARGV[2];
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO trail_event SELECT e.* FROM (
            SELECT trail_row(to_jsonb(r), hidden, unrecorded) AS after, to_jsonb(r) ->> pk AS key FROM new_rows r
        ) n, LATERAL trail_made(told, 'insert', TG_TABLE_NAME, n.key, NULL, n.after) e;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO trail_event SELECT e.* FROM (
            SELECT trail_row(to_jsonb(r), hidden, unrecorded) AS before, to_jsonb(r) ->> pk AS key FROM old_rows r
        ) o, LATERAL trail_made(told, 'delete', TG_TABLE_NAME, o.key, o.before, NULL) e;
    ELSE  -- a row that got another key is one that went and one that came
        INSERT INTO trail_event SELECT e.* FROM (
            SELECT trail_row(to_jsonb(r), hidden, unrecorded) AS before, to_jsonb(r) ->> pk AS key FROM old_rows r
        ) o FULL JOIN (
            SELECT trail_row(to_jsonb(r), hidden, unrecorded) AS after, to_jsonb(r) ->> pk AS key FROM new_rows r
        ) n USING (key), LATERAL trail_made(
            told, CASE WHEN o.before IS NULL THEN 'insert' WHEN n.after IS NULL THEN 'delete' ELSE 'update' END,
            TG_TABLE_NAME, key, o.before, n.after
        ) e WHERE o.before IS DISTINCT FROM n.after;
    END IF;
    RETURN NULL;
END $$;

-- What changes no row: the only way by which the application's role adds to the trail by itself.
CREATE FUNCTION trail_note(action text, object text, key text, said jsonb) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF action IN ('insert', 'update', 'delete', 'kept') THEN
        RAISE EXCEPTION 'changes of rows are noted by triggers only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO trail_event SELECT e.* FROM trail_made(trail_told(), action, object, key, NULL, said) e;
END $$;

CREATE FUNCTION trail_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail cannot follow this: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- Old events go only with the whole of a sealed day, after it is marked as dropped.
CREATE FUNCTION trail_event_is_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM trail_day WHERE day = (OLD.at AT TIME ZONE 'UTC')::date AND dropped_at IS NOT NULL
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

-- A seal changes once: when its events are dropped, its marks go with them.
CREATE FUNCTION trail_day_is_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.dropped_at IS NULL AND NEW.dropped_at IS NOT NULL
        AND to_jsonb(NEW) - '{dropped_at,marks}'::text[] = to_jsonb(OLD) - '{dropped_at,marks}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'seals of the audit trail are kept: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER trail_event_is_kept BEFORE UPDATE OR DELETE ON trail_event
    FOR EACH ROW EXECUTE FUNCTION trail_event_is_kept();
CREATE TRIGGER trail_day_is_kept BEFORE UPDATE OR DELETE ON trail_day
    FOR EACH ROW EXECUTE FUNCTION trail_day_is_kept();
CREATE TRIGGER trail_events_are_never_truncated BEFORE TRUNCATE ON trail_event
    FOR EACH STATEMENT EXECUTE FUNCTION trail_refuses();
CREATE TRIGGER trail_days_are_never_truncated BEFORE TRUNCATE ON trail_day
    FOR EACH STATEMENT EXECUTE FUNCTION trail_refuses();
ALTER TABLE trail_event ENABLE ALWAYS TRIGGER trail_event_is_kept;
ALTER TABLE trail_event ENABLE ALWAYS TRIGGER trail_events_are_never_truncated;
ALTER TABLE trail_day ENABLE ALWAYS TRIGGER trail_day_is_kept;
ALTER TABLE trail_day ENABLE ALWAYS TRIGGER trail_days_are_never_truncated;

REVOKE ALL ON FUNCTION trail_follow() FROM PUBLIC;
"""
GONE = """
DROP TRIGGER trail_event_is_kept ON trail_event;
DROP TRIGGER trail_day_is_kept ON trail_day;
DROP TRIGGER trail_events_are_never_truncated ON trail_event;
DROP TRIGGER trail_days_are_never_truncated ON trail_day;
DROP FUNCTION trail_follow() CASCADE;
DROP FUNCTION trail_refuses() CASCADE;
DROP FUNCTION trail_note(text, text, text, jsonb), trail_told(), trail_event_is_kept(), trail_day_is_kept(),
    trail_made(jsonb, text, text, text, jsonb, jsonb), trail_mark(trail_event), trail_row(jsonb, text[], text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_events_and_days")]

    operations = [migrations.RunSQL(WRITTEN, GONE)]
