"""The two groups of this clinic: therapists write, assessors read. Whoever is in none sees nothing."""

from __future__ import annotations

from typing import Any

from django.db import migrations

MAY = {
    "therapists": ("read_course", "write_course"),
    "assessors": ("read_course", "read_every_course"),
}


def make_groups(apps: Any, schema_editor: Any) -> None:
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    # Django makes the permissions of a model only when all migrations have run; these are needed now.
    of_patients, _ = ContentType.objects.get_or_create(app_label="clinic", model="patient")
    words = dict(apps.get_model("clinic", "Patient")._meta.permissions)
    for name, codes in MAY.items():
        group, _ = Group.objects.get_or_create(name=name)
        for code in codes:
            found, _ = Permission.objects.get_or_create(
                content_type=of_patients, codename=code, defaults={"name": words[code]}
            )
            group.permissions.add(found)


class Migration(migrations.Migration):
    dependencies = (
        ("clinic", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    )
    operations = (migrations.RunPython(make_groups, migrations.RunPython.noop),)
