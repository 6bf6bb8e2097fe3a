"""What was decided about a bill is kept as notes are: no update, delete or truncate, not even by ordinary SQL."""

from django.db import migrations

PROTECT = """
CREATE FUNCTION decisions_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER decision_is_never_changed BEFORE UPDATE OR DELETE ON audits_reconciliationdecision
    FOR EACH ROW EXECUTE FUNCTION decisions_are_append_only();
CREATE TRIGGER decisions_are_never_truncated BEFORE TRUNCATE ON audits_reconciliationdecision
    FOR EACH STATEMENT EXECUTE FUNCTION decisions_are_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'truecost_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audits_reconciliationdecision FROM truecost_app;
    END IF;
END $$;
"""
EXPOSE = """
DROP TRIGGER decision_is_never_changed ON audits_reconciliationdecision;
DROP TRIGGER decisions_are_never_truncated ON audits_reconciliationdecision;
DROP FUNCTION decisions_are_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0014_tolerances_and_decisions")]

    operations = [migrations.RunSQL(PROTECT, EXPOSE)]
