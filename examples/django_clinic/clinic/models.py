"""The clinic's own table. What happens in a course is in the store; here is whose course it is."""

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
