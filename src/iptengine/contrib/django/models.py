"""The two tables of the store. Rows are added and never changed, and no permission of Django's speaks of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class StoredEvent(models.Model):
    """One event of one course, as text; `position` is its place in the feed, `version` its number in the course."""

    position: models.BigAutoField[int, int] = models.BigAutoField(primary_key=True)
    course: models.TextField[str, str] = models.TextField()
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    text: models.TextField[str, str] = models.TextField()

    objects: ClassVar[models.Manager[StoredEvent]] = models.Manager()

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("course", "version"), name="iptengine_one_event_a_version"),
        )  # fmt: skip


class KeptProtocol(models.Model):
    """The whole text of a protocol under its digest."""

    digest: models.TextField[str, str] = models.TextField(primary_key=True)
    text: models.TextField[str, str] = models.TextField()

    objects: ClassVar[models.Manager[KeptProtocol]] = models.Manager()

    class Meta:
        default_permissions = ()
