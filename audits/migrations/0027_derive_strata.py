"""Mark every slice that has calls, so that the worker, or the first report, derives the strata from the facts."""

from django.db import migrations

MARK = "INSERT INTO spend_dirtyslice (team_id, day) SELECT DISTINCT team_id, task_day FROM audits_dailycalls"


class Migration(migrations.Migration):
    dependencies = [("audits", "0026_strata"), ("spend", "0014_complexity_at_intake")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
