"""What the lists of a clinic show of each course; empty for the courses that are there, and made when asked for."""

from __future__ import annotations

from datetime import date

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Max


def sort_as_python_does(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite compares letter by letter; PostgreSQL does so when it is told to."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute('ALTER TABLE iptengine_listedcourse ALTER COLUMN course TYPE text COLLATE "C"')


def empty_rows(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Every course that has events has a row; these say only that there is something to be made."""
    using = schema_editor.connection.alias
    listed = apps.get_model("iptengine", "ListedCourse")
    events = apps.get_model("iptengine", "StoredEvent")._default_manager.using(using)
    empty = {
        "made": "", "since": date.max.toordinal(), "until": date.min.toordinal(), "alerts": False, "stuck": False,
        "text": "",
    }  # fmt: skip
    courses = events.values_list("course").annotate(last=Max("version")).order_by("course")
    rows = (listed(course=course, version=version, **empty) for course, version in courses)
    listed._default_manager.using(using).bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    """One row for each course."""

    dependencies = (("iptengine", "0001_initial"),)
    operations = (
        migrations.CreateModel(
            name="ListedCourse",
            fields=[
                ("course", models.TextField(primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField()),
                ("made", models.TextField()),
                ("since", models.PositiveIntegerField()),
                ("until", models.PositiveIntegerField()),
                ("alerts", models.BooleanField()),
                ("stuck", models.BooleanField()),
                ("text", models.TextField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunPython(sort_as_python_does, migrations.RunPython.noop),
        migrations.RunPython(empty_rows, migrations.RunPython.noop),
    )
