"""The clinic's own tables: whose course it is, and who leads a group. What happens in a course is in the store."""

from __future__ import annotations

from django.conf import settings
from django.db import models

READ, READ_ALL, WRITE = "clinic.read_course", "clinic.read_every_course", "clinic.write_course"


class Patient(models.Model):
    name = models.CharField(max_length=200)
    course_id = models.CharField(max_length=60, unique=True)
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="patients")

    class Meta:
        ordering = ("name",)
        default_permissions = ()
        permissions = (
            ("read_course", "Can see the courses of their own patients"),
            ("read_every_course", "Can see the course of every patient"),
            ("write_course", "Can begin courses, and record in those they see"),
        )

    def __str__(self) -> str:
        return f"patient {self.pk}"  # a name has no place in a log


class PatientGroup(models.Model):
    """A group of patients. Who was in it when, and when it met, is in the courses; `patients` are those in it now."""

    name = models.CharField(max_length=100)
    group_id = models.CharField(max_length=60, unique=True)
    leaders = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="led_groups")
    patients = models.ManyToManyField(Patient, related_name="groups")

    class Meta:
        ordering = ("name",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"group {self.pk}"
