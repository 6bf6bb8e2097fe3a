"""A close keeps waivers of its checklist, and rework still to come that is accrued; reopened, where the ledger stood."""

from django.db import migrations, models
from django.db.models import Q

FUNCTION = """
CREATE OR REPLACE FUNCTION closes_go_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
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
        {more}
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
"""
WITH = FUNCTION.format(more="opened.reopened_after := NEW.reopened_after;")
WITHOUT = FUNCTION.format(more="")
KINDS = ("correction", "incident", "fixed_cost", "accrual")


class Migration(migrations.Migration):
    dependencies = [("audits", "0024_kinds_and_hours_of_fixed_costs")]

    operations = [
        migrations.AddField("close", "waivers", models.JSONField(
            default=dict, help_text="Why it was closed in spite of what blocks, by rule.")),
        migrations.AddField("close", "accrued", models.BigIntegerField(
            help_text="Rework still to come that is reported in `month`, in nanos.", null=True)),
        migrations.AddField("close", "accrual_proposed", models.BigIntegerField(
            help_text="What past months proposed then, in nanos.", null=True)),
        migrations.AddField("close", "accrual_reason", models.TextField(
            blank=True, default="", help_text="Why it is another amount than proposed."), preserve_default=False),
        migrations.AddField("close", "accrued_by", models.CharField(
            blank=True, default="", max_length=200), preserve_default=False),
        migrations.AddField("close", "reopened_after", models.BigIntegerField(
            help_text="The last entry of the ledger when it was reopened.", null=True)),
        migrations.AddConstraint("close", models.CheckConstraint(
            name="accrued_by_somebody", condition=Q(accrued=None) | Q(accrued__gt=0) & ~Q(accrued_by=""))),
        migrations.AlterField("entry", "source_kind", models.TextField(choices=[(name, name) for name in KINDS])),
        migrations.AlterField("entry", "source", models.UUIDField(
            help_text="The identity of the correction, incident, fixed cost or accrual.")),
        migrations.RunSQL(WITH, WITHOUT),
    ]  # fmt: skip
