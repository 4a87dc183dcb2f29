"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class IptengineConfig(AppConfig):
    """Three tables, their migrations and their checks, under the label ``iptengine``."""

    name = "iptengine.contrib.django"
    label = "iptengine"
    verbose_name = "Courses of psychotherapy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have Django run the checks."""
        from django.core.checks import register

        from iptengine.contrib.django import checks

        register(checks.check_settings)
        register(checks.check_databases, "database")
