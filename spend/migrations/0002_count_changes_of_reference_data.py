"""Ingest keeps tiers, prices and names in memory; this tells it when they changed, whoever changed them."""

from django.db import migrations

TABLES = ["accounts_team", "spend_tier", "spend_llm", "spend_llmtier", "spend_price", "spend_tasktype"]

COUNT = """
CREATE SEQUENCE spend_reference_version START 2;
INSERT INTO spend_installation (reporting_time_zone, reference_version) VALUES ('', 1);
CREATE FUNCTION count_change_of_reference_data() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A number that a roll-back took back must never come again for other content: a sequence, not a sum.
    UPDATE spend_installation SET reference_version = nextval('spend_reference_version');
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER change_is_counted AFTER INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION count_change_of_reference_data();\n"
    for table in TABLES
)
FORGET = (
    "".join(f"DROP TRIGGER change_is_counted ON {table};\n" for table in TABLES)
    + "DROP FUNCTION count_change_of_reference_data(); DELETE FROM spend_installation;"
    + " DROP SEQUENCE spend_reference_version;"
)


class Migration(migrations.Migration):
    dependencies = [("spend", "0001_reference_data_and_calls"), ("accounts", "0001_people_teams_and_keys")]

    operations = [migrations.RunSQL(COUNT, FORGET)]
