"""Groups of patients, and who leads them."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("clinic", "0002_groups"), migrations.swappable_dependency(settings.AUTH_USER_MODEL))
    operations = (
        migrations.CreateModel(
            name="PatientGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("group_id", models.CharField(max_length=60, unique=True)),
                ("leaders", models.ManyToManyField(related_name="led_groups", to=settings.AUTH_USER_MODEL)),
                ("patients", models.ManyToManyField(related_name="groups", to="clinic.patient")),
            ],
            options={"ordering": ("name",), "default_permissions": ()},
        ),
    )
