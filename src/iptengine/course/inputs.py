"""What a program gives beside commands, checked in one way wherever it is given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from iptengine.course.commands import Command
from iptengine.diagnostics import BadInput


def check_expected(expected: object) -> None:
    """Refuse what cannot be the version a form was drawn from; ``None`` says nothing of one.

    Raises:
        BadInput: It cannot: text, as a form posts it, a number that is not whole, or one below 0.
    """
    if expected is not None and (type(expected) is not int or expected < 0):
        raise BadInput("expected", "'expected' must be the version the form was drawn from: a whole number, 0 or more")


def check_day(on: object) -> None:
    """Refuse what is no day: nothing, as a form gives it that could not be read, text, or a time.

    Raises:
        BadInput: It is none.
    """
    if isinstance(on, datetime):
        raise BadInput("on", "'on' must be a day, without a time")
    if not isinstance(on, date):
        raise BadInput("on", "'on' must be a day, such as date(2026, 3, 3)")


def check_commands(commands: Iterable[object]) -> None:
    """Refuse what is no command, as text and a list of commands are none.

    Raises:
        BadInput: One is none.
    """
    if not all(isinstance(one, Command) for one in commands):
        told = "what is said must be commands, such as HoldSession(), each given by itself and not in a list"
        raise BadInput("commands", told)
