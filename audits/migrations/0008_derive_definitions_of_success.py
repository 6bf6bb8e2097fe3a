"""Mark every slice that has rows, so that the worker, or the first report, derives the new sums from the facts."""

from django.db import migrations

MARK = "INSERT INTO spend_dirtyslice (team_id, day) SELECT DISTINCT team_id, task_day FROM audits_dailyunits"


class Migration(migrations.Migration):
    dependencies = [("audits", "0007_definitions_of_success"), ("spend", "0007_dirty_keys")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
