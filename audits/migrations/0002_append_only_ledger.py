"""The ledger keeps itself: no update, delete or truncate, not even by its owner's ordinary SQL."""

from django.db import migrations

PROTECT = """
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE OR DELETE ON audits_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER entries_are_never_truncated BEFORE TRUNCATE ON audits_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'truecost_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audits_entry FROM truecost_app;
    END IF;
END $$;
"""
EXPOSE = """
DROP TRIGGER entry_is_never_changed ON audits_entry;
DROP TRIGGER entries_are_never_truncated ON audits_entry;
DROP FUNCTION ledger_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0001_human_records_ledger_and_reports")]

    operations = [migrations.RunSQL(PROTECT, EXPOSE)]
