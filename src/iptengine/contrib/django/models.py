"""The tables of the store. Events and protocols are added and never changed; no permission of Django's is about any."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from iptengine.store.taken import ONE_EVENT_A_VERSION


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
            models.UniqueConstraint(fields=("course", "version"), name=ONE_EVENT_A_VERSION),
        )  # fmt: skip


class KeptProtocol(models.Model):
    """The whole text of a protocol under its digest."""

    digest: models.TextField[str, str] = models.TextField(primary_key=True)
    text: models.TextField[str, str] = models.TextField()

    objects: ClassVar[models.Manager[KeptProtocol]] = models.Manager()

    class Meta:
        default_permissions = ()


class ListedCourse(models.Model):
    """What the lists of a clinic show of one course, at the version it has; made again from its events at any time.

    Days are kept as numbers, so that both databases compare them in the same way.
    """

    course: models.TextField[str, str] = models.TextField(primary_key=True)
    version: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    made: models.TextField[str, str] = models.TextField()
    since: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    until: models.PositiveIntegerField[int, int] = models.PositiveIntegerField()
    alerts: models.BooleanField[bool, bool] = models.BooleanField()
    stuck: models.BooleanField[bool, bool] = models.BooleanField()
    text: models.TextField[str, str] = models.TextField()

    objects: ClassVar[models.Manager[ListedCourse]] = models.Manager()

    class Meta:
        default_permissions = ()
