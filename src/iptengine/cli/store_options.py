"""What the commands that work on a store have in common: its address, who writes or looks, the day, the keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

import click

from iptengine.cli.whole_numbers import Whole

F = TypeVar("F", bound=Callable[..., Any])

TEXT_OR_JSON = click.Choice(["text", "json"])
PAGE_FORMATS = click.Choice(["text", "markdown", "html", "json"])


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """The day that is written."""
    if value is None:
        return None
    with suppress(ValueError):
        found = date.fromisoformat(value)
        if found.isoformat() == value:  # weeks and dates without dashes are ISO 8601, too
            return found
    if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise click.BadParameter(f"there is no day {value} in the calendar", ctx, param)
    raise click.BadParameter("a day is written as 2026-03-03", ctx, param)


def day_option(name: str, told: str) -> Callable[[F], F]:
    """An option that takes a day."""
    return click.option(name, callback=_day, metavar="DATE", help=told)


_ON = day_option("--on", "The day it speaks of; today if not said.")
sealed = click.option(
    "--key-file", metavar="FILE", envvar="IPTENGINE_KEY_FILE", show_envvar=True,
    help="The bytes the events are sealed with, where the clinic has a key.",
)  # fmt: skip
"""The key of the clinic, for every command that seals or looks at seals."""
_KEYS = (
    sealed,
    click.option(
        "--keys", metavar="DIR", envvar="IPTENGINE_KEYS", show_envvar=True,
        help="The folder of the keys of courses, where patient text is enciphered.",
    ),
)  # fmt: skip


def _all(function: F, options: tuple[Callable[[F], F], ...]) -> F:
    for option in reversed(options):
        function = option(function)
    return function


def with_keys(function: F) -> F:
    """The key of the clinic, and the keys of courses."""
    return _all(function, _KEYS)


def named_store(function: F) -> F:
    """The store."""
    return click.argument("store")(function)


def named_course(function: F) -> F:
    """The store, and a course in it."""
    return _all(function, (click.argument("store"), click.argument("course")))


def named_group(function: F) -> F:
    """The store, and a group in it."""
    return _all(function, (click.argument("store"), click.argument("group")))


def deviating(function: F) -> F:
    """Going on although it is refused."""
    told = "Go on although the protocol says not now, and why: recorded as a deviation."
    return click.option("--because", default="", metavar="TEXT", help=told)(function)


def writing(*, once: bool = False) -> Callable[[F], F]:
    """Who writes, and when; with `once` a name under which a line typed twice is recorded once."""
    who = (
        click.option("--by", default="", metavar="ID", envvar="IPTENGINE_BY", show_envvar=True, help="Who says so."),
        click.option("--role", default="", metavar="ROLE", envvar="IPTENGINE_ROLE", show_envvar=True, help="As what."),
    )
    told = "A name for this line: given again under it, nothing is recorded twice."
    key = (click.option("--key", metavar="NAME", help=told),) if once else ()
    return lambda function: _all(function, (_ON, *who, *key, *_KEYS))


def planned(function: F) -> F:
    """How long a session will be, and how it meets."""
    return _how("How long it is.", "How you meet, in the words of the protocol.", function)


def met(function: F) -> F:
    """How long a session was, and how it met."""
    return _how("How long it was.", "How you met, in the words of the protocol.", function)


def _how(long: str, mode: str, function: F) -> F:
    minutes = click.option("--minutes", type=Whole(), metavar="N", help=long)
    return _all(function, (minutes, click.option("--mode", metavar="MODE", help=mode)))


def written_as(forms: click.Choice[str]) -> Callable[[F], F]:
    """In which form it is written: `TEXT_OR_JSON` or `PAGE_FORMATS`."""
    return click.option("--format", "form", type=forms, default="text", show_default=True, help="How it is written.")


def looking_as(function: F) -> F:
    """In which role somebody looks, where no role means the whole."""
    role = click.option(
        "--role", default="", metavar="ROLE", envvar="IPTENGINE_ROLE", show_envvar=True,
        help="Who will read it: what the protocol keeps from this role is left out.",
    )  # fmt: skip
    return _all(function, (role, *_KEYS))


def looking(function: F) -> F:
    """In which role somebody looks, and for which day."""
    role = click.option(
        "--role", default="therapist", metavar="ROLE", envvar="IPTENGINE_ROLE", show_default=True, show_envvar=True,
        help="Who looks; what the protocol keeps from this role is left out.",
    )  # fmt: skip
    return _all(function, (_ON, role, *_KEYS))
