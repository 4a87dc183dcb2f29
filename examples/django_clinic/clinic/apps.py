"""The app, with a check that tells every mistake of the protocols before the server starts."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

import iptengine as ipt


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self) -> None:
        register(check_protocols)


def check_protocols(**_: object) -> list[CheckMessage]:
    """The mistakes in the protocols of this clinic, each with its file and line."""
    return [
        Error(found.message, hint=found.hint or None, obj=str(found.span), id=f"clinic.{found.code}")
        for source in settings.PROTOCOLS
        for found in ipt.check(source)
    ]
