"""The commands that look at all courses of a store: what each is called and takes; what it does lies beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from iptengine.cli.store_options import TEXT_OR_JSON, F, day_option, looking, named_store, with_keys, written_as

_ON = day_option("--on", "The day they are made for; today if not said.")


def _list(function: F) -> F:
    courses = click.option("--course", "courses", multiple=True, metavar="ID", help="Only this course. Repeatable.")
    return named_store(courses(written_as(TEXT_OR_JSON)(looking(function))))


@click.group("clinic")
def clinic_group() -> None:
    """Look at all courses of a store: what is due, which alerts are open, which courses are stuck.

    STORE is sqlite:///clinic.db, the path of such a file, or postgresql://user@host/database. An alert changes no
    exit code: it stands first in the list.
    """


@clinic_group.command("due")
@_list
def due_command(store: str, courses: tuple[str, ...], form: str, **said: Any) -> int:
    """List what is due on a day: risk alerts first, then by day."""
    from iptengine.cli.clinic_lists import show_due
    from iptengine.cli.course_looks import Looking

    return show_due(Looking(store, **said), courses, form)


@clinic_group.command("alerts")
@click.option("--closed", is_flag=True, help="Those that were closed, too.")
@_list
def alerts_command(store: str, courses: tuple[str, ...], form: str, closed: bool, **said: Any) -> int:
    """List the alerts that are not closed: what needs an assessment first, risk before review."""
    from iptengine.cli.clinic_lists import show_alerts
    from iptengine.cli.course_looks import Looking

    return show_alerts(Looking(store, **said), courses, form, closed)


@clinic_group.command("refresh")
@click.option("--anew", is_flag=True, help="Make every row again, also where `verify` says that one is gone or wrong.")
@named_store
@_ON
@with_keys
def refresh_command(store: str, anew: bool, on: date | None, key_file: str | None, keys: str | None) -> int:
    """Make the rows of the lists ready for a day, so that nobody waits for them."""
    from iptengine.cli.clinic_lists import refresh_lists

    return refresh_lists(store, on, anew, key_file, keys)


@clinic_group.command("stuck")
@_list
def stuck_command(store: str, courses: tuple[str, ...], form: str, **said: Any) -> int:
    """List the courses for which it is time to go on and every way on is shut, and by what."""
    from iptengine.cli.clinic_lists import show_stuck
    from iptengine.cli.course_looks import Looking

    return show_stuck(Looking(store, **said), courses, form)
