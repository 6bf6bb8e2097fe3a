"""Why a bill was withdrawn."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('spend', '0012_bills_and_their_lines'),
    ]

    operations = [
        migrations.AddField(
            model_name='bill',
            name='withdrawn_because',
            field=models.CharField(blank=True, help_text='Empty: another bill took its place.', max_length=500),
        ),
    ]
