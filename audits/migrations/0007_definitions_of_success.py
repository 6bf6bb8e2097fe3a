"""Sums by the definitions of success. Rows that were there get them by 0008."""

from django.db import migrations, models

COUNTS = {"tasks": ["valued_first_pass", "valued_judged"], "units": ["sum_y_first_pass", "sum_y_judged"]}
MONEY = {"tasks": ["value_first_pass", "value_judged"], "units": ["sum_xy_first_pass", "sum_xy_judged"]}


def added(kind, name, field):
    return [
        migrations.AddField(model_name=f"{table}{kind}", name=name, field=field, preserve_default=False)
        for table in ("daily", "monthly")
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('audits', '0006_what_came_by_link_lately'),
    ]

    operations = [
        *(add for kind, names in COUNTS.items() for name in names
          for add in added(kind, name, models.BigIntegerField(default=0))),
        *(add for kind, names in MONEY.items() for name in names
          for add in added(kind, name, models.DecimalField(decimal_places=0, max_digits=40, default=0))),
    ]
