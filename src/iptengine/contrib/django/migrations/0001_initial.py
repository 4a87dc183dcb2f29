"""The two tables of the store."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Events by course and version, in one line of positions; protocols by digest."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="StoredEvent",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                ("course", models.TextField()),
                ("version", models.PositiveIntegerField()),
                ("text", models.TextField()),
            ],
            options={
                "default_permissions": (),
                "constraints": (
                    models.UniqueConstraint(fields=("course", "version"), name="iptengine_one_event_a_version"),
                ),
            },
        ),
        migrations.CreateModel(
            name="KeptProtocol",
            fields=[
                ("digest", models.TextField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
            ],
            options={"default_permissions": ()},
        ),
    )
