"""Notes keep themselves, as the ledger does: no update, delete or truncate, not even by their owner's ordinary SQL."""

from django.db import migrations

PROTECT = """
CREATE FUNCTION notes_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'notes are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER note_is_never_changed BEFORE UPDATE OR DELETE ON audits_reportnote
    FOR EACH ROW EXECUTE FUNCTION notes_are_append_only();
CREATE TRIGGER notes_are_never_truncated BEFORE TRUNCATE ON audits_reportnote
    FOR EACH STATEMENT EXECUTE FUNCTION notes_are_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'truecost_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audits_reportnote FROM truecost_app;
    END IF;
END $$;
"""
EXPOSE = """
DROP TRIGGER note_is_never_changed ON audits_reportnote;
DROP TRIGGER notes_are_never_truncated ON audits_reportnote;
DROP FUNCTION notes_are_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0009_notes_by_finance")]

    operations = [migrations.RunSQL(PROTECT, EXPOSE)]
