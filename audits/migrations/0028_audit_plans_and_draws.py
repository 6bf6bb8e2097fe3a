"""Quality audits: plans in versions, and draws, which keep themselves as the ledger does."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

PROTECT = """
CREATE FUNCTION audit_draws_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit draws are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_draw_is_never_changed BEFORE UPDATE OR DELETE ON audits_auditdraw
    FOR EACH ROW EXECUTE FUNCTION audit_draws_are_append_only();
CREATE TRIGGER audit_draws_are_never_truncated BEFORE TRUNCATE ON audits_auditdraw
    FOR EACH STATEMENT EXECUTE FUNCTION audit_draws_are_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'truecost_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audits_auditdraw FROM truecost_app;
    END IF;
END $$;
"""
EXPOSE = """
DROP TRIGGER audit_draw_is_never_changed ON audits_auditdraw;
DROP TRIGGER audit_draws_are_never_truncated ON audits_auditdraw;
DROP FUNCTION audit_draws_are_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_one_person_per_email'),
        ('audits', '0027_derive_strata'),
        ('spend', '0013_withdrawn_bills'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.UUIDField(default=uuid.uuid4)),
                ('version', models.PositiveIntegerField(default=1)),
                ('latest', models.BooleanField(default=True)),
                ('share', models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ('number', models.PositiveIntegerField(help_text='A week.', null=True)),
                ('seed', models.CharField(max_length=64)),
                ('is_active', models.BooleanField(default=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('task_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='spend.tasktype')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team')),
            ],
            options={
                'ordering': ['team__name', 'task_type__name', 'identity', 'version'],
            },
        ),
        migrations.CreateModel(
            name='AuditDraw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(help_text='Its Monday.')),
                ('task_key', models.UUIDField(unique=True)),
                ('month', models.DateField(help_text="The first day of the task's month.")),
                ('taken', models.PositiveIntegerField()),
                ('successes', models.PositiveIntegerField()),
                ('review', models.UUIDField(unique=True)),
                ('drawn_at', models.DateTimeField()),
                ('expires_on', models.DateField()),
                ('task_type', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='spend.tasktype')),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.team')),
                ('tier', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='spend.tier')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='audits.auditplan')),
            ],
        ),
        migrations.AddConstraint(
            model_name='auditplan',
            constraint=models.UniqueConstraint(models.F('identity'), models.F('version'), name='one_audit_plan_per_identity_and_version'),
        ),
        migrations.AddConstraint(
            model_name='auditplan',
            constraint=models.UniqueConstraint(models.F('identity'), condition=models.Q(('latest', True)), name='one_latest_version_of_an_audit_plan'),
        ),
        migrations.AddConstraint(
            model_name='auditplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', None), ('share__gt', 0), ('share__lte', 1)), models.Q(('number__gt', 0), ('share', None)), _connector='OR'), name='audit_plan_states_a_share_or_a_number'),
        ),
        migrations.AddIndex(
            model_name='auditdraw',
            index=models.Index(models.F('month'), models.F('team'), name='audit_draw_by_month'),
        ),
        migrations.AddIndex(
            model_name='auditdraw',
            index=models.Index(models.F('team'), models.F('expires_on'), name='audit_draw_by_expiry'),
        ),
        migrations.AddConstraint(
            model_name='auditdraw',
            constraint=models.CheckConstraint(condition=models.Q(('taken__gt', 0), ('taken__lte', models.F('successes'))), name='audit_draw_has_a_probability'),
        ),
        migrations.RunSQL(PROTECT, EXPOSE),
    ]
