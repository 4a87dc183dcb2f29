"""Words that are still to be said: the sign that `ways` puts in their place, and texts that say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from iptengine.course.commands import Command, Decline, Deviate
from iptengine.course.desk import Desk

TO_SAY = "…"
"""Stands in a command of `ways` where a person has to say something; for several it stands once, twice, and so on."""


def check_said(desk: Desk, command: Command) -> None:
    """Refuse a request, or the answer to one, that came back as it was offered, with the sign still in it.

    A report keeps what was told, whatever it is.

    Raises:
        Refused: Says which fields are to be filled in.
    """
    names = tuple(dict.fromkeys(_still_to_say(command)))
    if names:
        text = f"'{TO_SAY}' only keeps the place of what is still to be said: fill in {', '.join(names)}"
        raise desk.nonsense("not_filled_in", text)


def _still_to_say(command: Command) -> Iterator[str]:
    if command.request or isinstance(command, Decline):
        yield from unsaid(command)
    if isinstance(command, Deviate):
        yield from unsaid(command.command)


def unsaid(command: Command) -> tuple[str, ...]:
    """The fields of a command in which the sign stands."""
    return tuple(part.name for part in fields(command) if _stands_in(getattr(command, part.name)))


def with_words(command: Command, words: str) -> Command:
    """A command as `ways` offers it, with these words wherever something is to be said."""
    return replace(command, **{name: _said(getattr(command, name), words) for name in unsaid(command)})


def _stands_in(value: object) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_stands_in, value))
    return isinstance(value, str) and set(value.strip()) == {TO_SAY}


def _said(value: Any, words: str) -> Any:
    return value.replace(TO_SAY, words) if isinstance(value, str) else tuple(_said(part, words) for part in value)


def is_wordless(text: str) -> bool:
    """Whether a text says nothing: it has neither a letter nor a digit.

    Example:
        >>> [is_wordless(text) for text in ("", " - ", "6A70", "悲嘆")]
        [True, True, False, False]
    """
    return not any(map(str.isalnum, text))


__all__ = ["TO_SAY", "check_said", "is_wordless", "unsaid", "with_words"]
