"""What the FOCUS export says of a month is frozen with it, day by day; the other frozen rows are of whole months."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE TRIGGER closed_charges_never_change BEFORE UPDATE OR DELETE ON audits_closedcharges
    FOR EACH ROW EXECUTE FUNCTION closed_months_stay();
CREATE TRIGGER closed_charges_are_never_truncated BEFORE TRUNCATE ON audits_closedcharges
    FOR EACH STATEMENT EXECUTE FUNCTION closed_months_stay();
CREATE TRIGGER closed_charges_come_with_drafts AFTER INSERT ON audits_closedcharges REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION only_drafts_freeze();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'truecost_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audits_closedcharges FROM truecost_app;
    END IF;
END $$;
"""
RELEASE = """
DROP TRIGGER closed_charges_never_change ON audits_closedcharges;
DROP TRIGGER closed_charges_are_never_truncated ON audits_closedcharges;
DROP TRIGGER closed_charges_come_with_drafts ON audits_closedcharges;
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0022_mail_and_schedules")]

    operations = [
        migrations.CreateModel(
            name="ClosedCharges",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("period", models.DateField()),
                ("day", models.DateField()),
                ("team_id", models.IntegerField(null=True)),
                ("task_type_id", models.BigIntegerField(null=True)),
                ("tier_id", models.BigIntegerField(null=True)),
                ("llm_id", models.BigIntegerField(null=True)),
                ("meter", models.TextField()),
                ("amount", models.DecimalField(decimal_places=0, max_digits=40)),
                ("quantity", models.BigIntegerField()),
                ("source", models.UUIDField(help_text="The fixed cost that it is of.", null=True)),
                ("unpriced", models.BigIntegerField()),
                ("rate", models.BigIntegerField(help_text="Nano-dollars per million tokens.", null=True)),
                ("list_rate", models.BigIntegerField(null=True)),
                ("priced_by", models.TextField(blank=True)),
                (
                    "close",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audits.close"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(models.F("period"), name="closed_charges_by_period"),
                    models.Index(models.F("day"), name="closed_charges_by_day"),
                ],
            },
        ),
        migrations.RunSQL(KEEP, RELEASE),
    ]
