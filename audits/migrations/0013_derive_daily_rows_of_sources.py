"""Mark every slice that has calls, so that the worker, or the first report, derives the new rows from the facts."""

from django.db import migrations

MARK = "INSERT INTO spend_dirtyslice (team_id, day) SELECT DISTINCT team_id, task_day FROM audits_dailycalls"


class Migration(migrations.Migration):
    dependencies = [("audits", "0012_daily_rows_of_sources"), ("spend", "0008_sources_and_their_mappings")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
