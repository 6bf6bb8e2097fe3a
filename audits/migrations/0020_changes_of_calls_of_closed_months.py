"""The database notes by itself what a change of stored calls moves in closed months, whoever makes it."""

from django.db import migrations, models

NOTE = """
CREATE FUNCTION note_changes_of_closed_calls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM audits_close WHERE state = 'closed') THEN
        RETURN NULL;
    END IF;
    INSERT INTO audits_callchange (close_id, month, team_id, llm_id, turned, late, calls, counted, priced, amount, at)
    SELECT k.id, date_trunc('month', n.day)::date, n.team_id, n.llm_id, n.counted <> o.counted,
        n.received_at > k.closed_at, count(*), sum(n.counted::int - o.counted::int),
        sum((n.counted AND n.cost_nanos IS NOT NULL)::int - (o.counted AND o.cost_nanos IS NOT NULL)::int),
        sum(CASE WHEN n.counted THEN coalesce(n.cost_nanos, 0) ELSE 0 END
            - CASE WHEN o.counted THEN coalesce(o.cost_nanos, 0) ELSE 0 END),
        now()
    FROM after_change n JOIN before_change o ON o.id = n.id
    JOIN audits_close k ON k.state = 'closed' AND n.day >= k.first_month AND n.day < k.month + interval '1 month'
    WHERE n.counted <> o.counted OR n.counted AND n.cost_nanos IS DISTINCT FROM o.cost_nanos
    GROUP BY 1, 2, 3, 4, 5, 6;
    RETURN NULL;
END $$;
CREATE TRIGGER changes_of_closed_calls_are_noted AFTER UPDATE ON spend_call
    REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
    FOR EACH STATEMENT EXECUTE FUNCTION note_changes_of_closed_calls();
CREATE FUNCTION call_changes_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes of calls are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER call_change_is_never_changed BEFORE UPDATE OR DELETE ON audits_callchange
    FOR EACH ROW EXECUTE FUNCTION call_changes_are_append_only();
CREATE TRIGGER call_changes_are_never_truncated BEFORE TRUNCATE ON audits_callchange
    FOR EACH STATEMENT EXECUTE FUNCTION call_changes_are_append_only();
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'truecost_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON audits_callchange FROM truecost_app;
    END IF;
END $$;
"""
FORGET = """
DROP TRIGGER changes_of_closed_calls_are_noted ON spend_call;
DROP FUNCTION note_changes_of_closed_calls();
DROP TRIGGER call_change_is_never_changed ON audits_callchange;
DROP TRIGGER call_changes_are_never_truncated ON audits_callchange;
DROP FUNCTION call_changes_are_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0019_bills_in_reports"), ("spend", "0011_rejected_items")]

    operations = [
        migrations.CreateModel(
            name='CallChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('close_id', models.BigIntegerField()),
                ('month', models.DateField()),
                ('team_id', models.IntegerField()),
                ('llm_id', models.BigIntegerField()),
                ('turned', models.BooleanField()),
                ('late', models.BooleanField()),
                ('calls', models.BigIntegerField(help_text='Calls that changed.')),
                ('counted', models.BigIntegerField(help_text='By how many the calls of the month became more.')),
                ('priced', models.BigIntegerField(help_text='By how many those with a price became more.')),
                ('amount', models.DecimalField(decimal_places=0, max_digits=40)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(models.F('close_id'), models.F('month'), name='call_change_by_close')],
            },
        ),
        migrations.RunSQL(NOTE, FORGET),
    ]
